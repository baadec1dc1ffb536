package moderation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"evenhand/approval"
	"evenhand/models"
	"evenhand/rbac"
)

// picksOf are the ids of what a moderator has gathered for a ticket.
func picksOf(db *gorm.DB, actor models.Actor, marketplace, ticket string) ([]string, error) {
	var ids []string
	err := db.Model(&models.SetPick{}).Where("marketplace_id = ? AND ticket_id = ? AND staff_id = ?", marketplace, ticket, actor.ID).
		Order("review_id").Pluck("review_id", &ids).Error
	return ids, models.Translate(err)
}

// forgetPicks takes away what was gathered for a request that is sent.
func forgetPicks(tx *gorm.DB, actor models.Actor, ask Ask) error {
	return tx.Where("marketplace_id = ? AND ticket_id = ? AND staff_id = ?", ask.Marketplace, ask.Ticket, actor.ID).Delete(&models.SetPick{}).Error
}

// Gathered are the reviews that a moderator has gathered for a ticket, in the order of their ids.
func (d *Desk) Gathered(ctx context.Context, actor models.Actor, marketplace, ticket string) ([]models.Review, error) {
	db := d.db.WithContext(ctx)
	ids, err := picksOf(db, actor, marketplace, ticket)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var out []models.Review
	err = db.Where("marketplace_id = ? AND id IN ?", marketplace, ids).Order("id").Find(&out).Error
	return out, models.Translate(err)
}

// Token stands for a review on the page of a set, where its id isn't shown: an id leads to the review's own page, which
// shows who sells and who wrote.
func Token(ticket, review string) string {
	sum := sha256.Sum256([]byte("set " + ticket + " " + review))
	return hex.EncodeToString(sum[:12])
}

// Gather adds some of what a search found to what is gathered for a ticket that the actor holds.
func (d *Desk) Gather(ctx context.Context, actor models.Actor, marketplace, ticket string, like Like, tokens []string) error {
	r, err := d.searching(ctx, actor, marketplace, ticket)
	if err != nil {
		return err
	}
	found, _, err := d.find(d.db.WithContext(ctx), r, like)
	if err != nil {
		return err
	}
	now := d.now()
	var rows []models.SetPick
	for _, x := range found {
		if slices.Contains(tokens, Token(ticket, x.ID)) {
			rows = append(rows, models.SetPick{MarketplaceID: marketplace, TicketID: ticket, ReviewID: x.ID, StaffID: actor.ID, PickedAt: now})
		}
	}
	return models.InTx(ctx, d.db, func(tx *gorm.DB) error {
		if err := holds(tx, actor, marketplace, ticket); err != nil {
			return err
		}
		have, err := picksOf(tx, actor, marketplace, ticket)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(p models.SetPick) bool { return slices.Contains(have, p.ReviewID) })
		if len(have)+len(rows) > approval.MaxSet-1 {
			return models.InvalidField("pick", "A set has at most %d reviews, the ticket’s own among them. Ask for what is gathered, then go on.", approval.MaxSet)
		}
		if len(rows) == 0 {
			return nil
		}
		return tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 200).Error
	})
}

// Drop takes some of what is gathered out again; all of it where no token is given.
func (d *Desk) Drop(ctx context.Context, actor models.Actor, marketplace, ticket string, tokens []string) error {
	db := d.db.WithContext(ctx)
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "removal"}, "request", "ticket", ticket); err != nil {
		return err
	}
	ids, err := picksOf(db, actor, marketplace, ticket)
	if err != nil {
		return err
	}
	if len(tokens) > 0 {
		ids = slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(tokens, Token(ticket, id)) })
	}
	err = db.Where("marketplace_id = ? AND ticket_id = ? AND staff_id = ? AND review_id IN ?", marketplace, ticket, actor.ID, ids).Delete(&models.SetPick{}).Error
	return models.Translate(err)
}
