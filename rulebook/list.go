package rulebook

import (
	"cmp"
	"context"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/models"
	"evenhand/routing"
)

// Row is one request for other rules.
type Row struct {
	approval.NamedProposal
	Version    int         // in force by it; 0: not
	Was, Would routing.Set `gorm:"-"`
	Asked      Asked       `gorm:"-"`
}

// List lists the requests for other rules, newest first.
func (b *Book) List(ctx context.Context, actor models.Actor, marketplace string, c *models.Cursor) ([]Row, models.Around, error) {
	if err := b.mayRead(ctx, actor, marketplace, "marketplace", marketplace); err != nil {
		return nil, models.Around{}, err
	}
	db := b.db.WithContext(ctx)
	out, around, err := approval.Page[Row](b.engine, rows(db, marketplace), c)
	return out, around, cmp.Or(err, fill(db, marketplace, out))
}

// Show is one of them.
func (b *Book) Show(ctx context.Context, actor models.Actor, marketplace, id string) (Row, error) {
	if err := b.mayRead(ctx, actor, marketplace, "proposal", id); err != nil {
		return Row{}, err
	}
	db := b.db.WithContext(ctx)
	r, err := approval.One[Row](b.engine, rows(db, marketplace), marketplace, id)
	if err != nil {
		return Row{}, err
	}
	found := []Row{r}
	err = fill(db, marketplace, found)
	return found[0], err
}

func rows(db *gorm.DB, marketplace string) *gorm.DB {
	return approval.Named(db, marketplace, models.KindChangeRouting, "COALESCE(x.version, 0) AS version").
		Joins("LEFT JOIN rule_sets x ON x.marketplace_id = p.marketplace_id AND x.proposal_id = p.id")
}

// fill reads payloads, and what they were to replace.
func fill(db *gorm.DB, marketplace string, list []Row) error {
	if len(list) == 0 {
		return nil
	}
	sets, err := everySet(db, marketplace)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].Asked, list[i].Would, err = ParseAsked(list[i].Proposal); err != nil {
			return err
		}
		list[i].Was = sets[list[i].SubjectVersion]
	}
	return nil
}
