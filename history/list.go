package history

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// List is one page of what a filter finds, newest first.
type List struct {
	Rows   []Row
	Around models.Around
	Counts Counts
	Days   []DayCount
}

// Search finds requests for removals, with their counts, for those who may search.
func (h *Reader) Search(ctx context.Context, actor models.Actor, f Filter, c *models.Cursor) (List, error) {
	if err := h.mayRead(ctx, actor, f.Marketplace, "removal", "search", "marketplace", f.Marketplace); err != nil {
		return List{}, err
	}
	return h.list(ctx, f, c)
}

func (h *Reader) list(ctx context.Context, f Filter, c *models.Cursor) (List, error) {
	var out List
	return out, atOnce(ctx, h.db,
		func(db *gorm.DB) (err error) { out.Rows, out.Around, err = h.page(db, f, c); return err },
		func(db *gorm.DB) (err error) { out.Counts, err = count(db, f); return err },
		func(db *gorm.DB) (err error) { out.Days, err = days(db, f); return err },
	)
}

// page reads one page. A place in the list that isn't there is an error, not an empty page.
func (h *Reader) page(db *gorm.DB, f Filter, c *models.Cursor) ([]Row, models.Around, error) {
	if err := placed(db, f.Marketplace, c); err != nil {
		return nil, models.Around{}, err
	}
	var found []fact
	if err := models.Page(f.facts(db), c, "f.asked_at", "f.proposal_id").Find(&found).Error; err != nil {
		return nil, models.Around{}, models.Translate(err)
	}
	if c != nil && len(found) == 0 {
		return nil, models.Around{}, models.InvalidField("page", "This page is beyond the end of the list; begin at the first page.")
	}
	found, around := models.Trim(found, c, func(x fact) (time.Time, string) { return x.AskedAt, x.ProposalID })
	rows, err := h.fill(db, f, found)
	return rows, around, err
}

// placed refuses a cursor that points at no request of the marketplace: somebody made it up.
func placed(db *gorm.DB, marketplace string, c *models.Cursor) error {
	if c == nil {
		return nil
	}
	var n int64
	err := db.Table("removal_facts").Where("marketplace_id = ? AND proposal_id = ? AND asked_at = ?", marketplace, c.ID, c.At).Count(&n).Error
	if err == nil && n == 0 {
		return models.InvalidField("page", "This link to a page of the list is broken: there is no such place in it. Begin at the first page.")
	}
	return models.Translate(err)
}

// fact is a row of removal_facts.
type fact struct {
	ProposalID, ReviewID, SellerID, RequesterID string
	AskedAt                                     time.Time
	DecidedAt, RestoredAt                       *time.Time
	Rating                                      int
	Verified                                    *bool
	State, ReasonCode, Queue, Assigned          string
}

// facts are the columns of a row that the filter finds, in no order.
func (f Filter) facts(db *gorm.DB) *gorm.DB {
	return f.matching(db, "").Select(`f.proposal_id, f.review_id, f.seller_id, f.requester_id, f.asked_at, f.decided_at, f.restored_at,
		f.rating, f.verified, f.state, f.reason_code, f.queue, f.assigned`)
}

// then is the fact as it stood at the filter's date.
func (x fact) then(f Filter) Row {
	r := Row{
		ProposalID: x.ProposalID, ReviewID: x.ReviewID, SellerID: x.SellerID, RequesterID: x.RequesterID, AskedAt: x.AskedAt, DecidedAt: x.DecidedAt,
		RestoredAt: x.RestoredAt, Rating: x.Rating, Verified: x.Verified, State: x.State, ReasonCode: x.ReasonCode, Queue: x.Queue, Assigned: x.Assigned,
	}
	later := func(t *time.Time) bool { return t != nil && !f.AsOf.IsZero() && !t.Before(f.AsOf) }
	if later(r.DecidedAt) {
		r.DecidedAt, r.State = nil, models.ProposalOpen
	}
	if later(r.RestoredAt) {
		r.RestoredAt = nil
	}
	if r.State == models.ProposalEffective && r.RestoredAt != nil {
		r.State = StateRestored
	}
	return r
}

// words are what a row says beside its facts.
type words struct {
	ProposalID, SellerName, RequesterName, Title, Body, Payload, Remedy string
	ReviewVersion, Quorum                                               int
	Digest                                                              []byte
	ErasedAt                                                            *time.Time
}

// fill adds words and verdicts, each in one query for the whole page.
func (h *Reader) fill(db *gorm.DB, f Filter, found []fact) ([]Row, error) {
	if len(found) == 0 {
		return nil, nil
	}
	at, ids, out := map[string]*Row{}, make([]string, len(found)), make([]Row, len(found))
	for i, x := range found {
		out[i] = x.then(f)
		ids[i], at[x.ProposalID] = x.ProposalID, &out[i]
	}
	var said []words
	err := db.Table("removal_requests q").
		Select(`q.proposal_id, q.review_version, q.remedy, s.name AS seller_name, a.name AS requester_name, p.quorum, p.payload, p.digest, p.erased_at,
			COALESCE(v.title, r.title) AS title, COALESCE(v.body, r.body) AS body`).
		Joins("JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id").
		Joins("JOIN reviews r ON r.marketplace_id = q.marketplace_id AND r.id = q.review_id").
		Joins("LEFT JOIN review_versions v ON v.marketplace_id = q.marketplace_id AND v.review_id = q.review_id AND v.version = q.review_version").
		Joins("JOIN sellers s ON s.marketplace_id = q.marketplace_id AND s.id = q.seller_id").
		Joins("JOIN staff a ON a.id = q.requester_id").
		Where("q.marketplace_id = ? AND q.proposal_id IN ?", f.Marketplace, ids).Find(&said).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	for _, w := range said {
		r := at[w.ProposalID]
		r.SellerName, r.RequesterName, r.Title, r.Body, r.Payload, r.Remedy = w.SellerName, w.RequesterName, w.Title, w.Body, w.Payload, w.Remedy
		r.ReviewVersion, r.Quorum, r.Digest, r.ErasedAt = w.ReviewVersion, w.Quorum, w.Digest, w.ErasedAt
	}
	given := db
	if !f.AsOf.IsZero() {
		given = db.Where("approvals.created_at < ?", f.AsOf)
	}
	verdicts, err := h.engine.Verdicts(given, f.Marketplace, ids)
	for i := range out {
		out[i].Verdicts = verdicts[ids[i]]
	}
	return out, err
}
