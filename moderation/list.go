package moderation

import (
	"cmp"
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Row is one request for a removal as lists show it, with the text as it stood when it was asked.
type Row struct {
	approval.NamedProposal
	ReviewID      string
	SellerID      string
	SellerName    string
	ReasonCode    string
	ReasonVersion int
	Rating        int
	Drawn         bool   // only who was drawn for it decides
	Pieces        int    // of evidence, each of which is opened before it is approved
	Last          string // kind of the last message about it, "" for none
	Title         string
	Body          string
	Restored      bool
	Remedy        string
	ToSellerID    *string // of a move
	TicketID      string

	// Blind work hides these from who reads the list: seller and author, and who asked.
	PartiesHidden, RequesterHidden bool `gorm:"-"`
	RequesterLifted                bool `gorm:"-"` // the reader has had it shown
}

// rows is the query that every list of requests narrows.
func rows(db *gorm.DB, marketplace string) *gorm.DB {
	return db.Table("removal_requests q").
		Select(`p.*, q.review_id, q.ticket_id, q.seller_id, s.name AS seller_name, a.name AS requester_name, q.reason_code, q.reason_version, q.rating, q.drawn, q.remedy, q.to_seller_id, q.evidence AS pieces,
			COALESCE(`+lastMessage+`, '') AS last,
			COALESCE(v.title, r.title) AS title, COALESCE(v.body, r.body) AS body,
			EXISTS (SELECT 1 FROM restorations x WHERE x.marketplace_id = q.marketplace_id AND x.proposal_id = q.proposal_id) AS restored`).
		Joins("JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id").
		Joins("JOIN reviews r ON r.marketplace_id = q.marketplace_id AND r.id = q.review_id").
		Joins("LEFT JOIN review_versions v ON v.marketplace_id = q.marketplace_id AND v.review_id = q.review_id AND v.version = q.review_version").
		Joins("JOIN sellers s ON s.marketplace_id = q.marketplace_id AND s.id = q.seller_id").
		Joins("JOIN staff a ON a.id = q.requester_id").
		Where("q.marketplace_id = ?", marketplace)
}

// page reads one page of rows with their verdicts.
func (d *Desk) page(q *gorm.DB, c *models.Cursor) ([]Row, models.Around, error) {
	var out []Row
	if err := models.Page(q, c, "q.created_at", "q.proposal_id").Find(&out).Error; err != nil {
		return nil, models.Around{}, models.Translate(err)
	}
	out, around := models.Trim(out, c, func(r Row) (time.Time, string) { return r.CreatedAt, r.ID })
	return out, around, approval.AddVerdicts(d.engine, q, out)
}

// Own lists what a moderator has asked for, a set as one.
func (d *Desk) Own(ctx context.Context, actor models.Actor, marketplace string, c *models.Cursor) ([]Row, models.Around, error) {
	db := d.db.WithContext(ctx)
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "removal"}, "read-own", "marketplace", marketplace); err != nil {
		return nil, models.Around{}, err
	}
	list, around, err := d.page(rows(db, marketplace).Where("q.requester_id = ? AND p.lead_id IS NULL", actor.ID), c)
	if err != nil {
		return nil, around, err
	}
	v, err := d.veilOf(db, actor, marketplace)
	if err != nil {
		return nil, around, err
	}
	return list, around, v.overRows(list)
}

// mayRead is Authorize for pages: a refused look is on record, too.
func (d *Desk) mayRead(ctx context.Context, actor models.Actor, marketplace string, obj rbac.Object, act, subjectType, subject string) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: obj.Kind + "." + act, SubjectType: subjectType, SubjectID: subject}
	return d.ledger.OnRecord(ctx, actor, entry,
		d.rights.Authorize(d.db.WithContext(ctx), actor, marketplace, obj, act))
}

// Waiting counts the open requests that this person could decide on.
func (d *Desk) Waiting(ctx context.Context, actor models.Actor, marketplace string) (int, error) {
	var n int64
	err := d.db.WithContext(ctx).Table("proposals p").
		Joins("JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id").
		Where("p.marketplace_id = ? AND p.state = ? AND p.lead_id IS NULL AND p.expires_at > ? AND p.requester_id <> ?", marketplace, models.ProposalOpen, d.now(), actor.ID).
		Where(forPerson, actor.ID).Count(&n).Error
	return int(n), models.Translate(err)
}

// Bar says what keeps a person with the role from deciding on this request: a verdict already given, a tie to the
// seller, or that somebody else was drawn. nil means nothing does. It is for showing; the decision itself checks again.
func (d *Desk) Bar(ctx context.Context, actor models.Actor, r Row) error {
	if err := cmp.Or(approval.Joined(r.Proposal), r.RefuseTwice(actor)); err != nil {
		return err
	}
	db := d.db.WithContext(ctx)
	if err := refuseInterest(db, r.MarketplaceID, actor, r.SellerID); err != nil {
		return err
	}
	if r.ToSellerID != nil {
		if err := refuseInterest(db, r.MarketplaceID, actor, *r.ToSellerID); err != nil {
			return err
		}
	}
	if err := refuseSetInterest(db, actor, r.Proposal); err != nil {
		return err
	}
	return refuseUndrawn(db, models.RemovalRequest{MarketplaceID: r.MarketplaceID, ProposalID: r.ID, Drawn: r.Drawn}, actor)
}
