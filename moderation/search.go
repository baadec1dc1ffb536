package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Filter narrows the requests for removals and lesser remedies. Zero values don't narrow. From is inclusive, To exclusive.
type Filter struct {
	Seller string // external id, exact name, or our id
	Moderator,
	Approver string // staff ids
	Reason string
	Remedy string // one of RemedyNames
	State  string // a proposal's state, or StateRestored
	From   time.Time
	To     time.Time
}

// StateRestored as a filter's state finds removals that were undone.
const StateRestored = "restored"

func (f Filter) apply(q *gorm.DB) *gorm.DB {
	if f.Seller != "" {
		q = q.Where("(s.external_id = ? OR s.name = ? OR CAST(s.id AS text) = ?)", f.Seller, f.Seller, f.Seller)
	}
	if f.Moderator != "" {
		q = q.Where("q.requester_id = ?", f.Moderator)
	}
	if f.Approver != "" {
		q = q.Where("EXISTS (SELECT 1 FROM approvals x WHERE x.marketplace_id = q.marketplace_id AND x.proposal_id = q.proposal_id AND x.approver_id = ?)", f.Approver)
	}
	if f.Reason != "" {
		q = q.Where("q.reason_code = ?", f.Reason)
	}
	if f.Remedy != "" {
		q = q.Where("q.remedy = ?", f.Remedy)
	}
	switch f.State {
	case "":
	case StateRestored:
		q = q.Where("EXISTS (SELECT 1 FROM restorations x WHERE x.marketplace_id = q.marketplace_id AND x.proposal_id = q.proposal_id)")
	default:
		q = q.Where("p.state = ?", f.State)
	}
	if !f.From.IsZero() {
		q = q.Where("q.created_at >= ?", f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("q.created_at < ?", f.To)
	}
	return q
}

// Found is one page of a search.
type Found struct {
	Rows   []Row
	Around models.Around
	Total  int // of all pages, counted up to countUpTo
	More   bool
	Days   []DayCount
}

// DayCount is how many removals were asked for on a day, and how many of them took effect. Lesser remedies are none.
type DayCount struct {
	Day     string // YYYY-MM-DD
	Asked   int
	Removed int
}

// countUpTo bounds what a count may cost; beyond it a list says "more than".
const countUpTo = 10000

// Search finds requests for removals, for auditors.
func (d *Desk) Search(ctx context.Context, actor models.Actor, marketplace string, f Filter, c *models.Cursor) (Found, error) {
	var out Found
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "removal"}, "search", "marketplace", marketplace); err != nil {
		return out, err
	}
	db := d.db.WithContext(ctx)
	var err error
	if out.Rows, out.Around, err = d.page(f.apply(rows(db, marketplace)), marketplace, c); err != nil {
		return out, err
	}
	var total int64
	counted := f.apply(rows(db, marketplace)).Select("1").Limit(countUpTo + 1)
	if err := db.Table("(?) AS counted", counted).Count(&total).Error; err != nil {
		return out, models.Translate(err)
	}
	out.Total, out.More = min(int(total), countUpTo), total > countUpTo
	day := models.DayOf(db, "q.created_at")
	err = f.apply(rows(db, marketplace)).
		Select(day+" AS day, count(*) AS asked, sum(CASE WHEN p.state = 'effective' THEN 1 ELSE 0 END) AS removed").
		Where("q.remedy = ?", models.ActionRemove).Group(day).Order("day").Find(&out.Days).Error
	return out, models.Translate(err)
}

// Export streams every request that the filter finds, newest first, to yield. It is on record before the first row
// leaves. Rows are read page by page, so memory doesn't grow with the export.
func (d *Desk) Export(ctx context.Context, actor models.Actor, marketplace string, f Filter, yield func([]Row) error) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: "removal.export", SubjectType: "marketplace", SubjectID: marketplace}
	entry.Set("moderator", f.Moderator)
	entry.Set("approver", f.Approver)
	entry.Set("state", f.State)
	entry.Set("by_seller", f.Seller != "")
	err := d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		return d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "removal"}, "export")
	})
	if err != nil {
		return err
	}
	var c *models.Cursor
	for {
		list, around, err := d.page(f.apply(rows(d.db.WithContext(ctx), marketplace)), marketplace, c)
		if err != nil {
			return err
		}
		if err := yield(list); err != nil {
			return err
		}
		if around.Next == nil {
			return nil
		}
		c = around.Next
	}
}

// Choice is a person in a facet.
type Choice struct{ ID, Name string }

// Requesters lists who has asked for removals in a marketplace; Deciders who has decided on one.
func (d *Desk) Requesters(ctx context.Context, marketplace string) ([]Choice, error) {
	return d.people(ctx, "SELECT requester_id FROM removal_requests WHERE marketplace_id = ?", marketplace)
}

// Deciders lists who has decided on a request in a marketplace.
func (d *Desk) Deciders(ctx context.Context, marketplace string) ([]Choice, error) {
	return d.people(ctx, "SELECT approver_id FROM approvals WHERE marketplace_id = ?", marketplace)
}

func (d *Desk) people(ctx context.Context, among, marketplace string) ([]Choice, error) {
	var out []Choice
	err := d.db.WithContext(ctx).Raw("SELECT id, name FROM staff WHERE id IN ("+among+") ORDER BY name, id LIMIT 1000", marketplace).Scan(&out).Error
	return out, models.Translate(err)
}
