package moderation

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/models"
	"evenhand/rbac"
)

// The tabs of an approver's inbox.
const (
	InboxMine    = ""        // open, and theirs to decide on
	InboxAll     = "all"     // everybody's open ones
	InboxDecided = "decided" // those that they have decided on
)

// Waiting is a request in the inbox of one approver, and how it stands to them.
type Waiting struct {
	Row
	Escalated bool
	Opened    int   // pieces of evidence, by this approver
	Urgency   int   // 2 near its end, 1 answered, 0 neither
	DrawnMine bool  // for this approver
	DrawnAll  int   // for how many people
	Bar       error `gorm:"-"` // what keeps this approver from deciding, but for their role
}

// Place is a place in an inbox: the most urgent first, and the oldest first among those.
type Place struct {
	models.Cursor
	Urgency int
}

// String writes a place for a link.
func (p Place) String() string { return strconv.Itoa(p.Urgency) + "-" + p.Cursor.String() }

// ParsePlace reads a place from a link; "" is the first page, as nil.
func ParsePlace(s string) (*Place, error) {
	if s == "" {
		return nil, nil
	}
	urgency, rest, ok := strings.Cut(s, "-")
	n, err := strconv.Atoi(urgency)
	if !ok || err != nil || rest == "" || n < 0 || n > 2 {
		return nil, models.InvalidField("page", "This link to a page of the list is broken; begin at the first page.")
	}
	c, err := models.ParseCursor(rest)
	if err != nil {
		return nil, err
	}
	return &Place{*c, n}, nil
}

// Inbox lists the requests of a marketplace for those who decide, a page at a time, with where the pages around begin.
func (d *Desk) Inbox(ctx context.Context, actor models.Actor, marketplace, tab string, at *Place) (rows []Waiting, prev, next *Place, err error) {
	db := d.db.WithContext(ctx)
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "removal"}, "read", "marketplace", marketplace); err != nil {
		return nil, nil, nil, err
	}
	var found []Waiting
	if err := d.inboxPage(d.inboxRows(db, actor, marketplace, tab), at).Find(&found).Error; err != nil {
		return nil, nil, nil, models.Translate(err)
	}
	found, prev, next = trimInbox(found, at)
	return found, prev, next, d.fillInbox(db, actor, marketplace, found)
}

// inboxRows is the query of a tab.
func (d *Desk) inboxRows(db *gorm.DB, actor models.Actor, marketplace, tab string) *gorm.DB {
	near := models.NearEnd(db, "p", lastPart, lastHours)
	inner := rows(db, marketplace).Where("p.lead_id IS NULL") // a set is one
	selects := strings.Join(inner.Statement.Selects, ", ")
	inner = inner.Select(selects+`, (p.state = 'open' AND `+near+`) AS escalated,
		CASE WHEN p.state <> 'open' THEN 0 WHEN `+near+` THEN 2 WHEN `+lastMessage+` = 'answer' THEN 1 ELSE 0 END AS urgency`, d.now(), d.now())
	if tab == InboxDecided {
		inner = inner.Where("EXISTS (SELECT 1 FROM approvals g WHERE g.marketplace_id = q.marketplace_id AND g.proposal_id = q.proposal_id AND g.approver_id = ?)", actor.ID)
	} else {
		inner = inner.Where("p.state = ? AND p.expires_at > ?", models.ProposalOpen, d.now())
	}
	if tab == InboxMine {
		inner = inner.Where("q.requester_id <> ?", actor.ID).Where(forPerson, actor.ID).
			Where("NOT EXISTS (SELECT 1 FROM approvals g WHERE g.marketplace_id = q.marketplace_id AND g.proposal_id = q.proposal_id AND g.approver_id = ?)", actor.ID)
	}
	return db.Table("(?) AS w", inner)
}

// inboxPage narrows an inbox to one page, by key. It reads one row more than it shows.
func (d *Desk) inboxPage(q *gorm.DB, at *Place) *gorm.DB {
	order := "urgency DESC, created_at, id"
	if at != nil {
		down, on := "<", ">"
		if at.Before {
			down, on, order = ">", "<", "urgency, created_at DESC, id DESC"
		}
		q = q.Where(fmt.Sprintf("urgency %s ? OR (urgency = ? AND (created_at, id) %s (?, ?))", down, on), at.Urgency, at.Urgency, at.At, at.ID)
	}
	return q.Order(order).Limit(models.PageSize + 1)
}

func trimInbox(rows []Waiting, at *Place) (list []Waiting, prev, next *Place) {
	var c *models.Cursor
	if at != nil {
		c = &at.Cursor
	}
	list, around := models.Trim(rows, c, func(w Waiting) (time.Time, string) { return w.CreatedAt, w.ID })
	if len(list) == 0 {
		return list, nil, nil
	}
	if around.Prev != nil {
		prev = &Place{*around.Prev, list[0].Urgency}
	}
	if around.Next != nil {
		next = &Place{*around.Next, list[len(list)-1].Urgency}
	}
	return list, prev, next
}

// fillInbox adds, in a few queries for the whole page, the verdicts, what this approver has opened, whom each request
// was drawn for, and what keeps them from deciding.
func (d *Desk) fillInbox(db *gorm.DB, actor models.Actor, marketplace string, list []Waiting) error {
	if len(list) == 0 {
		return nil
	}
	plain, ids, at := make([]Row, len(list)), make([]string, len(list)), map[string]*Waiting{}
	for i := range list {
		plain[i], ids[i], at[list[i].ID] = list[i].Row, list[i].ID, &list[i]
	}
	if err := approval.AddVerdicts(d.engine, db, plain); err != nil {
		return err
	}
	v, err := d.veilOf(db, actor, marketplace)
	if err != nil {
		return err
	}
	if err := v.overRows(plain); err != nil {
		return err
	}
	var drawn []models.ApproverDraw
	err = db.Select("proposal_id", "approver_id").Where("marketplace_id = ? AND proposal_id IN ? AND ended_at IS NULL", marketplace, ids).Find(&drawn).Error
	if err != nil {
		return models.Translate(err)
	}
	for _, x := range drawn {
		w := at[x.ProposalID]
		w.DrawnAll++
		w.DrawnMine = w.DrawnMine || x.ApproverID == actor.ID
	}
	var opened []models.EvidenceOpening
	err = db.Select("proposal_id", "item").Where("marketplace_id = ? AND proposal_id IN ? AND staff_id = ?", marketplace, ids, actor.ID).Find(&opened).Error
	if err != nil {
		return models.Translate(err)
	}
	for _, x := range opened {
		at[x.ProposalID].Opened++
	}
	var tied []string
	err = db.Model(&models.Interest{}).Where("marketplace_id = ? AND staff_id = ? AND ended_at IS NULL", marketplace, actor.ID).Pluck("seller_id", &tied).Error
	for i := range list {
		list[i].Row = plain[i]
		list[i].Bar = list[i].barred(actor, tied)
	}
	return models.Translate(err)
}

// barred is Bar for a request of which everything is known already.
func (w *Waiting) barred(actor models.Actor, tied []string) error {
	switch {
	case w.DecidedBy(actor.ID):
		return w.RefuseTwice(actor)
	case slices.Contains(tied, w.SellerID):
		return interested()
	case w.Drawn && !w.DrawnMine:
		return errNotDrawn()
	}
	return nil
}
