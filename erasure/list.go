package erasure

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Row is one request for an erasure. Customer is the marketplace's id of the customer while there is one.
type Row struct {
	models.Proposal
	RequesterName string
	Customer      string
	Gone          bool // the customer is erased, by this request or another
	Reviews       int  // that the customer has, and how many of them are removed
	Removed       int
	Asked         Asked   `gorm:"-"`
	Verdicts      []Given `gorm:"-"`
}

// Given is one person's verdict as shown. Sealed says that it carries this installation's seal.
type Given struct {
	models.Approval
	ApproverName string
	Sealed       bool
}

// List shows the requests of a marketplace, newest first.
func (x *Erasures) List(ctx context.Context, actor models.Actor, marketplace string, c *models.Cursor) ([]Row, models.Around, error) {
	if err := x.mayRead(ctx, actor, marketplace, "marketplace", marketplace); err != nil {
		return nil, models.Around{}, err
	}
	db := x.db.WithContext(ctx)
	var out []Row
	if err := models.Page(rows(db, marketplace), c, "p.created_at", "p.id").Find(&out).Error; err != nil {
		return nil, models.Around{}, models.Translate(err)
	}
	out, around := models.Trim(out, c, func(r Row) (time.Time, string) { return r.CreatedAt, r.ID })
	return out, around, x.fill(db, marketplace, out)
}

// Show is one request.
func (x *Erasures) Show(ctx context.Context, actor models.Actor, marketplace, id string) (Row, error) {
	if err := x.mayRead(ctx, actor, marketplace, "proposal", id); err != nil {
		return Row{}, err
	}
	db := x.db.WithContext(ctx)
	var found []Row
	if err := rows(db, marketplace).Where("p.id = ?", id).Limit(1).Find(&found).Error; err != nil {
		return Row{}, models.Translate(err)
	}
	if len(found) == 0 {
		return Row{}, models.E(models.NotFound, "no_proposal", "There is no such request in marketplace %s.", marketplace)
	}
	err := x.fill(db, marketplace, found)
	return found[0], err
}

// Bar says what keeps a person with the right from deciding on this request. It is for showing; the decision checks again.
func (x *Erasures) Bar(ctx context.Context, actor models.Actor, r Row) error {
	for _, g := range r.Verdicts {
		if g.ApproverID == actor.ID {
			return models.E(models.Conflict, "already_voted", "You have decided on this request already; it needs another person.")
		}
	}
	var ties []string
	if err := x.db.WithContext(ctx).Raw(tiesTo, r.MarketplaceID, actor.ID, r.SubjectID).Scan(&ties).Error; err != nil {
		return models.Translate(err)
	}
	return refuseTies(ties)
}

func (x *Erasures) mayRead(ctx context.Context, actor models.Actor, marketplace, subjectType, subject string) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: noun + ".read", SubjectType: subjectType, SubjectID: subject}
	return x.ledger.OnRecord(ctx, actor, entry, x.rights.Authorize(x.db.WithContext(ctx), actor, marketplace, rbac.Object{Kind: noun}, "read"))
}

func rows(db *gorm.DB, marketplace string) *gorm.DB {
	const written = "SELECT count(*) FROM reviews r WHERE r.marketplace_id = c.marketplace_id AND r.customer_id = c.id"
	return db.Table("proposals p").
		Select("p.*, s.name AS requester_name, c.external_id AS customer, c.erased_at IS NOT NULL AS gone, ("+written+") AS reviews, ("+written+" AND r.status = 'removed') AS removed").
		Joins("JOIN customers c ON c.marketplace_id = p.marketplace_id AND c.id = "+idOf(db, "p.subject_id")).
		Joins("JOIN staff s ON s.id = p.requester_id").
		Where("p.marketplace_id = ? AND p.kind = ?", marketplace, models.KindEraseCustomer)
}

// idOf reads an id that is kept as text; only proposals of this kind come here, whose subjects are ids.
func idOf(db *gorm.DB, column string) string {
	if models.IsPostgres(db) {
		return "CASE WHEN p.kind = 'customer.erase' THEN " + column + "::uuid END"
	}
	return column
}

// fill reads payloads and verdicts.
func (x *Erasures) fill(db *gorm.DB, marketplace string, list []Row) error {
	if len(list) == 0 {
		return nil
	}
	at, ids := map[string]int{}, make([]string, len(list))
	for i := range list {
		at[list[i].ID], ids[i] = i, list[i].ID
		var err error
		if list[i].Asked, err = ParseAsked(list[i].Proposal); err != nil {
			return err
		}
	}
	var given []Given
	err := db.Table("approvals").Select("approvals.*, s.name AS approver_name").Joins("JOIN staff s ON s.id = approvals.approver_id").
		Where("approvals.marketplace_id = ? AND approvals.proposal_id IN ?", marketplace, ids).
		Order("approvals.created_at, approvals.id").Find(&given).Error
	for _, g := range given {
		g.Sealed = x.engine.SealOK(g.Approval)
		list[at[g.ProposalID]].Verdicts = append(list[at[g.ProposalID]].Verdicts, g)
	}
	return models.Translate(err)
}
