package moderation

import (
	"context"
	"database/sql"
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

// ratingThen joins the stars of the review version that a row t is about; NULL where there is no such review.
const ratingThen = `LEFT JOIN reviews r ON r.marketplace_id = t.marketplace_id AND r.id = t.review_id
	LEFT JOIN review_versions v ON v.marketplace_id = t.marketplace_id AND v.review_id = t.review_id AND v.version = t.review_version`

// differs is what an Explained says of a row.
func differs(id string, same bool) (string, error) {
	if same {
		return "", nil
	}
	return rowFinding(id), nil
}

// decisions holds each decision against its entry and its review: the statistics rest on them.
var decisions = ledger.Explained{
	Table: "decisions", Acts: append([]string{"ticket.keep"}, requestActs...), Joins: ratingThen,
	Columns: `t.marketplace_id, t.id, t.ticket_id, t.review_id, t.review_version, t.seller_id, t.moderator_id, t.queue, t.rating, t.action,
		t.decided_at, COALESCE(v.rating, r.rating)`,
	Agree: func() ([]any, func(ledger.Body) (string, error)) {
		d, then := &models.Decision{}, &sql.NullInt64{}
		columns := []any{
			&d.MarketplaceID, &d.ID, &d.TicketID, &d.ReviewID, &d.ReviewVersion, &d.SellerID, &d.ModeratorID, &d.Queue, &d.Rating, &d.Action,
			&d.DecidedAt, then,
		}
		return columns, func(b ledger.Body) (string, error) {
			ticket := b.Data["ticket"]
			if b.Subject.Type == "ticket" {
				ticket = b.Subject.ID
			}
			return differs(d.ID, b.Marketplace == d.MarketplaceID && b.Actor.ID == d.ModeratorID && ticket == d.TicketID && at(b, d.DecidedAt) &&
				b.Data["decision"] == d.Action && b.Data["seller"] == d.SellerID && b.Data["queue"] == d.Queue &&
				b.Data["review"] == d.ReviewID && b.Data["review_version"] == float64(d.ReviewVersion) && (!then.Valid || int64(d.Rating) == then.Int64))
		}
	},
}

type requestAsked struct {
	models.RemovalRequest
	Payload    string
	ErasedAt   *time.Time
	EntryBody  string
	ItsSeller  bool // the review's, where it came in or where a move put it
	RatingThen int
	Files      int // that are the request's
	Kind       string
}

// asked is what the row's request was about: the payload says it, which the digest covers, or, once that was erased,
// the request's entry.
func (q requestAsked) asked() (Removal, error) {
	if q.ErasedAt == nil {
		return ParseRemoval(models.Proposal{ID: q.ProposalID, Payload: q.Payload})
	}
	var r Removal
	b, err := ledger.ParseBody(q.EntryBody)
	if err != nil {
		return r, err
	}
	r.Reason, _ = b.Data["reason"].(string)
	r.Ticket, _ = b.Data["ticket"].(string)
	version, _ := b.Data["reason_version"].(float64)
	r.ReasonVersion = int(version)
	for _, x := range remedies {
		if b.Act == x.Noun+".request" {
			r.Remedy = x.Name
		}
	}
	r.Label, r.ToProduct, r.ToSeller = str(b.Data["label"]), str(b.Data["to_product"]), str(b.Data["to_seller"])
	return r, nil
}

// checkRequests holds what lists say of a request against what was asked.
func checkRequests(_ context.Context, db *gorm.DB) (string, error) {
	var q requestAsked
	columns := []any{
		&q.SellerID, &q.TicketID, &q.ReasonCode, &q.ReasonVersion, &q.Rating, &q.Payload, &q.ErasedAt, &q.EntryBody, &q.ItsSeller, &q.RatingThen,
		&q.Remedy, &q.Label, &q.ToProductID, &q.ToSellerID, &q.Files, &q.Kind,
	}
	return ledger.Each(db, &q.ProposalID, columns, func() (string, error) {
		asked, err := q.asked()
		if err != nil {
			return "", err
		}
		if asked.Reason != q.ReasonCode || asked.ReasonVersion != q.ReasonVersion || asked.Ticket != q.TicketID || !q.ItsSeller || q.Rating != q.RatingThen ||
			asked.Remedy != q.Remedy || remedyOf(q.Kind).Name != q.Remedy || asked.Label != q.Label ||
			asked.ToProduct != deref(q.ToProductID) || asked.ToSeller != deref(q.ToSellerID) {
			return "row " + q.ProposalID + " says something else than was asked", nil
		}
		if q.ErasedAt == nil && q.Files != filesOf(asked) {
			return "row " + q.ProposalID + " rests on other files than there are", nil
		}
		return "", nil
	}, `SELECT t.proposal_id, t.seller_id, t.ticket_id, t.reason_code, t.reason_version, t.rating, p.payload, p.erased_at,
			CASE WHEN p.erased_at IS NULL THEN '' ELSE x.body END,
			t.seller_id IN (r.seller_id, COALESCE(r.home_seller_id, r.seller_id)) OR EXISTS (SELECT 1 FROM removal_requests m JOIN proposals mp
				ON mp.marketplace_id = m.marketplace_id AND mp.id = m.proposal_id AND mp.state = 'effective'
				WHERE m.marketplace_id = t.marketplace_id AND m.review_id = t.review_id AND m.to_seller_id = t.seller_id),
			COALESCE(v.rating, r.rating), t.remedy, t.label, t.to_product_id, t.to_seller_id,
			(SELECT count(*) FROM attachments f WHERE f.marketplace_id = t.marketplace_id AND f.proposal_id = t.proposal_id), p.kind
		  FROM removal_requests t JOIN proposals p ON p.marketplace_id = t.marketplace_id AND p.id = t.proposal_id
		  JOIN ledger_entries x ON x.id = t.proposal_id `+ratingThen+` WHERE r.id IS NOT NULL`)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func filesOf(asked Removal) int {
	n := 0
	for _, e := range asked.Evidence {
		if e.Kind == EvidenceFile {
			n++
		}
	}
	return n
}

var restorations = ledger.Explained{
	Table: "restorations", Acts: []string{"review.restore"},
	Columns: "t.marketplace_id, t.id, t.review_id, t.proposal_id, t.staff_id, t.created_at",
	Agree: func() ([]any, func(ledger.Body) (string, error)) {
		r := &models.Restoration{}
		return []any{&r.MarketplaceID, &r.ID, &r.ReviewID, &r.ProposalID, &r.StaffID, &r.CreatedAt}, func(b ledger.Body) (string, error) {
			return differs(r.ID, b.Marketplace == r.MarketplaceID && b.Actor.ID == r.StaffID && b.Subject.ID == r.ReviewID &&
				b.Data["proposal"] == r.ProposalID && at(b, r.CreatedAt))
		}
	},
}

var skips = ledger.Explained{
	Table: "skips", Acts: []string{"ticket.skip"},
	Columns: "t.marketplace_id, t.id, t.ticket_id, t.staff_id, t.reason, t.skipped_at",
	Agree: func() ([]any, func(ledger.Body) (string, error)) {
		s := &models.Skip{}
		return []any{&s.MarketplaceID, &s.ID, &s.TicketID, &s.StaffID, &s.Reason, &s.SkippedAt}, func(b ledger.Body) (string, error) {
			return differs(s.ID, b.Marketplace == s.MarketplaceID && b.Actor.ID == s.StaffID && b.Subject.ID == s.TicketID &&
				b.Data["reason"] == s.Reason && at(b, s.SkippedAt))
		}
	},
}
