package approval

import (
	"cmp"
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// NamedProposal is a proposal with who asked, and who has decided, by their names. What shows a kind of proposal embeds
// it beside what else there is to that kind.
type NamedProposal struct {
	models.Proposal
	RequesterName string
	Verdicts      []NamedVerdict `gorm:"-"`
}

// NamedVerdict is one person's verdict as shown. Sealed says that it carries this installation's seal.
type NamedVerdict struct {
	models.Approval
	ApproverName string
	Sealed       bool
}

// DecidedBy says whether a person has decided on it.
func (p *NamedProposal) DecidedBy(person string) bool {
	return slices.ContainsFunc(p.Verdicts, func(g NamedVerdict) bool { return g.ApproverID == person })
}

// RefuseTwice refuses whoever has decided on it already. It is for showing; the decision itself checks again.
func (p *NamedProposal) RefuseTwice(person models.Actor) error {
	if p.DecidedBy(person.ID) {
		return errVoted()
	}
	return nil
}

func errVoted() error {
	return models.E(models.Conflict, "already_voted", "You have decided on this request already; it needs another person.")
}

func (p *NamedProposal) named() *NamedProposal { return p }

// named is a pointer to a struct that embeds NamedProposal.
type named[Row any] interface {
	*Row
	named() *NamedProposal
}

// Named is the query for the proposals of one kind, p, with their requesters, s. Who shows more of them selects it.
func Named(db *gorm.DB, marketplace, kind string, more ...string) *gorm.DB {
	columns := "p.*, s.name AS requester_name"
	for _, m := range more {
		columns += ", " + m
	}
	return db.Table("proposals p").Select(columns).Joins("JOIN staff s ON s.id = p.requester_id").
		Where("p.marketplace_id = ? AND p.kind = ?", marketplace, kind)
}

// Page reads one page of what Named finds, newest first, with the verdicts.
func Page[Row any, P named[Row]](e *Engine, q *gorm.DB, c *models.Cursor) ([]Row, models.Around, error) {
	var out []Row
	if err := models.Page(q, c, "p.created_at", "p.id").Find(&out).Error; err != nil {
		return nil, models.Around{}, models.Translate(err)
	}
	out, around := models.Trim(out, c, func(r Row) (time.Time, string) {
		p := P(&r).named()
		return p.CreatedAt, p.ID
	})
	return out, around, AddVerdicts[Row, P](e, q, out)
}

// One reads one proposal of what Named finds, with the verdicts.
func One[Row any, P named[Row]](e *Engine, q *gorm.DB, marketplace, id string) (Row, error) {
	var found []Row
	if err := q.Where("p.id = ?", id).Limit(1).Find(&found).Error; err != nil || len(found) == 0 {
		var none Row
		return none, cmp.Or(models.Translate(err), noProposal(marketplace))
	}
	return found[0], AddVerdicts[Row, P](e, q, found)
}

// AddVerdicts reads the verdicts on proposals of one marketplace in one query.
func AddVerdicts[Row any, P named[Row]](e *Engine, db *gorm.DB, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = P(&rows[i]).named().ID
	}
	verdicts, err := e.Verdicts(db.Session(&gorm.Session{NewDB: true}), P(&rows[0]).named().MarketplaceID, ids)
	for i := range rows {
		P(&rows[i]).named().Verdicts = verdicts[ids[i]]
	}
	return err
}

// Verdicts reads the verdicts on proposals of a marketplace, the oldest first, by proposal.
func (e *Engine) Verdicts(db *gorm.DB, marketplace string, proposals []string) (map[string][]NamedVerdict, error) {
	var given []NamedVerdict
	err := db.Table("approvals").Select("approvals.*, s.name AS approver_name").Joins("JOIN staff s ON s.id = approvals.approver_id").
		Where("approvals.marketplace_id = ? AND approvals.proposal_id IN ?", marketplace, proposals).
		Order("approvals.created_at, approvals.id").Find(&given).Error
	out := make(map[string][]NamedVerdict, len(proposals))
	for _, g := range given {
		g.Sealed = e.SealOK(g.Approval)
		out[g.ProposalID] = append(out[g.ProposalID], g)
	}
	return out, models.Translate(err)
}
