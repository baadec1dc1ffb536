package erasure

import (
	"context"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Row is one request for an erasure. Customer is the marketplace's id of the customer while there is one.
type Row struct {
	approval.NamedProposal
	Customer string
	Gone     bool // the customer is erased, by this request or another
	Reviews  int  // that the customer has, and how many of them are removed
	Removed  int
	Asked    Asked `gorm:"-"`
}

// List shows the requests of a marketplace, newest first.
func (x *Erasures) List(ctx context.Context, actor models.Actor, marketplace string, c *models.Cursor) ([]Row, models.Around, error) {
	if err := x.mayRead(ctx, actor, marketplace, "marketplace", marketplace); err != nil {
		return nil, models.Around{}, err
	}
	out, around, err := approval.Page[Row](x.engine, rows(x.db.WithContext(ctx), marketplace), c)
	if err != nil {
		return nil, around, err
	}
	for i := range out {
		if out[i].Asked, err = ParseAsked(out[i].Proposal); err != nil {
			return nil, around, err
		}
	}
	return out, around, nil
}

// Show is one request.
func (x *Erasures) Show(ctx context.Context, actor models.Actor, marketplace, id string) (Row, error) {
	if err := x.mayRead(ctx, actor, marketplace, "proposal", id); err != nil {
		return Row{}, err
	}
	r, err := approval.One[Row](x.engine, rows(x.db.WithContext(ctx), marketplace), marketplace, id)
	if err != nil {
		return Row{}, err
	}
	r.Asked, err = ParseAsked(r.Proposal)
	return r, err
}

// Bar says what keeps a person with the right from deciding on this request. It is for showing; the decision checks again.
func (x *Erasures) Bar(ctx context.Context, actor models.Actor, r Row) error {
	if err := r.RefuseTwice(actor); err != nil {
		return err
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
	return approval.Named(db, marketplace, models.KindEraseCustomer, "c.external_id AS customer", "c.erased_at IS NOT NULL AS gone",
		"("+written+") AS reviews", "("+written+" AND r.status = 'removed') AS removed").
		Joins("JOIN customers c ON c.marketplace_id = p.marketplace_id AND c.id = " + idOf(db, "p.subject_id"))
}

// idOf reads an id that is kept as text; only proposals of this kind come here, whose subjects are ids.
func idOf(db *gorm.DB, column string) string {
	if models.IsPostgres(db) {
		return "CASE WHEN p.kind = 'customer.erase' THEN " + column + "::uuid END"
	}
	return column
}
