package moderation

import (
	"bytes"
	"context"
	"encoding/hex"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Ask is a moderator's request to remove the review of a ticket that they hold.
type Ask struct {
	Marketplace   string
	Ticket        string
	Seen          []byte // digest of the review as it was read
	Reason        string
	Justification string
	Evidence      []Evidence
}

// Request asks for a removal. It opens a proposal, which takes another person to approve; the review stays as it is.
func (d *Desk) Request(ctx context.Context, actor models.Actor, ask Ask) (models.Proposal, error) {
	var p models.Proposal
	m, err := market(d.db.WithContext(ctx), ask.Marketplace)
	if err != nil {
		return p, err
	}
	if m.ApproversDrawn {
		if err := d.seeded(ctx, m.ID); err != nil {
			return p, err
		}
	}
	entry := &ledger.Entry{Marketplace: ask.Marketplace, Act: "removal.request", SubjectType: "ticket", SubjectID: ask.Ticket}
	err = d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		entry.Set("reason", knownReason(ask.Reason))
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, ask.Marketplace, rbac.Object{Kind: "removal"}, "request"); err != nil {
			return err
		}
		r, err := reviewOf(tx, ask.Marketplace, ask.Ticket)
		if err != nil {
			return err
		}
		reason, err := d.checkAsk(tx, r, &ask)
		if err != nil {
			return err
		}
		t, err := d.letGo(tx, actor, ask.Marketplace, ask.Ticket, map[string]any{"state": models.TicketWaiting})
		if err != nil {
			return err
		}
		if err := refuseInterest(tx, ask.Marketplace, actor, t.SellerID); err != nil {
			return err
		}
		if !bytes.Equal(r.Digest, ask.Seen) {
			return staleReview()
		}
		if r.ErasedAt != nil {
			return models.E(models.Conflict, "review_erased", "The author had the text erased, so there is nothing left to judge; the rating stays.")
		}
		if r.Status != models.ReviewPublished {
			return models.E(models.Conflict, "not_published", "The review is %s already.", r.Status)
		}
		p, err = d.engine.Propose(tx, actor, proposal(entry, m, ask, r, reason))
		if err != nil {
			return err
		}
		return d.writeRequest(tx, actor, entry, p, t, r, reason, m.ApproversDrawn && m.Negative(r.Rating))
	})
	return p, err
}

// reviewOf locks the review of a ticket, before the ticket and any proposal are locked.
func reviewOf(tx *gorm.DB, marketplace, ticket string) (models.Review, error) {
	var t models.Ticket
	err := models.Translate(tx.Where("marketplace_id = ? AND id = ?", marketplace, ticket).Take(&t).Error)
	if err != nil {
		return models.Review{}, notHeld(tx, marketplace, ticket)
	}
	return review(models.ForUpdate(tx), marketplace, t.ReviewID)
}

func proposal(entry *ledger.Entry, m models.Marketplace, ask Ask, r models.Review, reason Reason) approval.Request {
	return approval.Request{
		Marketplace: m.ID, ID: entry.ID, Kind: models.KindRemoveReview,
		SubjectType: "review", SubjectID: r.ID, SubjectVersion: r.Version,
		Payload: Removal{
			Review: r.ID, ReviewVersion: r.Version, ReviewDigest: hex.EncodeToString(r.Digest), Remedy: "remove",
			Reason: reason.Code, ReasonVersion: reason.Version, Justification: ask.Justification, Evidence: ask.Evidence,
			Ticket: ask.Ticket, Salt: hex.EncodeToString(ledger.NewSalt()),
		},
		Quorum: 1,
		TTL:    time.Duration(m.ProposalTTLHours) * time.Hour,
	}
}

// writeRequest writes what lists and statistics read, fills the entry, and draws who decides.
func (d *Desk) writeRequest(tx *gorm.DB, actor models.Actor, entry *ledger.Entry, p models.Proposal, t models.Ticket, r models.Review, reason Reason, drawn bool) error {
	pieces, err := piecesOf(p)
	if err != nil {
		return err
	}
	row := models.RemovalRequest{
		MarketplaceID: p.MarketplaceID, ProposalID: p.ID, ReviewID: r.ID, ReviewVersion: r.Version, SellerID: r.SellerID,
		TicketID: t.ID, RequesterID: actor.ID, ReasonCode: reason.Code, ReasonVersion: reason.Version, Rating: r.Rating, Drawn: drawn, Evidence: pieces, CreatedAt: p.CreatedAt,
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	entry.SubjectType, entry.SubjectID = "proposal", p.ID
	entry.Set("ticket", t.ID)
	entry.Set("review", r.ID)
	entry.Set("review_version", r.Version)
	entry.Set("reason_version", reason.Version)
	entry.Set("digest", hex.EncodeToString(p.Digest))
	entry.Set("quorum", p.Quorum)
	entry.Set("state", p.State)
	entry.Set("drawn", drawn)
	entry.Set("evidence", row.Evidence)
	if err := writeDecision(tx, entry, actor, t, r, models.ActionRemove); err != nil || !drawn {
		return err
	}
	_, err = d.fillSeats(tx, p, row)
	return err
}
