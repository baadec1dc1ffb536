package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/routing"
)

// RulesRow is one request for other rules.
type RulesRow struct {
	models.Proposal
	RequesterName string
	Version       int            // in force by it; 0: not
	Was, Would    routing.Set    `gorm:"-"`
	Asked         RulesAsked     `gorm:"-"`
	Verdicts      []RulesVerdict `gorm:"-"`
}

// RulesVerdict is one person's verdict as shown. Sealed says that it carries this installation's seal.
type RulesVerdict struct {
	models.Approval
	ApproverName string
	Sealed       bool
}

// RulesAsks lists the requests for other rules, newest first.
func (d *Desk) RulesAsks(ctx context.Context, actor models.Actor, marketplace string, c *models.Cursor) ([]RulesRow, models.Around, error) {
	if err := d.mayRead(ctx, actor, marketplace, routingObject, "read", "marketplace", marketplace); err != nil {
		return nil, models.Around{}, err
	}
	db := d.db.WithContext(ctx)
	var out []RulesRow
	if err := models.Page(rulesRows(db, marketplace), c, "p.created_at", "p.id").Find(&out).Error; err != nil {
		return nil, models.Around{}, models.Translate(err)
	}
	out, around := models.Trim(out, c, func(r RulesRow) (time.Time, string) { return r.CreatedAt, r.ID })
	return out, around, d.fillRules(db, marketplace, out)
}

// RulesAsk is one of them.
func (d *Desk) RulesAsk(ctx context.Context, actor models.Actor, marketplace, id string) (RulesRow, error) {
	if err := d.mayRead(ctx, actor, marketplace, routingObject, "read", "proposal", id); err != nil {
		return RulesRow{}, err
	}
	db := d.db.WithContext(ctx)
	var found []RulesRow
	if err := rulesRows(db, marketplace).Where("p.id = ?", id).Limit(1).Find(&found).Error; err != nil {
		return RulesRow{}, models.Translate(err)
	}
	if len(found) == 0 {
		return RulesRow{}, models.E(models.NotFound, "no_proposal", "There is no such request in marketplace %s.", marketplace)
	}
	err := d.fillRules(db, marketplace, found)
	return found[0], err
}

func rulesRows(db *gorm.DB, marketplace string) *gorm.DB {
	return db.Table("proposals p").Select("p.*, s.name AS requester_name, COALESCE(x.version, 0) AS version").
		Joins("JOIN staff s ON s.id = p.requester_id").
		Joins("LEFT JOIN rule_sets x ON x.marketplace_id = p.marketplace_id AND x.proposal_id = p.id").
		Where("p.marketplace_id = ? AND p.kind = ?", marketplace, models.KindChangeRouting)
}

// fillRules reads payloads, what they were to replace, and verdicts.
func (d *Desk) fillRules(db *gorm.DB, marketplace string, list []RulesRow) error {
	if len(list) == 0 {
		return nil
	}
	sets, err := ruleSets(db, marketplace)
	if err != nil {
		return err
	}
	at, ids := map[string]int{}, make([]string, len(list))
	for i := range list {
		at[list[i].ID], ids[i] = i, list[i].ID
		if list[i].Asked, list[i].Would, err = ParseRulesAsked(list[i].Proposal); err != nil {
			return err
		}
		list[i].Was = sets[list[i].SubjectVersion]
	}
	var given []RulesVerdict
	err = db.Table("approvals").Select("approvals.*, s.name AS approver_name").Joins("JOIN staff s ON s.id = approvals.approver_id").
		Where("approvals.marketplace_id = ? AND approvals.proposal_id IN ?", marketplace, ids).
		Order("approvals.created_at, approvals.id").Find(&given).Error
	for _, g := range given {
		g.Sealed = d.engine.SealOK(g.Approval)
		list[at[g.ProposalID]].Verdicts = append(list[at[g.ProposalID]].Verdicts, g)
	}
	return models.Translate(err)
}
