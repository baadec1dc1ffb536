package approval

import (
	"context"
	"encoding/hex"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Ask opens a proposal of a kind that is asked for by itself, in a transaction of its own, and puts the request on record.
// form is called behind the requester's lock, once they are known to have the right: it locks the subject, says what is
// asked, and adds to the entry what is particular to the kind.
func (e *Engine) Ask(ctx context.Context, actor models.Actor, marketplace, kind string, form func(tx *gorm.DB, entry *ledger.Entry) (Request, error)) (models.Proposal, error) {
	k, err := e.kind(kind)
	if err != nil {
		return models.Proposal{}, err
	}
	var p models.Proposal
	entry := &ledger.Entry{Marketplace: marketplace, Act: k.Noun + ".request", SubjectType: "marketplace", SubjectID: marketplace}
	err = e.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := e.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: k.object()}, "request"); err != nil {
			return err
		}
		r, err := form(tx, entry)
		if err != nil {
			return err
		}
		r.Marketplace, r.ID, r.Kind = marketplace, entry.ID, kind
		if p, err = e.Propose(tx, actor, r); err != nil {
			return err
		}
		entry.SubjectType, entry.SubjectID = "proposal", p.ID
		entry.Set("digest", hex.EncodeToString(p.Digest))
		entry.Set("quorum", p.Quorum)
		entry.Set("state", p.State)
		return nil
	})
	return p, err
}

// AskedAlready says whether a proposal of a kind about a subject is open, so that a second one can be refused; the database
// would, in fewer words.
func AskedAlready(tx *gorm.DB, marketplace, kind, subject string) (bool, error) {
	var n int64
	err := tx.Model(&models.Proposal{}).Where("marketplace_id = ? AND subject_id = ? AND kind = ? AND state IN ?",
		marketplace, subject, kind, []string{models.ProposalOpen, models.ProposalApproved}).Count(&n).Error
	return n > 0, err
}
