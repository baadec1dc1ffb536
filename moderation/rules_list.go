package moderation

import (
	"cmp"
	"context"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/models"
	"evenhand/routing"
)

// RulesRow is one request for other rules.
type RulesRow struct {
	approval.NamedProposal
	Version    int         // in force by it; 0: not
	Was, Would routing.Set `gorm:"-"`
	Asked      RulesAsked  `gorm:"-"`
}

// RulesAsks lists the requests for other rules, newest first.
func (d *Desk) RulesAsks(ctx context.Context, actor models.Actor, marketplace string, c *models.Cursor) ([]RulesRow, models.Around, error) {
	if err := d.mayRead(ctx, actor, marketplace, routingObject, "read", "marketplace", marketplace); err != nil {
		return nil, models.Around{}, err
	}
	db := d.db.WithContext(ctx)
	out, around, err := approval.Page[RulesRow](d.engine, rulesRows(db, marketplace), c)
	return out, around, cmp.Or(err, fillRules(db, marketplace, out))
}

// RulesAsk is one of them.
func (d *Desk) RulesAsk(ctx context.Context, actor models.Actor, marketplace, id string) (RulesRow, error) {
	if err := d.mayRead(ctx, actor, marketplace, routingObject, "read", "proposal", id); err != nil {
		return RulesRow{}, err
	}
	db := d.db.WithContext(ctx)
	r, err := approval.One[RulesRow](d.engine, rulesRows(db, marketplace), marketplace, id)
	if err != nil {
		return RulesRow{}, err
	}
	found := []RulesRow{r}
	err = fillRules(db, marketplace, found)
	return found[0], err
}

func rulesRows(db *gorm.DB, marketplace string) *gorm.DB {
	return approval.Named(db, marketplace, models.KindChangeRouting, "COALESCE(x.version, 0) AS version").
		Joins("LEFT JOIN rule_sets x ON x.marketplace_id = p.marketplace_id AND x.proposal_id = p.id")
}

// fillRules reads payloads, and what they were to replace.
func fillRules(db *gorm.DB, marketplace string, list []RulesRow) error {
	if len(list) == 0 {
		return nil
	}
	sets, err := ruleSets(db, marketplace)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].Asked, list[i].Would, err = ParseRulesAsked(list[i].Proposal); err != nil {
			return err
		}
		list[i].Was = sets[list[i].SubjectVersion]
	}
	return nil
}
