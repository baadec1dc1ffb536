package settings

import (
	"cmp"
	"context"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Row is one request for a change.
type Row struct {
	approval.NamedProposal
	Asked Asked `gorm:"-"`
}

// Standing is a setting as it is, and the change that made it so; nil: it is as the marketplace began.
type Standing struct {
	models.Setting
	Value any
	By    *Row
}

// Standing lists the settings of a marketplace as they are.
func (x *Settings) Standing(ctx context.Context, actor models.Actor, marketplace string) ([]Standing, models.Marketplace, error) {
	var m models.Marketplace
	if err := x.mayRead(ctx, actor, marketplace, "marketplace", marketplace); err != nil {
		return nil, m, err
	}
	db := x.db.WithContext(ctx)
	if err := db.Where("id = ?", marketplace).Take(&m).Error; err != nil {
		return nil, m, models.Translate(err)
	}
	var done []Row // of each setting the last, which is among the newest of its kind
	err := rows(db, marketplace).Where("p.state = ?", models.ProposalEffective).Order("p.decided_at DESC, p.id DESC").Find(&done).Error
	if err != nil {
		return nil, m, models.Translate(err)
	}
	if err := cmp.Or(approval.AddVerdicts(x.engine, db, done), fill(done)); err != nil {
		return nil, m, err
	}
	out := make([]Standing, len(models.Settings))
	for i, s := range models.Settings {
		out[i] = Standing{Setting: s, Value: s.Of(m), By: lastOf(done, s.Name)}
	}
	return out, m, nil
}

func lastOf(done []Row, name string) *Row {
	for i, r := range done {
		for _, c := range r.Asked.Changes {
			if c.Name == name {
				return &done[i]
			}
		}
	}
	return nil
}

// List shows the requests of a marketplace, newest first.
func (x *Settings) List(ctx context.Context, actor models.Actor, marketplace string, c *models.Cursor) ([]Row, models.Around, error) {
	if err := x.mayRead(ctx, actor, marketplace, "marketplace", marketplace); err != nil {
		return nil, models.Around{}, err
	}
	out, around, err := approval.Page[Row](x.engine, rows(x.db.WithContext(ctx), marketplace), c)
	return out, around, cmp.Or(err, fill(out))
}

// Show is one request.
func (x *Settings) Show(ctx context.Context, actor models.Actor, marketplace, id string) (Row, error) {
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

func (x *Settings) mayRead(ctx context.Context, actor models.Actor, marketplace, subjectType, subject string) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: noun + ".read", SubjectType: subjectType, SubjectID: subject}
	return x.ledger.OnRecord(ctx, actor, entry, x.rights.Authorize(x.db.WithContext(ctx), actor, marketplace, rbac.Object{Kind: noun}, "read"))
}

func rows(db *gorm.DB, marketplace string) *gorm.DB {
	return approval.Named(db, marketplace, models.KindSettings)
}

// fill reads payloads.
func fill(list []Row) (err error) {
	for i := range list {
		if list[i].Asked, err = ParseAsked(list[i].Proposal); err != nil {
			return err
		}
	}
	return nil
}
