package moderation

import (
	"context"
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

// ratingThen joins the stars of the review version that a row t is about.
const ratingThen = `JOIN reviews r ON r.marketplace_id = t.marketplace_id AND r.id = t.review_id
	LEFT JOIN review_versions v ON v.marketplace_id = t.marketplace_id AND v.review_id = t.review_id AND v.version = t.review_version`

type decisionEntry struct {
	models.Decision
	RatingThen int
	EntryBody  string
}

// checkDecisions holds each decision against its entry and its review: the statistics rest on them.
func checkDecisions(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB {
		return withEntries("decisions")(db).Select("t.*, x.body AS entry_body, COALESCE(v.rating, r.rating) AS rating_then").Joins(ratingThen)
	}
	return ledger.Compare(db, query, func(d decisionEntry) string { return d.ID }, "t.id", func(d decisionEntry) (string, error) {
		b, err := ledger.ParseBody(d.EntryBody)
		if err != nil {
			return "", err
		}
		ticket := b.Data["ticket"]
		if b.Subject.Type == "ticket" {
			ticket = b.Subject.ID
		}
		same := b.Marketplace == d.MarketplaceID && b.Actor.ID == d.ModeratorID && ticket == d.TicketID && at(b, d.DecidedAt) &&
			b.Data["decision"] == d.Action && b.Data["seller"] == d.SellerID && b.Data["queue"] == d.Queue &&
			b.Data["review"] == d.ReviewID && b.Data["review_version"] == float64(d.ReviewVersion) && d.Rating == d.RatingThen
		if !same {
			return rowFinding(d.ID), nil
		}
		return "", nil
	})
}

type requestAsked struct {
	models.RemovalRequest
	Payload      string
	ErasedAt     *time.Time
	EntryBody    string
	ReviewSeller string
	RatingThen   int
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
	return r, nil
}

// checkRequests holds what lists say of a request against what was asked.
func checkRequests(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB {
		return db.Table("removal_requests t").
			Select("t.*, p.payload, p.erased_at, x.body AS entry_body, r.seller_id AS review_seller, COALESCE(v.rating, r.rating) AS rating_then").
			Joins("JOIN proposals p ON p.marketplace_id = t.marketplace_id AND p.id = t.proposal_id").
			Joins("JOIN ledger_entries x ON x.id = t.proposal_id").Joins(ratingThen)
	}
	return ledger.Compare(db, query, func(q requestAsked) string { return q.ProposalID }, "t.proposal_id", func(q requestAsked) (string, error) {
		asked, err := q.asked()
		if err != nil {
			return "", err
		}
		if asked.Reason != q.ReasonCode || asked.ReasonVersion != q.ReasonVersion || asked.Ticket != q.TicketID ||
			q.SellerID != q.ReviewSeller || q.Rating != q.RatingThen {
			return "row " + q.ProposalID + " says something else than was asked", nil
		}
		return "", nil
	})
}

type restorationEntry struct {
	models.Restoration
	EntryBody string
}

func checkRestorations(_ context.Context, db *gorm.DB) (string, error) {
	return ledger.Compare(db, withEntries("restorations"), func(r restorationEntry) string { return r.ID }, "t.id", func(r restorationEntry) (string, error) {
		b, err := ledger.ParseBody(r.EntryBody)
		if err != nil {
			return "", err
		}
		if b.Marketplace != r.MarketplaceID || b.Actor.ID != r.StaffID || b.Subject.ID != r.ReviewID || b.Data["proposal"] != r.ProposalID || !at(b, r.CreatedAt) {
			return rowFinding(r.ID), nil
		}
		return "", nil
	})
}

type skipEntry struct {
	models.Skip
	EntryBody string
}

func checkSkips(_ context.Context, db *gorm.DB) (string, error) {
	return ledger.Compare(db, withEntries("skips"), func(s skipEntry) string { return s.ID }, "t.id", func(s skipEntry) (string, error) {
		b, err := ledger.ParseBody(s.EntryBody)
		if err != nil {
			return "", err
		}
		if b.Marketplace != s.MarketplaceID || b.Actor.ID != s.StaffID || b.Subject.ID != s.TicketID || b.Data["reason"] != s.Reason || !at(b, s.SkippedAt) {
			return rowFinding(s.ID), nil
		}
		return "", nil
	})
}
