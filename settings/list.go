package settings

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Row is one request for a change.
type Row struct {
	models.Proposal
	RequesterName string
	Asked         Asked   `gorm:"-"`
	Verdicts      []Given `gorm:"-"`
}

// Given is one person's verdict as shown. Sealed says that it carries this installation's seal.
type Given struct {
	models.Approval
	ApproverName string
	Sealed       bool
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
	if err := x.fill(db, marketplace, done); err != nil {
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
	db := x.db.WithContext(ctx)
	var out []Row
	if err := models.Page(rows(db, marketplace), c, "p.created_at", "p.id").Find(&out).Error; err != nil {
		return nil, models.Around{}, models.Translate(err)
	}
	out, around := models.Trim(out, c, func(r Row) (time.Time, string) { return r.CreatedAt, r.ID })
	return out, around, x.fill(db, marketplace, out)
}

// Show is one request.
func (x *Settings) Show(ctx context.Context, actor models.Actor, marketplace, id string) (Row, error) {
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
func (x *Settings) Bar(actor models.Actor, r Row) error {
	for _, g := range r.Verdicts {
		if g.ApproverID == actor.ID {
			return models.E(models.Conflict, "already_voted", "You have decided on this request already; it needs another person.")
		}
	}
	return nil
}

func (x *Settings) mayRead(ctx context.Context, actor models.Actor, marketplace, subjectType, subject string) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: noun + ".read", SubjectType: subjectType, SubjectID: subject}
	return x.ledger.OnRecord(ctx, actor, entry, x.rights.Authorize(x.db.WithContext(ctx), actor, marketplace, rbac.Object{Kind: noun}, "read"))
}

func rows(db *gorm.DB, marketplace string) *gorm.DB {
	return db.Table("proposals p").Select("p.*, s.name AS requester_name").Joins("JOIN staff s ON s.id = p.requester_id").
		Where("p.marketplace_id = ? AND p.kind = ?", marketplace, models.KindSettings)
}

// fill reads payloads and verdicts.
func (x *Settings) fill(db *gorm.DB, marketplace string, list []Row) error {
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
