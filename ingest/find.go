package ingest

import (
	"bytes"
	"fmt"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// stored is what there is of a review: enough to tell whether it has changed, and not its text. Seller and product are
// those that it came in for, wherever it was moved.
type stored struct {
	ID         string
	ExternalID string
	SellerID   string
	ProductID  string
	CustomerID string
	Version    int
	Salt       []byte
	Digest     []byte
	Status     string
	ErasedAt   *time.Time
	Seller     string // by the marketplace's own ids
	Product    string
	Customer   string
}

// match is a record and the stored review that it is about.
type match struct {
	Record
	stored
}

// sifted parts records by what there is to do for them.
type sifted struct {
	fresh   []Record // not there yet
	changed []match
	same    []match
	rejects []Record // contradict what is there
} // what was erased is in none of them

// sift holds records against what is stored.
func sift(db *gorm.DB, marketplace string, recs []Record) (sifted, error) {
	var out sifted
	there, err := find(db, marketplace, recs)
	if err != nil {
		return out, err
	}
	for _, rec := range recs {
		m := match{Record: rec, stored: there[rec.Review.ID]}
		if m.stored.ID == "" {
			out.fresh = append(out.fresh, rec)
			continue
		}
		if m.ErasedAt != nil { // its author asked for that: what the file still says doesn't come back
			continue
		}
		if rec.Reason = m.otherwise(rec.Review); rec.Reason != "" {
			out.rejects = append(out.rejects, rec)
			continue
		}
		same, err := m.unchanged(marketplace, rec.Review)
		switch {
		case err != nil:
			return out, err
		case same:
			out.same = append(out.same, m)
		default:
			out.changed = append(out.changed, m)
		}
	}
	return out, nil
}

// find looks reviews up by the marketplace's ids.
func find(db *gorm.DB, marketplace string, recs []Record) (map[string]stored, error) {
	q, err := lookUp(db, "reviews", "external_id", "text", marketplace, each(recs, func(rec Record) string { return rec.Review.ID }))
	if err != nil {
		return nil, err
	}
	var rows []stored
	err = q.Select(`r.id, r.external_id, COALESCE(r.home_seller_id, r.seller_id) AS seller_id, COALESCE(r.home_product_id, r.product_id) AS product_id, r.customer_id, r.version, r.salt, r.digest, r.status, r.erased_at,
			(SELECT s.external_id FROM sellers s WHERE s.marketplace_id = r.marketplace_id AND s.id = COALESCE(r.home_seller_id, r.seller_id)) AS seller,
			(SELECT p.external_id FROM products p WHERE p.marketplace_id = r.marketplace_id AND p.id = COALESCE(r.home_product_id, r.product_id)) AS product,
			(SELECT c.external_id FROM customers c WHERE c.marketplace_id = r.marketplace_id AND c.id = r.customer_id) AS customer`).
		Find(&rows).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	out := make(map[string]stored, len(rows))
	for _, s := range rows {
		out[s.ExternalID] = s
	}
	return out, nil
}

// otherwise says in what a record contradicts the stored review, which no edit can: whose review of what it is.
func (s stored) otherwise(r Review) string {
	for _, x := range []struct{ name, here, there string }{
		{"seller", r.SellerID, s.Seller}, {"product", r.ProductID, s.Product}, {"customer", r.CustomerID, s.Customer},
	} {
		if x.here != x.there {
			return fmt.Sprintf("the %s is %s, but %s in the review that came in earlier; whose review of what it is can't change", x.name, x.here, x.there)
		}
	}
	return ""
}

// unchanged says whether a record has the very content that the stored review's digest commits to.
func (s stored) unchanged(marketplace string, r Review) (bool, error) {
	row := match{Record{Review: r}, s}.row(marketplace)
	digest, err := ledger.Commit(s.Salt, row.Content())
	return bytes.Equal(digest, s.Digest), err
}

// row is the stored review with the record's content.
func (m match) row(marketplace string) models.Review {
	r := m.Record.Review
	return models.Review{
		MarketplaceID: marketplace, ID: m.stored.ID, ExternalID: m.ExternalID, SellerID: m.stored.SellerID, ProductID: m.stored.ProductID,
		CustomerID: m.stored.CustomerID, Version: m.Version, Rating: r.Rating, Title: r.Title, Body: r.Body,
		PostedAt: models.At(r.PostedAt), Salt: m.Salt, Digest: m.Digest, Status: m.Status,
	}
}
