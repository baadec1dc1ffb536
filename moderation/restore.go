package moderation

import (
	"context"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/words"
)

// The bounds of a restorer's note, in characters.
const (
	minRestoreNote = 10
	maxRestoreNote = 4000
)

// Restore publishes a removed review again. One person is enough: only removal takes two.
func (d *Desk) Restore(ctx context.Context, actor models.Actor, marketplace, reviewID string, version int, note string) error {
	return d.Undo(ctx, actor, Undoing{Marketplace: marketplace, Review: reviewID, Remedy: models.ActionRemove, Version: version, Note: note})
}

// Undoing is one person's undoing of a remedy.
type Undoing struct {
	Marketplace string
	Review      string
	Remedy      string // which of those that stand; one of RemedyNames
	Version     int    // of the review, as it was shown
	Note        string
}

// Undo takes one remedy back: a removed review is published again, a redacted text is whole, a label is gone, a moved
// review is where it came in. What else was done to the review stays. One person is enough.
func (d *Desk) Undo(ctx context.Context, actor models.Actor, u Undoing) error {
	u.Note = models.CleanText(u.Note)
	x, known := remedyNamed(u.Remedy)
	if !known {
		return models.InvalidField("remedy", "Choose one of: %s.", remedyWords(RemedyNames()))
	}
	entry := &ledger.Entry{Marketplace: u.Marketplace, Act: "review.restore", SubjectType: "review", SubjectID: u.Review}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, u.Marketplace, rbac.Object{Kind: "review"}, "restore"); err != nil {
			return err
		}
		if n := utf8.RuneCountInString(u.Note); n < minRestoreNote || n > maxRestoreNote {
			return models.InvalidField("note", "Write a note of %d to %d characters: why it comes back. It has %d.", minRestoreNote, maxRestoreNote, n)
		}
		r, err := review(models.ForUpdate(tx), u.Marketplace, u.Review)
		if err != nil {
			return err
		}
		if err := x.stands(r); err != nil {
			return err
		}
		if r.Version != u.Version {
			return staleReview()
		}
		return putBack(tx, actor, entry, r, x, u.Note, nil)
	})
}

// appealNote is the note of a restoration on appeal; the answer that the author reads says why.
const appealNote = "Reversed on appeal; the answer says why."

// RestoreOnAppeal publishes a removed review again, in the transaction of the answer that reverses its removal. The
// caller holds the review, and has written the answer: the database looks for it.
func (d *Desk) RestoreOnAppeal(tx *gorm.DB, actor models.Actor, r models.Review, appeal string, at time.Time) error {
	entry := &ledger.Entry{ID: d.ledger.NewID(), At: at, Marketplace: r.MarketplaceID, Act: "review.restore", SubjectType: "review", SubjectID: r.ID}
	entry.Set("appeal", appeal)
	x, _ := remedyNamed(models.ActionRemove)
	if err := putBack(tx, actor, entry, r, x, appealNote, &appeal); err != nil {
		return err
	}
	return d.ledger.Append(models.AtCommit(tx), actor, entry)
}

// putBack writes the undoing of a remedy and takes its effect back: a removed review is published as it was and where
// it was.
func putBack(tx *gorm.DB, actor models.Actor, entry *ledger.Entry, r models.Review, x remedy, note string, appeal *string) error {
	if x.Name == models.ActionRemove {
		if err := notWithdrawn(tx, r); err != nil {
			return err
		}
	}
	entry.Set("proposal", *x.by(r))
	entry.Set("remedy", x.Name)
	row := models.Restoration{
		MarketplaceID: r.MarketplaceID, ID: entry.ID, ReviewID: r.ID, ProposalID: *x.by(r),
		StaffID: actor.ID, Note: note, AppealID: appeal, CreatedAt: entry.At,
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	return x.takeBack(tx, r, entry.At)
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

// stands refuses to undo a remedy that there isn't.
func (x remedy) stands(r models.Review) error {
	switch {
	case x.by(r) != nil:
		return nil
	case x.Name == models.ActionRemove:
		return models.E(models.Conflict, "not_removed", "This review is %s, so there is nothing to restore.", words.Word(r.Status))
	}
	return models.E(models.Conflict, "no_remedy", "There is no %s of this review, so there is nothing to undo.", words.Word(x.Noun))
}

// takeBack undoes the effect. What the review's status is then follows from what still stands.
func (x remedy) takeBack(tx *gorm.DB, r models.Review, at time.Time) error {
	b := models.NewBatch(tx)
	b.ExecOne(models.E(models.Conflict, "review_changed", "The review changed at this very moment. Nothing was undone."),
		"UPDATE reviews SET "+x.undo+", status = ?, updated_at = ? WHERE marketplace_id = ? AND id = ? AND "+x.Column+" = ?",
		x.statusWithout(r), at, r.MarketplaceID, r.ID, *x.by(r))
	return b.Run()
}

func (x remedy) statusWithout(r models.Review) string {
	switch {
	case r.RemovalID != nil && x.Name != models.ActionRemove:
		return models.ReviewRemoved
	case r.HoldID != nil:
		return models.ReviewHeld
	case r.RedactionID != nil && x.Name != models.ActionRedact:
		return models.ReviewRedacted
	}
	return models.ReviewPublished
}
