package moderation

import (
	"bytes"
	"context"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Keep decides that a review stays published. seen is the digest of the text that the moderator read.
func (d *Desk) Keep(ctx context.Context, actor models.Actor, marketplace, ticket string, seen []byte) error {
	if err := d.seeded(ctx, marketplace); err != nil {
		return err
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: "ticket.keep", SubjectType: "ticket", SubjectID: ticket}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "ticket"}, "decide"); err != nil {
			return err
		}
		r, err := reviewOf(tx, marketplace, ticket)
		if err != nil {
			return err
		}
		t, err := d.letGo(tx, actor, marketplace, ticket, map[string]any{"state": models.TicketClosed, "closed_at": entry.At})
		if err != nil {
			return err
		}
		if err := refuseInterest(tx, marketplace, actor, t.SellerID); err != nil {
			return err
		}
		if !bytes.Equal(r.Digest, seen) {
			return staleReview()
		}
		if !t.IsLook() {
			if err := d.liftKept(tx, actor, r, entry.At); err != nil {
				return err
			}
		}
		if t.IsLook() {
			return d.writeLook(tx, entry, actor, t, r, models.LookGenuine, "")
		}
		entry.Set("review", r.ID)
		entry.Set("review_version", r.Version)
		return d.writeDecision(tx, entry, actor, t, r, models.ActionKeep)
	})
}

// writeDecision writes one decision, with the id of the entry that records it, and has the lot decide on its second look.
func (d *Desk) writeDecision(tx *gorm.DB, entry *ledger.Entry, actor models.Actor, t models.Ticket, r models.Review, action string) error {
	assigned, err := assignment(tx, actor, t)
	if err != nil {
		return err
	}
	row := &models.Decision{
		MarketplaceID: t.MarketplaceID, ID: entry.ID, TicketID: t.ID, ReviewID: r.ID, ReviewVersion: r.Version,
		SellerID: t.SellerID, ModeratorID: actor.ID, Queue: t.Queue, Rating: r.Rating,
		Action: action, Assigned: assigned, DecidedAt: entry.At,
	}
	if action != models.ActionKeep {
		row.ProposalID = &entry.ID
	}
	entry.Set("decision", action)
	entry.Set("rating", r.Rating)
	entry.Set("seller", t.SellerID)
	entry.Set("queue", t.Queue)
	entry.Set("assigned", assigned)
	if err := tx.Create(row).Error; err != nil {
		return err
	}
	return d.chooseLook(tx, entry, t)
}
