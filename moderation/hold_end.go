package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// LiftHold ends a hold before its time. Whoever may restore a review may, alone.
func (d *Desk) LiftHold(ctx context.Context, actor models.Actor, marketplace, hold string) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: "hold.lift", SubjectType: "hold", SubjectID: hold}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "review"}, "restore"); err != nil {
			return err
		}
		h, err := lockHold(tx, marketplace, hold)
		if err != nil {
			return err
		}
		if h.Over(entry.At) {
			return models.E(models.Conflict, "hold_over", "This hold is over already. Nothing was changed.")
		}
		return show(tx, entry, h, models.HoldLifted)
	})
}

// liftKept ends the hold of a review that was just kept: whoever decides that it stays doesn't leave it hidden.
func (d *Desk) liftKept(tx *gorm.DB, actor models.Actor, r models.Review, at time.Time) error {
	if !r.HeldAt(at) {
		return nil
	}
	entry := &ledger.Entry{ID: d.ledger.NewID(), At: at, Marketplace: r.MarketplaceID, Act: "hold.lift"}
	if err := show(tx, entry, models.Hold{MarketplaceID: r.MarketplaceID, ID: *r.HoldID, ReviewID: r.ID}, models.HoldLifted); err != nil {
		return err
	}
	return d.ledger.Append(models.AtCommit(tx), actor, entry)
}

// SweepHolds ends the holds whose time is over, and returns how many. Until it has been, readers take such a hold for what
// it is: over.
func (d *Desk) SweepHolds(ctx context.Context) (int, error) {
	return sweepEach(func(due *[]models.Hold) error {
		return d.db.WithContext(ctx).Select("marketplace_id", "id").Where("ended_at IS NULL AND until <= ?", d.now()).
			Order("until, id").Limit(sweepBatch).Find(due).Error
	}, func(h models.Hold) error { return d.lapse(ctx, h) })
}

func (d *Desk) lapse(ctx context.Context, h models.Hold) error {
	entry := &ledger.Entry{Marketplace: h.MarketplaceID, Act: "hold.lapse", SubjectType: "hold", SubjectID: h.ID}
	return d.ledger.Act(ctx, models.System("sweep"), entry, func(tx *gorm.DB) error {
		h, err := lockHold(tx, h.MarketplaceID, h.ID)
		if err != nil {
			return err
		}
		if h.EndedAt != nil {
			return errSwept
		}
		return show(tx, entry, h, models.HoldLapsed)
	})
}

// lockHold holds a hold's review still, and reads the hold.
func lockHold(tx *gorm.DB, marketplace, id string) (models.Hold, error) {
	var h models.Hold
	err := models.Translate(tx.Where("marketplace_id = ? AND id = ?", marketplace, id).Take(&h).Error)
	if models.IsKind(err, models.NotFound) {
		return h, models.E(models.NotFound, "no_hold", "There is no such hold in marketplace %s.", marketplace)
	}
	if err != nil {
		return h, err
	}
	if _, err := review(models.ForUpdate(tx), marketplace, h.ReviewID); err != nil {
		return h, err
	}
	h = models.Hold{}
	return h, tx.Where("marketplace_id = ? AND id = ?", marketplace, id).Take(&h).Error
}

// show ends a hold by an act of its own, publishes the review as it was before, and fills the entry. The caller holds the
// review.
func show(tx *gorm.DB, entry *ledger.Entry, h models.Hold, how string) error {
	b := models.NewBatch(tx)
	b.ExecOne(models.E(models.Conflict, "hold_over", "This hold ended at this very moment. Nothing was changed."),
		"UPDATE holds SET ended_at = ?, how = ? WHERE marketplace_id = ? AND id = ? AND ended_at IS NULL", entry.At, how, h.MarketplaceID, h.ID)
	showAgain(b, h.MarketplaceID, h.ReviewID, entry.At)
	if err := b.Run(); err != nil {
		return err
	}
	entry.SubjectType, entry.SubjectID = "review", h.ReviewID
	entry.Set("hold", h.ID)
	return nil
}

// endHolds ends the hold of the review that a request was about, by the request's end; where its time was over and no
// sweep had been there, it had lapsed. Many requests have none.
func endHolds(b *models.Batch, p models.Proposal, confirmed bool, at time.Time) {
	how := models.HoldLifted
	if confirmed {
		how = models.HoldConfirmed
	}
	b.Exec("UPDATE holds SET ended_at = ?, how = CASE WHEN until <= ? THEN '"+models.HoldLapsed+"' ELSE '"+how+"' END, end_proposal_id = ? "+
		"WHERE marketplace_id = ? AND review_id = ? AND ended_at IS NULL", at, at, p.ID, p.MarketplaceID, p.SubjectID)
}

// showAgain publishes a review whose hold has ended, as it was before.
func showAgain(b *models.Batch, marketplace, review string, at time.Time) {
	b.Exec("UPDATE reviews SET status = "+unheld+", hold_id = NULL, held_until = NULL, updated_at = ? WHERE marketplace_id = ? AND id = ? AND hold_id IS NOT NULL",
		at, marketplace, review)
}

// confirms says whether a remedy is what a hold was waiting for: it hides what endangers somebody.
func (x remedy) confirms() bool {
	return x.Name == models.ActionRemove || x.Name == models.ActionRedact
}
