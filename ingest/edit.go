package ingest

import (
	"encoding/hex"
	"errors"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// edit makes a changed text the review's next version, unless another import has just done so. The old text is kept,
// what was asked about it is void, and the review's status stays what it was. A review that was just erased stays so. The caller holds the review's lock.
func (b *batch) edit(tx *gorm.DB, m match) error {
	var old models.Review
	if err := tx.Where("marketplace_id = ? AND id = ?", b.market.ID, m.ID).Take(&old).Error; err != nil {
		return err
	}
	if old.ErasedAt != nil {
		return nil
	}
	m.Version, m.Salt, m.Digest = old.Version, old.Salt, old.Digest
	same, err := m.unchanged(b.market.ID, m.Review)
	if err != nil || same {
		return err
	}
	next, err := edited(old, m.Review)
	if err != nil {
		return err
	}
	if err := b.replace(tx, old, next); err != nil {
		return err
	}
	entry := &ledger.Entry{Marketplace: b.market.ID, Act: actEdit, SubjectType: "review", SubjectID: old.ID}
	entry.Set("version", next.Version)
	entry.Set("digest", hex.EncodeToString(next.Digest))
	if err := b.ledger.Append(models.AtCommit(tx), b.actor, entry); err != nil {
		return err
	}
	b.edited++
	b.report(next)
	return b.voider.Void(tx, b.actor, b.market.ID, old.ID, models.ReviewKinds...)
}

// edited is a review with its next text.
func edited(old models.Review, r Review) (models.Review, error) {
	next := old
	next.Version, next.Salt = old.Version+1, ledger.NewSalt()
	next.Rating, next.Title, next.Body, next.PostedAt = r.Rating, r.Title, r.Body, models.At(r.PostedAt)
	if r.Language != "" {
		next.Language = r.Language
	}
	var err error
	next.Digest, err = ledger.Commit(next.Salt, next.Content())
	return next, err
}

// replace keeps the old text and puts the next in its place.
func (b *batch) replace(tx *gorm.DB, old, next models.Review) error {
	err := tx.Create(&models.ReviewVersion{
		MarketplaceID: old.MarketplaceID, ReviewID: old.ID, Version: old.Version, Rating: old.Rating, Title: old.Title,
		Body: old.Body, PostedAt: old.PostedAt, Salt: old.Salt, Digest: old.Digest, ReplacedAt: b.entry.At,
	}).Error
	if err != nil {
		return err
	}
	res := tx.Model(&models.Review{}).Where("marketplace_id = ? AND id = ? AND version = ?", old.MarketplaceID, old.ID, old.Version).
		Updates(map[string]any{
			"version": next.Version, "rating": next.Rating, "title": next.Title, "body": next.Body, "posted_at": next.PostedAt,
			"salt": next.Salt, "digest": next.Digest, "updated_at": b.entry.At, "language": next.Language,
		})
	if res.Error == nil && res.RowsAffected != 1 {
		return errors.New("a review changed under its lock")
	}
	return res.Error
}
