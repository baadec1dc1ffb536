package moderation

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Ask is a moderator's request for a remedy against the review of a ticket that they hold.
type Ask struct {
	Marketplace   string
	Ticket        string
	Seen          []byte // digest of the review as it was read
	Reason        string
	Remedy        string // one of RemedyNames; "" is a removal
	Justification string
	Evidence      []Evidence

	Label  string // of a label: the code of one of the reason's
	Redact string // of a redaction: the words to hide, a passage on each line
	Product,
	Seller string // of a move: the marketplace's ids of where to; the seller only where several sell it

	Set string // SetDigest of the linked reviews that the form showed: one request over all of them; "" for none

	// What checking makes of them.
	Spans               []Span
	ToProduct, ToSeller string
	remedy              remedy
	others              []models.Review // of a set, beside the ticket's own
	lead                string          // of one request of a set: which leads it
}

// Request asks for a removal, or for a lesser remedy. It opens a proposal, which takes another person to approve; the
// review stays as it is. On a second look, which nothing told the moderator of, it only says what they find, and the
// proposal is the zero one.
func (d *Desk) Request(ctx context.Context, actor models.Actor, ask Ask) (models.Proposal, error) {
	var p models.Proposal
	m, err := market(d.db.WithContext(ctx), ask.Marketplace)
	if err != nil {
		return p, err
	}
	if err := d.seeded(ctx, m.ID); err != nil {
		return p, err
	}
	var known bool
	if ask.remedy, known = remedyNamed(ask.Remedy); !known {
		return p, models.InvalidField("remedy", "Choose one of: %s.", remedyWords(RemedyNames()))
	}
	entry := &ledger.Entry{Marketplace: ask.Marketplace, Act: ask.remedy.Noun + ".request", SubjectType: "ticket", SubjectID: ask.Ticket}
	err = d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		entry.Set("reason", knownReason(ask.Reason))
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, ask.Marketplace, rbac.Object{Kind: "removal"}, "request"); err != nil {
			return err
		}
		r, others, err := lockAsked(tx, actor, ask)
		if err != nil {
			return err
		}
		ask.others = others
		reason, err := d.checkAsk(tx, r, &ask)
		if err != nil {
			return err
		}
		if look, err := isLook(tx, ask.Marketplace, ask.Ticket); err != nil || look {
			return cmp.Or(err, d.askLook(tx, entry, actor, ask, r, reason))
		}
		t, err := d.letGo(tx, actor, ask.Marketplace, ask.Ticket, map[string]any{"state": models.TicketWaiting})
		if err != nil {
			return err
		}
		if err := refuseInterest(tx, ask.Marketplace, actor, t.SellerID); err != nil {
			return err
		}
		if ask.ToSeller != "" {
			if err := refuseInterest(tx, ask.Marketplace, actor, ask.ToSeller); err != nil {
				return err
			}
		}
		if !bytes.Equal(r.Digest, ask.Seen) {
			return staleReview()
		}
		if r.ErasedAt != nil {
			return models.E(models.Conflict, "review_erased", "The author had the text erased, so there is nothing left to judge; the rating stays.")
		}
		if err := ask.remedy.open(r); err != nil {
			return err
		}
		if len(ask.others) > 0 {
			p, err = d.askSet(tx, actor, entry, m, ask, r, t, reason)
			return err
		}
		p, err = d.engine.Propose(tx, actor, proposal(entry, m, ask, r, reason))
		if err != nil {
			return err
		}
		if err := bindFiles(tx, actor, p, ask); err != nil {
			return err
		}
		return d.writeRequest(tx, actor, entry, p, t, r, ask, reason, m.ApproversDrawn && m.Negative(r.Rating))
	})
	return p, err
}

// askLook is a request on a ticket that is a second look: it says what this moderator finds, and asks for nothing.
func (d *Desk) askLook(tx *gorm.DB, entry *ledger.Entry, actor models.Actor, ask Ask, r models.Review, reason Reason) error {
	t, err := d.letGo(tx, actor, ask.Marketplace, ask.Ticket, map[string]any{"state": models.TicketClosed, "closed_at": entry.At})
	if err != nil {
		return err
	}
	if err := refuseInterest(tx, ask.Marketplace, actor, t.SellerID); err != nil {
		return err
	}
	if !bytes.Equal(r.Digest, ask.Seen) {
		return staleReview()
	}
	if err := d.reportOthers(tx, actor, entry, ask); err != nil {
		return err
	}
	return d.writeLook(tx, entry, actor, t, r, models.LookViolating, reason.Code)
}

// reportOthers flags what a moderator has gathered on a second look, which asks for nothing: so it isn't lost.
func (d *Desk) reportOthers(tx *gorm.DB, actor models.Actor, entry *ledger.Entry, ask Ask) error {
	var reports []models.Flagged
	for _, o := range ask.others {
		reports = append(reports, models.Flagged{Review: o, Source: models.FlagStaff, Text: setFlag})
	}
	if _, err := d.Flag(tx, entry.At, reports); err != nil || len(reports) == 0 {
		return err
	}
	return forgetPicks(tx, actor, ask)
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
		Marketplace: m.ID, ID: entry.ID, Kind: ask.remedy.Kind,
		SubjectType: "review", SubjectID: r.ID, SubjectVersion: r.Version,
		Payload: Removal{
			Review: r.ID, ReviewVersion: r.Version, ReviewDigest: hex.EncodeToString(r.Digest), Remedy: ask.remedy.Name,
			Reason: reason.Code, ReasonVersion: reason.Version, Justification: ask.Justification, Evidence: ask.Evidence,
			Label: ask.Label, Spans: ask.Spans, ToProduct: ask.ToProduct, ToSeller: ask.ToSeller,
			Ticket: ask.Ticket, Lead: ask.lead, Salt: hex.EncodeToString(ledger.NewSalt()),
		},
		Quorum: 1,
		TTL:    time.Duration(m.ProposalTTLHours) * time.Hour,
	}
}

// writeRequest writes what lists and statistics read, fills the entry, and draws who decides.
func (d *Desk) writeRequest(tx *gorm.DB, actor models.Actor, entry *ledger.Entry, p models.Proposal, t models.Ticket, r models.Review, ask Ask, reason Reason, drawn bool) error {
	row := models.RemovalRequest{
		MarketplaceID: p.MarketplaceID, ProposalID: p.ID, ReviewID: r.ID, ReviewVersion: r.Version, SellerID: r.SellerID,
		TicketID: t.ID, RequesterID: actor.ID, ReasonCode: reason.Code, ReasonVersion: reason.Version, Rating: r.Rating, Drawn: drawn, CreatedAt: p.CreatedAt,
		Remedy: ask.remedy.Name, Label: ask.Label, Evidence: len(ask.Evidence),
	}
	if ask.remedy.Name == models.ActionMove {
		row.ToProductID, row.ToSellerID = &ask.ToProduct, &ask.ToSeller
		entry.Set("to_product", ask.ToProduct)
		entry.Set("to_seller", ask.ToSeller)
	}
	if ask.Label != "" {
		entry.Set("label", ask.Label)
	}
	if n := filesIn(ask.Evidence); n > 0 {
		entry.Set("files", n)
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
	if err := d.writeDecision(tx, entry, actor, t, r, ask.remedy.Name); err != nil || !drawn {
		return err
	}
	_, err := d.fillSeats(tx, p, row)
	return err
}
