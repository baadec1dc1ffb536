package moderation

import (
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// rowFinding is what verify says of a row that was changed after its entry.
func rowFinding(id string) string { return "row " + id + " says something else than its entry" }

// at says whether an entry was written at the time that its row has.
func at(b ledger.Body, row time.Time) bool {
	t, err := time.Parse(time.RFC3339Nano, b.At)
	return err == nil && t.Equal(row)
}

// withEntries reads the rows of a table with their entries' bodies.
func withEntries(table string) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Table(table + " t").Select("t.*, x.body AS entry_body").Joins("JOIN ledger_entries x ON x.id = t.id")
	}
}

// printAct prints what nearly every row has of the act that made it: where, by whom, on what and when.
func printAct(p *ledger.Print, marketplace, actor, subject string, at time.Time) {
	p.Text(marketplace)
	p.Text(actor)
	p.Text(subject)
	p.Time(at)
}

// saysAct is what an entry says of the same.
func saysAct(p *ledger.Print, e *ledger.Said) {
	printAct(p, e.MarketplaceID, e.ActorID, e.SubjectID, e.At)
}

// decisions holds each decision against its entry: the statistics rest on them. A decision to ask for a removal is the
// request.
var decisions = ledger.Explained{
	Table: "decisions", Acts: decisionActs,
	Columns: `t.marketplace_id, t.id, t.ticket_id, t.review_id, t.review_version, t.seller_id, t.moderator_id, t.queue, t.rating, t.action,
		t.assigned, t.proposal_id, t.decided_at`,
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		d, proposal := &models.Decision{}, new(string)
		columns := []any{
			&d.MarketplaceID, &d.ID, &d.TicketID, &d.ReviewID, &d.ReviewVersion, &d.SellerID, &d.ModeratorID, &d.Queue, &d.Rating, &d.Action,
			&d.Assigned, proposal, &d.DecidedAt,
		}
		return columns, func(p *ledger.Print) string {
				subject := d.TicketID
				if *proposal != "" {
					subject = *proposal
				}
				printAct(p, d.MarketplaceID, d.ModeratorID, subject, d.DecidedAt)
				p.Text(d.TicketID)
				p.Text(d.ReviewID)
				p.Int(d.ReviewVersion)
				p.Int(d.Rating)
				p.Text(d.SellerID)
				p.Text(d.Queue)
				p.Text(d.Action)
				p.Text(d.Assigned)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				saysAct(p, e)
				if e.SubjectType == "ticket" {
					p.Text(e.SubjectID)
				} else {
					p.Said(e, "ticket")
				}
				p.Said(e, "review", "review_version", "rating", "seller", "queue", "decision", "assigned")
			}
	},
}

// requests holds what lists say of a request against its entry; what it asks for itself is under its digest.
var requests = ledger.Explained{
	Table: "removal_requests", ID: "proposal_id", Acts: requestActs,
	Columns: `t.marketplace_id, t.requester_id, t.review_id, t.review_version, t.seller_id, t.ticket_id, t.reason_code, t.reason_version, t.rating, t.drawn,
		t.remedy, t.label, t.to_product_id, t.to_seller_id, t.evidence`,
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		q, product, seller := &models.RemovalRequest{}, new(string), new(string)
		columns := []any{
			&q.MarketplaceID, &q.RequesterID, &q.ReviewID, &q.ReviewVersion, &q.SellerID, &q.TicketID, &q.ReasonCode, &q.ReasonVersion, &q.Rating,
			&q.Drawn, &q.Remedy, &q.Label, product, seller, &q.Evidence,
		}
		return columns, func(p *ledger.Print) string {
				p.Text(q.MarketplaceID)
				p.Text(q.RequesterID)
				p.Text(q.ReviewID)
				p.Int(q.ReviewVersion)
				p.Text(q.SellerID)
				p.Text(q.TicketID)
				p.Text(q.ReasonCode)
				p.Int(q.ReasonVersion)
				p.Int(q.Rating)
				p.Bool(q.Drawn)
				for _, text := range []string{q.Remedy, q.Label, *product, *seller} {
					p.Text(text)
				}
				if q.Evidence > 0 {
					p.Int(q.Evidence)
				}
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				p.Text(e.MarketplaceID)
				p.Text(e.ActorID)
				p.Said(e, "review", "review_version", "seller", "ticket", "reason", "reason_version", "rating", "drawn")
				for _, text := range []string{askedBy(e.Act), e.Text("label"), e.Text("to_product"), e.Text("to_seller")} {
					p.Text(text)
				}
				if n := e.Raw("evidence"); n != "" && n != "0" { // of before pieces were counted
					p.Said(e, "evidence")
				}
			}
	},
}

// askedBy is the remedy that an act asks for.
func askedBy(act string) string {
	for _, x := range remedies {
		if act == x.Noun+".request" {
			return x.Name
		}
	}
	return ""
}

// deref is what a pointer points to, the zero value where that is nothing.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

var restorations = ledger.Explained{
	Table: "restorations", Acts: []string{"review.restore"},
	Columns: "t.marketplace_id, t.review_id, t.proposal_id, t.staff_id, t.created_at, t.appeal_id",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		r, appeal := &models.Restoration{}, new(string)
		return []any{&r.MarketplaceID, &r.ReviewID, &r.ProposalID, &r.StaffID, &r.CreatedAt, appeal}, func(p *ledger.Print) string {
				printAct(p, r.MarketplaceID, r.StaffID, r.ReviewID, r.CreatedAt)
				p.Text(r.ProposalID)
				p.Text(*appeal)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				saysAct(p, e)
				p.Said(e, "proposal")
				p.Text(e.Text("appeal"))
			}
	},
}

var skips = ledger.Explained{
	Table: "skips", Acts: []string{"ticket.skip", "ticket.escalate"},
	Columns: "t.marketplace_id, t.ticket_id, t.staff_id, t.reason, t.skill, t.skipped_at",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		s := &models.Skip{}
		return []any{&s.MarketplaceID, &s.TicketID, &s.StaffID, &s.Reason, &s.Skill, &s.SkippedAt}, func(p *ledger.Print) string {
				printAct(p, s.MarketplaceID, s.StaffID, s.TicketID, s.SkippedAt)
				p.Text(s.Reason)
				p.Text(s.Skill)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				saysAct(p, e)
				p.Said(e, "reason")
				p.Text(e.Text("skill"))
			}
	},
}

var shifts = ledger.Explained{
	Table: "shifts", Acts: []string{"shift.say"},
	Columns: "t.marketplace_id, t.staff_id, t.state, t.said_at",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		s := &models.Shift{}
		return []any{&s.MarketplaceID, &s.StaffID, &s.State, &s.SaidAt}, func(p *ledger.Print) string {
				printAct(p, s.MarketplaceID, s.StaffID, s.StaffID, s.SaidAt)
				p.Text(s.State)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				saysAct(p, e)
				p.Said(e, "state")
			}
	},
}
