package moderation

import (
	"context"
	"time"
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
		return putBack(tx, actor, entry, r, note, nil)
	})
}

// appealNote is the note of a restoration on appeal; the answer that the author reads says why.
const appealNote = "Reversed on appeal; the answer says why."

// RestoreOnAppeal publishes a removed review again, in the transaction of the answer that reverses its removal. The
// caller holds the review, and has written the answer: the database looks for it.
func (d *Desk) RestoreOnAppeal(tx *gorm.DB, actor models.Actor, r models.Review, appeal string, at time.Time) error {
	entry := &ledger.Entry{ID: d.ledger.NewID(), At: at, Marketplace: r.MarketplaceID, Act: "review.restore", SubjectType: "review", SubjectID: r.ID}
	entry.Set("appeal", appeal)
	if err := putBack(tx, actor, entry, r, appealNote, &appeal); err != nil {
		return err
	}
	return d.ledger.Append(models.AtCommit(tx), actor, entry)
}

// putBack writes the restoration of a removed review and publishes it, as it was and where it was.
func putBack(tx *gorm.DB, actor models.Actor, entry *ledger.Entry, r models.Review, note string, appeal *string) error {
	if err := notWithdrawn(tx, r); err != nil {
		return err
	}
	entry.Set("proposal", *r.RemovalID)
	row := models.Restoration{
		MarketplaceID: r.MarketplaceID, ID: entry.ID, ReviewID: r.ID, ProposalID: *r.RemovalID,
		StaffID: actor.ID, Note: note, AppealID: appeal, CreatedAt: entry.At,
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	return tx.Model(&models.Review{}).
		Where("marketplace_id = ? AND id = ? AND status = ?", r.MarketplaceID, r.ID, models.ReviewRemoved).
		Updates(map[string]any{"status": models.ReviewPublished, "removal_id": nil, "updated_at": entry.At}).Error
}

// notWithdrawn refuses to publish again what its author took back.
func notWithdrawn(tx *gorm.DB, r models.Review) error {
	var n int64
	err := tx.Model(&models.RemovalRequest{}).Where("marketplace_id = ? AND proposal_id = ? AND reason_code = ?", r.MarketplaceID, *r.RemovalID, models.ReasonAuthorWithdrew).
		Count(&n).Error
	if err == nil && n > 0 {
		return models.E(models.Conflict, "author_withdrew", "The author took this review back, so nobody publishes it again.")
	}
	return err
}
