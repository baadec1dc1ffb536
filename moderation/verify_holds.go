package moderation

import (
	"bytes"
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// holdsPlaced holds each hold against the entry of its placing, and its words against what the entry commits to. Whether
// an erasure explains blank words is for the package of erasures.
var holdsPlaced = ledger.Explained{
	Table: "holds", Acts: []string{"hold.place"},
	Columns: `t.marketplace_id, t.id, t.review_id, t.review_version, t.ticket_id, t.seller_id, t.rating, t.queue, t.assigned, t.holder_id, t.reason_code,
		t.reason_version, t.words, t.salt, t.words_digest, t.day, t.nth, t.placed_at, t.until, t.erased_at`,
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		h := &models.Hold{}
		columns := []any{
			&h.MarketplaceID, &h.ID, &h.ReviewID, &h.ReviewVersion, &h.TicketID, &h.SellerID, &h.Rating, &h.Queue, &h.Assigned, &h.HolderID, &h.ReasonCode,
			&h.ReasonVersion, &h.Words, &h.Salt, &h.WordsDigest, &h.Day, &h.Nth, &h.PlacedAt, &h.Until, &h.ErasedAt,
		}
		return columns, func(p *ledger.Print) string {
				if finding := wrongHold(h); finding != "" {
					return finding
				}
				printAct(p, h.MarketplaceID, h.HolderID, h.ReviewID, h.PlacedAt)
				for _, text := range []string{h.ID, h.TicketID, h.SellerID, h.Queue, h.Assigned, h.ReasonCode, h.Day} {
					p.Text(text)
				}
				for _, n := range []int{h.ReviewVersion, h.Rating, h.ReasonVersion, h.Nth, int(h.Until.UTC().UnixMicro())} {
					p.Int(n)
				}
				p.Hex(h.WordsDigest)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				saysAct(p, e)
				p.Said(e, "hold", "ticket", "seller", "queue", "assigned", "reason", "day")
				p.Said(e, "review_version", "rating", "reason_version", "nth", "until", "words_digest")
			}
	},
}

// wrongHold says what is wrong with a hold in itself.
func wrongHold(h *models.Hold) string {
	if h.Until.Sub(h.PlacedAt) > models.MostHoldTime || !h.Until.After(h.PlacedAt) {
		return "hold " + h.ID + " is for longer than four hours"
	}
	if h.Day != h.PlacedAt.UTC().Format(time.DateOnly) {
		return "hold " + h.ID + " is counted on another day than its own"
	}
	if h.ErasedAt != nil {
		if h.Words != "" || len(h.Salt) > 0 {
			return "hold " + h.ID + " was erased, and yet says something"
		}
		return ""
	}
	if digest, err := ledger.Commit(h.Salt, h.Words); err != nil || !bytes.Equal(digest, h.WordsDigest) {
		return "hold " + h.ID + " was changed: its words aren't what was committed to"
	}
	return ""
}

// holdsEnded holds how a hold ended against the entry that says so, where no request's end did.
var holdsEnded = ledger.Stated{
	Name: "holds", Rows: "SELECT id, how FROM holds WHERE ended_at IS NOT NULL AND end_proposal_id IS NULL",
	Acts: []string{"hold.lift", "hold.lapse"},
	Entry: func(e *ledger.Said) (id, state string) {
		if e.Act == "hold.lapse" {
			return e.Text("hold"), models.HoldLapsed
		}
		return e.Text("hold"), models.HoldLifted
	},
	Differs: func(id, row, said string) string {
		return "hold " + id + " ended as “" + row + "”, but the record has it end as “" + said + "”"
	},
}

// sweepGrace is how long the record may go on after a hold's time before the sweep has been there.
const sweepGrace = 10 * time.Minute

func holdChecks() []ledger.Check {
	return []ledger.Check{
		holdsPlaced.Check(), holdsEnded.Check(),
		ledger.NoRow("holds", "ended at another time than the record has", `
			SELECT h.id FROM holds h JOIN ledger_entries e ON e.subject_id = CAST(h.review_id AS text) AND e.act IN ('hold.lift', 'hold.lapse') AND e.outcome = 'done'
			 WHERE h.ended_at IS NOT NULL AND h.end_proposal_id IS NULL AND e.body LIKE '%"hold":"' || CAST(h.id AS text) || '"%' AND e.at <> h.ended_at`),
		ledger.NoRow("holds", "ended by a request that didn't come to such an end then", `
			SELECT h.id FROM holds h WHERE h.end_proposal_id IS NOT NULL AND NOT EXISTS (
				SELECT 1 FROM proposals p JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
				 WHERE p.marketplace_id = h.marketplace_id AND p.id = h.end_proposal_id AND q.review_id = h.review_id AND p.decided_at = h.ended_at
				   AND (h.how <> 'lapsed' OR h.ended_at >= h.until) AND (h.how <> 'confirmed' OR p.state = 'effective' AND q.remedy IN ('remove', 'redact'))
				   AND (h.how <> 'lifted' OR p.state IN ('declined', 'withdrawn', 'expired') OR p.state = 'effective' AND q.remedy IN ('label', 'move')))`),
		ledger.NoRow("holds", "lapsed before its time", "SELECT h.id FROM holds h WHERE h.how = 'lapsed' AND h.ended_at < h.until"),
		ledger.NoRow("reviews", "is hidden by a hold that isn't there, isn't its own or is over", `
			SELECT r.id FROM reviews r WHERE (r.hold_id IS NOT NULL OR r.held_until IS NOT NULL) AND NOT EXISTS (
				SELECT 1 FROM holds h WHERE h.marketplace_id = r.marketplace_id AND h.id = r.hold_id AND h.review_id = r.id AND h.ended_at IS NULL AND h.until = r.held_until)`).OnlyIf("reviews", "t.hold_id IS NOT NULL OR t.held_until IS NOT NULL"),
		ledger.NoRow("holds", "is open, and its review isn't hidden by it", `
			SELECT h.id FROM holds h JOIN reviews r ON r.marketplace_id = h.marketplace_id AND r.id = h.review_id
			 WHERE h.ended_at IS NULL AND (r.hold_id IS NULL OR r.hold_id <> h.id)`),
		{Name: "holds", Run: overdue},
	}
}

// overdue names a hold that is still there although the record goes on after its time. What nobody served meanwhile is no
// finding: readers take such a hold for over, and the first sweep ends it.
func overdue(_ context.Context, db *gorm.DB) (string, error) {
	var last []models.LedgerEntry
	if err := db.Select("at").Order("id DESC").Limit(1).Find(&last).Error; err != nil || len(last) == 0 {
		return "", err
	}
	return ledger.FirstOf(db, "hold", "is past its time, and no lapse is on record", "SELECT id FROM holds WHERE ended_at IS NULL AND until < ?", last[0].At.Add(-sweepGrace))
}
