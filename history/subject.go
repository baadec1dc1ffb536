package history

import (
	"context"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Kinds of subjects that have a page of their own.
const (
	OfSeller    = "seller"
	OfModerator = "moderator"
	OfApprover  = "approver"
	OfPair      = "pair"
)

// Subject is whose history is read: a seller by ID; a moderator or an approver by ID; a pair by the requester's ID and
// the approver's Other.
type Subject struct {
	Kind, ID, Other string
}

// History is one subject's: figures, and the requests behind them.
type History struct {
	List
	Name, OtherName string
	Ref             string // the marketplace's id of a seller
	Asked           int    // requests for removals, up to countUpTo
	Decided         int    // of a seller and a moderator: reviews that a moderator decided on
	DecidedMore     bool
	Approved        int // of an approver and a pair: verdicts given, within the filter's dates
	Declined        int
	Lifted          int // of a moderator and an approver: how often they had hidden names shown, within the filter's dates
}

// own refuses somebody the page on themself, which is theirs to see elsewhere, with other figures.
func (x Subject) own(actor models.Actor) error {
	if x.Kind != OfSeller && (x.ID == actor.ID || x.Other == actor.ID) {
		return models.E(models.Forbidden, "own_history", "This page is about you, so it is for others to read.")
	}
	return nil
}

// narrow makes a filter about the subject alone. What the address says about the same fields gives way.
func (x Subject) narrow(f Filter) Filter {
	switch x.Kind {
	case OfSeller:
		f.Seller = x.ID
	case OfModerator:
		f.Requester = x.ID
	case OfApprover:
		f.Approver = x.ID
	case OfPair:
		f.Requester, f.Approver = x.ID, x.Other
	}
	return f
}

// Subject reads one subject's history.
func (h *Reader) Subject(ctx context.Context, actor models.Actor, x Subject, f Filter, c *models.Cursor) (History, error) {
	var out History
	if err := h.mayReadOf(ctx, actor, f.Marketplace, x); err != nil {
		return out, err
	}
	db := h.db.WithContext(ctx)
	if err := h.who(db, f.Marketplace, x, &out); err != nil {
		return out, err
	}
	if f = x.narrow(f); f.Remedy == "" {
		f.Remedy = models.ActionRemove
	}
	err := atOnce(ctx, h.db,
		func(*gorm.DB) (err error) { out.List, err = h.list(ctx, f, c); return err },
		func(db *gorm.DB) error { return h.figures(db, f, x, &out) },
	)
	out.Asked = out.Counts.Total
	return out, err
}

// mayReadOf asks whether somebody may look at a subject's page; a refusal is on record with the subject.
func (h *Reader) mayReadOf(ctx context.Context, actor models.Actor, marketplace string, x Subject) error {
	subject := "person"
	if x.Kind == OfSeller {
		subject = "seller"
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: "history.read", SubjectType: subject, SubjectID: x.ID}
	err := h.rights.Authorize(h.db.WithContext(ctx), actor, marketplace, rbac.Object{Kind: "history"}, "read")
	if err == nil {
		err = x.own(actor)
	}
	return h.ledger.OnRecord(ctx, actor, entry, err)
}

// who finds the subject's name. A person has a page in every marketplace where they asked, decided, or hold a role.
func (h *Reader) who(db *gorm.DB, marketplace string, x Subject, out *History) error {
	if x.Kind == OfSeller {
		var s []models.Seller
		if err := db.Where("marketplace_id = ? AND id = ?", marketplace, x.ID).Limit(1).Find(&s).Error; err != nil {
			return models.Translate(err)
		}
		if len(s) == 0 {
			return models.E(models.NotFound, "no_seller", "There is no such seller in marketplace %s.", marketplace)
		}
		out.Name, out.Ref = s[0].Name, s[0].ExternalID
		return nil
	}
	for _, p := range []struct {
		id   string
		name *string
	}{{x.ID, &out.Name}, {x.Other, &out.OtherName}} {
		if p.id == "" {
			continue
		}
		found, err := known(db, marketplace, p.id)
		if err != nil {
			return models.Translate(err)
		}
		if len(found) == 0 {
			return models.E(models.NotFound, "no_person", "There is no such person in marketplace %s.", marketplace)
		}
		*p.name = found[0]
	}
	return nil
}

// known is the name of a person who has to do with a marketplace.
func known(db *gorm.DB, marketplace, id string) ([]string, error) {
	var out []string
	err := db.Raw(`SELECT s.name FROM staff s WHERE s.id = @id AND (
		EXISTS (SELECT 1 FROM removal_facts f WHERE f.marketplace_id = @market AND f.requester_id = s.id)
		OR EXISTS (SELECT 1 FROM approvals a WHERE a.marketplace_id = @market AND a.approver_id = s.id)
		OR EXISTS (SELECT 1 FROM decisions d WHERE d.marketplace_id = @market AND d.moderator_id = s.id)
		OR EXISTS (SELECT 1 FROM role_grants g WHERE g.staff_id = s.id AND g.marketplace_id IN (@market, '*')))`,
		map[string]any{"id": id, "market": marketplace}).Scan(&out).Error
	return out, err
}

// figures counts what isn't a request: decisions and verdicts, within the filter's dates.
func (h *Reader) figures(db *gorm.DB, f Filter, x Subject, out *History) error {
	span := func(q *gorm.DB, column string) *gorm.DB {
		if !f.From.IsZero() {
			q = q.Where(column+" >= ?", f.From)
		}
		if !f.To.IsZero() {
			q = q.Where(column+" < ?", f.To)
		}
		if !f.AsOf.IsZero() {
			q = q.Where(column+" < ?", f.AsOf)
		}
		return q
	}
	if err := lifted(span, db, f, x, out); err != nil {
		return err
	}
	if x.Kind == OfSeller || x.Kind == OfModerator {
		column := map[string]string{OfSeller: "d.seller_id", OfModerator: "d.moderator_id"}[x.Kind]
		q := span(db.Table("decisions d").Select("1").Where("d.marketplace_id = ? AND "+column+" = ?", f.Marketplace, x.ID), "d.decided_at")
		var n int64
		err := db.Table("(?) AS counted", q.Limit(countUpTo+1)).Count(&n).Error
		out.Decided, out.DecidedMore = min(int(n), countUpTo), n > countUpTo
		return err
	}
	q := span(db.Table("approvals a").Where("a.marketplace_id = @market AND a.approver_id = @who AND "+ofRemovals,
		map[string]any{"market": f.Marketplace, "who": f.Approver}), "a.created_at")
	if x.Kind == OfPair {
		q = q.Where("a.proposal_id IN (SELECT f.proposal_id FROM removal_facts f WHERE f.marketplace_id = ? AND f.requester_id = ?)", f.Marketplace, f.Requester)
	}
	var found []struct {
		Verdict string
		N       int
	}
	err := q.Select("a.verdict, count(*) AS n").Group("a.verdict").Find(&found).Error
	for _, v := range found {
		switch v.Verdict {
		case models.VerdictApprove:
			out.Approved = v.N
		case models.VerdictDecline:
			out.Declined = v.N
		}
	}
	return err
}

// lifted counts how often somebody had names shown that blind work hides: as a moderator on tickets, as an approver on
// requests.
func lifted(span func(*gorm.DB, string) *gorm.DB, db *gorm.DB, f Filter, x Subject, out *History) error {
	on, ok := map[string]string{OfModerator: models.OnTicket, OfApprover: models.OnProposal}[x.Kind]
	if !ok {
		return nil
	}
	q := span(db.Table("unmaskings u").Select("1").Where("u.marketplace_id = ? AND u.staff_id = ? AND u.subject_type = ?", f.Marketplace, x.ID, on), "u.created_at")
	var n int64
	err := db.Table("(?) AS counted", q.Limit(countUpTo+1)).Count(&n).Error
	out.Lifted = int(n)
	return err
}
