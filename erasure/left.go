package erasure

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// remains are what an erasure leaves of one text.
type remains struct {
	ID        string
	Version   int
	Rating    int
	PostedAt  time.Time
	Digest    []byte
	SellerID  string
	ProductID string
}

// left is hex SHA-256 over the canonical JSON of what stays of a customer's reviews, each after the texts that edits
// had replaced in it, in the order of ids and versions, a line each. With the salts gone a review's own digest can't be
// computed any more, so this is what holds its stars and its date. It reads in batches.
func left(db *gorm.DB, marketplace, customer string) (string, error) {
	h := sha256.New()
	last := "00000000-0000-0000-0000-000000000000"
	for {
		var ids []string
		err := db.Model(&models.Review{}).Where("marketplace_id = ? AND customer_id = ? AND id > ?", marketplace, customer, last).
			Order("id").Limit(batch).Pluck("id", &ids).Error
		if err != nil {
			return "", err
		}
		if len(ids) == 0 {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err := addLeft(db, h, marketplace, ids); err != nil {
			return "", err
		}
		last = ids[len(ids)-1]
	}
}

func addLeft(db *gorm.DB, h hash.Hash, marketplace string, ids []string) error {
	var rows []remains
	err := db.Raw(`SELECT * FROM (
		SELECT id, version, rating, posted_at, digest, CAST(COALESCE(home_seller_id, seller_id) AS text) AS seller_id, CAST(COALESCE(home_product_id, product_id) AS text) AS product_id
		  FROM reviews WHERE marketplace_id = ? AND id IN ?
		 UNION ALL
		SELECT review_id AS id, version, rating, posted_at, digest, '' AS seller_id, '' AS product_id
		  FROM review_versions WHERE marketplace_id = ? AND review_id IN ?) x ORDER BY id, version, seller_id`,
		marketplace, ids, marketplace, ids).Scan(&rows).Error
	if err != nil {
		return err
	}
	for _, r := range rows {
		line, err := ledger.Canonical(map[string]any{
			"review": r.ID, "version": r.Version, "rating": r.Rating, "posted_at": r.PostedAt.UTC().UnixMicro(),
			"digest": hex.EncodeToString(r.Digest), "seller": r.SellerID, "product": r.ProductID,
		})
		if err != nil {
			return err
		}
		h.Write(append(line, '\n'))
	}
	return nil
}
