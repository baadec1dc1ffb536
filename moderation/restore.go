package moderation

import (
	"context"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// The bounds of a restorer's note, in characters.
const (
	minRestoreNote = 10
	maxRestoreNote = 4000
)

// Restore publishes a removed review again. One person is enough: only removal takes two.
func (d *Desk) Restore(ctx context.Context, actor models.Actor, marketplace, reviewID string, version int, note string) error {
	note = models.CleanText(note)
	entry := &ledger.Entry{Marketplace: marketplace, Act: "review.restore", SubjectType: "review", SubjectID: reviewID}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "review"}, "restore"); err != nil {
			return err
		}
		if n := utf8.RuneCountInString(note); n < minRestoreNote || n > maxRestoreNote {
			return models.InvalidField("note", "Write a note of %d to %d characters: why it comes back. It has %d.", minRestoreNote, maxRestoreNote, n)
		}
		r, err := review(models.ForUpdate(tx), marketplace, reviewID)
		if err != nil {
			return err
		}
		if r.Status != models.ReviewRemoved || r.RemovalID == nil {
			return models.E(models.Conflict, "not_removed", "This review is %s, so there is nothing to restore.", r.Status)
		}
		if r.Version != version {
			return staleReview()
		}
		entry.Set("proposal", *r.RemovalID)
		row := models.Restoration{
			MarketplaceID: marketplace, ID: entry.ID, ReviewID: r.ID, ProposalID: *r.RemovalID,
			StaffID: actor.ID, Note: note, CreatedAt: entry.At,
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return tx.Model(&models.Review{}).
			Where("marketplace_id = ? AND id = ? AND status = ?", marketplace, r.ID, models.ReviewRemoved).
			Updates(map[string]any{"status": models.ReviewPublished, "removal_id": nil, "updated_at": entry.At}).Error
	})
}
