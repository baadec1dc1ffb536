package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// root binds an intake's entry to its reviews: hex SHA-256 over the first versions' digests, one after the other in
// the order of the reviews' ids.
func root(digests [][]byte) string {
	h := sha256.New()
	for _, d := range digests {
		h.Write(d)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// insert brings new reviews in and gives back those that another import has just brought in.
func (b *batch) insert(tx *gorm.DB, recs []Record) ([]Record, error) {
	if len(recs) == 0 {
		return nil, nil
	}
	if err := b.resolve(tx, recs); err != nil {
		return nil, err
	}
	rows := make([]models.Review, len(recs))
	for i, rec := range recs { // in the order of the ids, ours and the marketplace's alike
		var err error
		if rows[i], err = b.newReview(rec.Review); err != nil {
			return nil, err
		}
	}
	in, err := insertNew(tx, "reviews", "external_id", len(rows), reviewColumns(rows))
	if err != nil {
		return nil, err
	}
	var taken []Record
	for i, row := range rows {
		if !in[row.ExternalID] {
			taken = append(taken, recs[i])
			continue
		}
		b.fresh = append(b.fresh, row)
	}
	return taken, nil
}

func (b *batch) newReview(r Review) (models.Review, error) {
	row := models.Review{
		MarketplaceID: b.market.ID, ID: models.NewID(), ExternalID: r.ID, SellerID: b.ids["sellers"][r.SellerID],
		ProductID: b.ids["products"][r.ProductID], CustomerID: b.ids["customers"][r.CustomerID],
		OrderRef: r.OrderRef, Verified: r.Verified, Rating: r.Rating, Title: r.Title, Body: r.Body,
		PostedAt: models.At(r.PostedAt), Language: r.Language, Version: 1, Salt: ledger.NewSalt(), Status: models.ReviewPublished,
		IntakeID: b.entry.ID, CreatedAt: b.entry.At, UpdatedAt: b.entry.At,
	}
	var err error
	row.Digest, err = ledger.Commit(row.Salt, row.Content())
	return row, err
}

// reviewColumns lays reviews out by column; what is left out has its default.
func reviewColumns(rows []models.Review) []column {
	text := func(name string, f func(models.Review) string) column { return texts(name, each(rows, f)) }
	id := func(name string, f func(models.Review) string) column { return uuids(name, each(rows, f)) }
	return []column{
		text("marketplace_id", func(r models.Review) string { return r.MarketplaceID }),
		id("id", func(r models.Review) string { return r.ID }),
		text("external_id", func(r models.Review) string { return r.ExternalID }),
		id("seller_id", func(r models.Review) string { return r.SellerID }),
		id("product_id", func(r models.Review) string { return r.ProductID }),
		id("customer_id", func(r models.Review) string { return r.CustomerID }),
		text("language", func(r models.Review) string { return r.Language }),
		text("order_ref", func(r models.Review) string { return r.OrderRef }),
		columnOf("verified", "boolean", "", each(rows, func(r models.Review) *bool { return r.Verified })),
		columnOf("rating", "smallint", "", each(rows, func(r models.Review) int16 { return int16(r.Rating) })),
		text("title", func(r models.Review) string { return r.Title }),
		text("body", func(r models.Review) string { return r.Body }),
		columnOf("posted_at", "timestamptz", "", each(rows, func(r models.Review) time.Time { return r.PostedAt })),
		columnOf("salt", "bytea", "", each(rows, func(r models.Review) []byte { return r.Salt })),
		columnOf("digest", "bytea", "", each(rows, func(r models.Review) []byte { return r.Digest })),
		id("intake_id", func(r models.Review) string { return r.IntakeID }),
		columnOf("created_at", "timestamptz", "", each(rows, func(r models.Review) time.Time { return r.CreatedAt })),
		columnOf("updated_at", "timestamptz", "", each(rows, func(r models.Review) time.Time { return r.UpdatedAt })),
	}
}
