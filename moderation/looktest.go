package moderation

import (
	"context"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// mostTests bounds how many test tickets of one review wait at once.
const mostTests = 5

// TestWith mixes a review that a supervisor knows to be good into the tickets of its queue. Whoever is given it can't
// tell; asking for its removal is an error of theirs, and asks for nothing.
func (d *Desk) TestWith(ctx context.Context, actor models.Actor, marketplace, reviewID string, version int) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: "look.test", SubjectType: "review", SubjectID: reviewID}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "look"}, "test"); err != nil {
			return err
		}
		r, err := review(models.ForUpdate(tx), marketplace, reviewID)
		if err != nil {
			return err
		}
		if err := refuseInterest(tx, marketplace, actor, r.SellerID); err != nil {
			return err
		}
		if r.Version != version {
			return staleReview()
		}
		kept, err := d.knownGood(tx, actor, r)
		if err != nil {
			return err
		}
		var first models.Ticket
		if err := tx.Where("marketplace_id = ? AND id = ?", marketplace, kept.TicketID).Take(&first).Error; err != nil {
			return err
		}
		first.SellerID = r.SellerID
		t := lookAt(first, kept.ID, models.LookTest, entry)
		entry.Set("ticket", t.ID)
		entry.Set("decision", kept.ID)
		if err := tx.Create(&t).Error; err != nil {
			return err
		}
		return routeLike(tx, t, first.ID)
	})
}

// MayTestWith says what keeps this supervisor from choosing a review as a test. It is for showing; the act asks again.
func (d *Desk) MayTestWith(ctx context.Context, actor models.Actor, r models.Review) error {
	db := d.db.WithContext(ctx)
	if err := refuseInterest(db, r.MarketplaceID, actor, r.SellerID); err != nil {
		return err
	}
	_, err := d.knownGood(db, actor, r)
	return err
}

// knownGood is the decision by which somebody else kept a review as it stands, and makes sure that it may be a test.
func (d *Desk) knownGood(tx *gorm.DB, actor models.Actor, r models.Review) (models.Decision, error) {
	var last []models.Decision
	if r.Status != models.ReviewPublished || r.ErasedAt != nil {
		return models.Decision{}, models.E(models.Conflict, "no_test", "Only a published review with its text can be a test.")
	}
	err := tx.Where("marketplace_id = ? AND review_id = ?", r.MarketplaceID, r.ID).Order("decided_at DESC, id DESC").Limit(1).Find(&last).Error
	if err != nil {
		return models.Decision{}, err
	}
	if len(last) == 0 || last[0].Action != models.ActionKeep || last[0].ReviewVersion != r.Version {
		return models.Decision{}, models.E(models.Conflict, "no_test", "Only a review that a moderator has kept, as it stands, can be a test.")
	}
	if last[0].ModeratorID == actor.ID {
		return models.Decision{}, models.E(models.Forbidden, "no_test", "You kept this review yourself; somebody else chooses it as a test.")
	}
	var waiting int64
	err = tx.Model(&models.Ticket{}).Where("marketplace_id = ? AND review_id = ? AND state <> ?", r.MarketplaceID, r.ID, models.TicketClosed).Count(&waiting).Error
	if err == nil && waiting >= mostTests {
		err = models.E(models.Conflict, "no_test", "%d tickets of this review wait already.", waiting)
	}
	return last[0], err
}
