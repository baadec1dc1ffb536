package ingest

import (
	"bytes"
	"context"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// Checks tie reviews and their texts to the ledger: every text is the one that its digest commits to, every intake's
// entry has exactly its reviews behind it, and every edit its entry.
func Checks() []ledger.Check {
	return []ledger.Check{
		{Name: "reviews", Run: checkTexts},
		{Name: "review_versions", Run: checkReplaced},
		{Name: "review_versions", Run: checkNumbers},
		{Name: "reviews", Run: checkOrphans},
		{Name: "reviews", Run: checkIntakes},
		{Name: "review_versions", Run: checkEdits},
		{Name: "review_versions", Run: checkEditEntries},
	}
}

// stream reads the rows of a query one by one.
func stream[T any](db *gorm.DB, query *gorm.DB, look func(T) (string, error)) (string, error) {
	rows, err := query.Rows()
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		var row T
		if err := db.ScanRows(rows, &row); err != nil {
			return "", err
		}
		if finding, err := look(row); err != nil || finding != "" {
			return finding, err
		}
	}
	return "", rows.Err()
}

// checkTexts recomputes the digest of every review as it stands.
func checkTexts(ctx context.Context, db *gorm.DB) (string, error) {
	return eachText(ctx, db, "review ", `
		SELECT r.id, r.marketplace_id, r.external_id, COALESCE(r.home_seller_id, r.seller_id), COALESCE(r.home_product_id, r.product_id), r.customer_id,
			r.rating, r.title, r.body, r.posted_at, r.version, r.salt, r.digest, r.order_ref, r.erased_at FROM reviews r`)
}

// checkReplaced recomputes the digest of every text that an edit has replaced.
func checkReplaced(ctx context.Context, db *gorm.DB) (string, error) {
	return eachText(ctx, db, "a replaced text of review ", `
		SELECT v.review_id, v.marketplace_id, r.external_id, COALESCE(r.home_seller_id, r.seller_id), COALESCE(r.home_product_id, r.product_id), r.customer_id,
			v.rating, v.title, v.body, v.posted_at, v.version, v.salt, v.digest, '', v.erased_at
		  FROM review_versions v JOIN reviews r ON r.marketplace_id = v.marketplace_id AND r.id = v.review_id`)
}

func eachText(ctx context.Context, db *gorm.DB, what, query string) (string, error) {
	var r models.Review
	columns := []any{
		&r.MarketplaceID, &r.ExternalID, &r.SellerID, &r.ProductID, &r.CustomerID,
		&r.Rating, &r.Title, &r.Body, &r.PostedAt, &r.Version, &r.Salt, &r.Digest, &r.OrderRef, &r.ErasedAt,
	}
	return ledger.Each(ctx, db, &r.ID, columns, func() (string, error) { return fits(what+r.ID, r) }, query)
}

// fits recomputes a digest. Of an erased text it can't: that has to be blank, with its salt, and package erasure asks
// for the erasure that explains it and for the record of what is left.
func fits(what string, r models.Review) (string, error) {
	if r.ErasedAt != nil {
		if r.Title+r.Body+r.OrderRef != "" || len(r.Salt) > 0 {
			return what + " was erased, and yet there is something of it", nil
		}
		return "", nil
	}
	digest, err := ledger.Commit(r.Salt, r.Content())
	if err != nil || bytes.Equal(digest, r.Digest) {
		return "", err
	}
	return what + " was changed: its digest doesn't fit what it says", nil
}

// checkNumbers makes sure that a review's replaced texts are the versions before the present one, all of them.
func checkNumbers(_ context.Context, db *gorm.DB) (string, error) {
	finding, err := ledger.FirstOf(db, "review", "lacks a text that an edit replaced", `
		SELECT r.id FROM reviews r WHERE r.version > 1 AND r.version - 1 <> (
			SELECT count(*) FROM review_versions v WHERE v.marketplace_id = r.marketplace_id AND v.review_id = r.id AND v.version BETWEEN 1 AND r.version - 1)`)
	if err != nil || finding != "" {
		return finding, err
	}
	return ledger.FirstOf(db, "review", "has a replaced text that is no older than its present one", `
		SELECT v.review_id FROM review_versions v JOIN reviews r ON r.marketplace_id = v.marketplace_id AND r.id = v.review_id
		 WHERE v.version NOT BETWEEN 1 AND r.version - 1`)
}
