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
		presentTexts.Check(),
		{Name: "review_versions", Run: checkReplaced},
		ledger.Check{Name: "review_versions", Run: checkNumbers}.OnlyIf("reviews", "t.version > 1"),
		{Name: "review_versions", Run: checkOlder},
		{Name: "reviews", Run: checkOrphans},
		{Name: "reviews", Run: checkIntakes},
		ledger.Check{Name: "review_versions", Run: checkEdits}.OnlyIf("reviews", "t.version > 1"),
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

// presentTexts recomputes the digest of every review as it stands.
var presentTexts = ledger.Rows{
	Table: "reviews",
	Columns: `t.id, t.marketplace_id, t.external_id, COALESCE(t.home_seller_id, t.seller_id), COALESCE(t.home_product_id, t.product_id), t.customer_id,
		t.rating, t.title, t.body, t.posted_at, t.version, t.salt, t.digest, t.order_ref, t.erased_at`,
	Look: func() (*string, []any, func() (string, error)) { return eachText("review ") },
}

// checkReplaced recomputes the digest of every text that an edit has replaced.
func checkReplaced(ctx context.Context, db *gorm.DB) (string, error) {
	id, columns, look := eachText("a replaced text of review ")
	return ledger.Each(ctx, db, id, columns, look, `
		SELECT v.review_id, v.marketplace_id, r.external_id, COALESCE(r.home_seller_id, r.seller_id), COALESCE(r.home_product_id, r.product_id), r.customer_id,
			v.rating, v.title, v.body, v.posted_at, v.version, v.salt, v.digest, '', v.erased_at
		  FROM review_versions v JOIN reviews r ON r.marketplace_id = v.marketplace_id AND r.id = v.review_id`)
}

// eachText gives what takes a text, and what says what is wrong with it.
func eachText(what string) (*string, []any, func() (string, error)) {
	r := &models.Review{}
	columns := []any{
		&r.MarketplaceID, &r.ExternalID, &r.SellerID, &r.ProductID, &r.CustomerID,
		&r.Rating, &r.Title, &r.Body, &r.PostedAt, &r.Version, &r.Salt, &r.Digest, &r.OrderRef, &r.ErasedAt,
	}
	return &r.ID, columns, func() (string, error) { return fits(what+r.ID, r) }
}

// fits recomputes a digest. Of an erased text it can't: that has to be blank, with its salt, and package erasure asks
// for the erasure that explains it and for the record of what is left.
func fits(what string, r *models.Review) (string, error) {
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

// checkNumbers makes sure that all of a review's replaced texts are there.
func checkNumbers(_ context.Context, db *gorm.DB) (string, error) {
	return ledger.FirstOf(db, "review", "lacks a text that an edit replaced", `
		SELECT r.id FROM reviews r WHERE r.version > 1 AND r.version - 1 <> (
			SELECT count(*) FROM review_versions v WHERE v.marketplace_id = r.marketplace_id AND v.review_id = r.id AND v.version BETWEEN 1 AND r.version - 1)`)
}

// checkOlder makes sure that a review's replaced texts are of the versions before the present one.
func checkOlder(_ context.Context, db *gorm.DB) (string, error) {
	return ledger.FirstOf(db, "review", "has a replaced text that is no older than its present one", `
		SELECT v.review_id FROM review_versions v JOIN reviews r ON r.marketplace_id = v.marketplace_id AND r.id = v.review_id
		 WHERE v.version NOT BETWEEN 1 AND r.version - 1`)
}
