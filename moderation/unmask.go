package moderation

import (
	"bytes"
	"context"
	"slices"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

const actLift = "mask.lift"

// Purposes are what names may be had shown for.
var Purposes = []string{"tie", "order", "pattern", "legal"}

// The bounds of the words that go with a purpose, in characters.
const (
	MinPurpose = 10
	maxPurpose = 1000
)

// Lift is a request to be shown names that are hidden: On a ticket, who sells and who wrote; on a proposal, who asked.
type Lift struct {
	Marketplace, On, ID string
	Purpose, Text       string
}

// Unmask puts on record that somebody wants names shown, and what for, and shows them to that person from then on, on that
// ticket or request only. Who holds the ticket may, and who may decide on the request.
func (d *Desk) Unmask(ctx context.Context, actor models.Actor, l Lift) error {
	l.Text = models.CleanText(l.Text)
	entry := &ledger.Entry{Marketplace: l.Marketplace, Act: actLift, SubjectType: l.On, SubjectID: l.ID}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, l.Marketplace, rbac.Object{Kind: "mask"}, "lift"); err != nil {
			return err
		}
		review, err := d.masked(tx, actor, l)
		if err != nil {
			return err
		}
		if err := l.check(); err != nil {
			return err
		}
		u := models.Unmasking{
			MarketplaceID: l.Marketplace, ID: entry.ID, StaffID: actor.ID, SubjectType: l.On, SubjectID: l.ID, ReviewID: review,
			Purpose: l.Purpose, Text: l.Text, TextSalt: ledger.NewSalt(), CreatedAt: entry.At,
		}
		if u.TextDigest, err = ledger.Commit(u.TextSalt, u.Text); err != nil {
			return err
		}
		if l.On == models.OnProposal { // an entry about a request says its state
			entry.Set("state", models.ProposalOpen)
		}
		entry.Set("purpose", u.Purpose)
		entry.Set("text_digest", hexOf(u.TextDigest))
		models.AtCommit(tx).Insert(&u)
		return nil
	})
}

// masked makes sure that the actor may lift this mask, and that there is one; it gives the review that it is about.
func (d *Desk) masked(tx *gorm.DB, actor models.Actor, l Lift) (string, error) {
	v, err := d.veilOf(tx, actor, l.Marketplace)
	if err != nil {
		return "", err
	}
	var id string
	var hides bool
	if l.On == models.OnTicket {
		if err := d.rights.Authorize(tx, actor, l.Marketplace, rbac.Object{Kind: "ticket"}, "decide"); err != nil {
			return "", err
		}
		if err := holds(tx, actor, l.Marketplace, l.ID); err != nil {
			return "", err
		}
		r, err := reviewOf(tx, l.Marketplace, l.ID)
		if err != nil {
			return "", err
		}
		id, hides = r.ID, v.market.HidesParties(r.Rating)
	} else {
		_, req, err := d.holdOpen(tx, actor, l.Marketplace, l.ID, "open")
		if err != nil {
			return "", err
		}
		id, hides = req.ReviewID, v.market.HidesRequester(req.Rating)
	}
	lifted, err := v.lifted([]string{l.ID})
	if err == nil && (!hides || lifted[l.ID]) {
		err = models.E(models.Conflict, "not_hidden", "The names aren’t hidden from you here.")
	}
	return id, err
}

func (l Lift) check() error {
	fields := map[string]string{}
	if !slices.Contains(Purposes, l.Purpose) {
		fields["purpose"] = "Choose what you need the names for."
	}
	if n := utf8.RuneCountInString(l.Text); n < MinPurpose || n > maxPurpose {
		fields["words"] = "Say in your own words what you need the names for, in 10 to 1,000 characters."
	}
	if len(fields) == 0 {
		return nil
	}
	e := models.E(models.Invalid, "invalid_request", "The form isn’t complete yet.")
	e.Fields = fields
	return e
}

// unmaskings holds each row against its entry, and its words against what the entry commits to. Whether an erasure
// explains a blank one is for the package of erasures.
var unmaskings = ledger.Explained{
	Table: "unmaskings", Acts: []string{actLift},
	Columns: "t.marketplace_id, t.id, t.staff_id, t.subject_type, t.subject_id, t.purpose, t.text, t.text_salt, t.text_digest, t.created_at, t.erased_at",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		u := &models.Unmasking{}
		columns := []any{
			&u.MarketplaceID, &u.ID, &u.StaffID, &u.SubjectType, &u.SubjectID, &u.Purpose, &u.Text, &u.TextSalt, &u.TextDigest, &u.CreatedAt, &u.ErasedAt,
		}
		return columns, func(p *ledger.Print) string {
				if u.ErasedAt == nil {
					if digest, err := ledger.Commit(u.TextSalt, u.Text); err != nil || !bytes.Equal(digest, u.TextDigest) {
						return "row " + u.ID + " was changed: its words aren't what was committed to"
					}
				}
				printAct(p, u.MarketplaceID, u.StaffID, u.SubjectID, u.CreatedAt)
				p.Text(u.SubjectType)
				p.Text(u.Purpose)
				p.Hex(u.TextDigest)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				saysAct(p, e)
				p.Text(e.SubjectType)
				p.Said(e, "purpose", "text_digest")
			}
	},
}

// ofTheReview names an unmasking that says another review than that of its ticket or request.
var ofTheReview = ledger.NoRow("unmaskings", "is about another review than its ticket or its request", `
	SELECT u.id FROM unmaskings u WHERE NOT EXISTS (SELECT 1 FROM tickets t WHERE u.subject_type = 'ticket' AND t.marketplace_id = u.marketplace_id AND t.id = u.subject_id AND t.review_id = u.review_id)
	   AND NOT EXISTS (SELECT 1 FROM removal_requests q WHERE u.subject_type = 'proposal' AND q.marketplace_id = u.marketplace_id AND q.proposal_id = u.subject_id AND q.review_id = u.review_id)`)
