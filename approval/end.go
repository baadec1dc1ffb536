package approval

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// move adds the guarded update: it changes the state only from the one the caller saw, and only along transitions.
func move(b *models.Batch, p *models.Proposal, to string, at time.Time) error {
	if !slices.Contains(transitions[p.State], to) {
		return models.E(models.Conflict, "already_decided", "This request %s. Nothing was changed.", ended(p.State))
	}
	late := models.E(models.Conflict, "already_decided", "Somebody else decided on this request just now. Nothing was changed.")
	b.ExecOne(late, "UPDATE proposals SET state = ?, decided_at = ? WHERE marketplace_id = ? AND id = ? AND state = ? AND digest = ?",
		to, at, p.MarketplaceID, p.ID, p.State, p.Digest)
	p.State, p.DecidedAt = to, &at
	return nil
}

// end brings a proposal to an end without its effect.
func (e *Engine) end(b *models.Batch, k Kind, p *models.Proposal, to string, at time.Time) error {
	if err := move(b, p, to, at); err != nil {
		return err
	}
	k.Ended(b, *p, at)
	return nil
}

// lookUp reads a proposal before the transaction that ends it, for its kind.
func (e *Engine) lookUp(ctx context.Context, marketplace, id string) (models.Proposal, Kind, error) {
	p, err := find(e.db.WithContext(ctx), marketplace, id)
	if err != nil {
		return p, Kind{}, err
	}
	k, err := e.kind(p.Kind)
	return p, k, err
}

// Withdraw takes a request back, which only its requester can.
func (e *Engine) Withdraw(ctx context.Context, requester models.Actor, marketplace, id string, digest []byte) (models.Proposal, error) {
	p, k, err := e.lookUp(ctx, marketplace, id)
	if err != nil {
		return p, err
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: k.Noun + ".withdraw", SubjectType: "proposal", SubjectID: p.ID}
	err = e.ledger.Act(ctx, requester, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, requester); err != nil {
			return err
		}
		obj := rbac.Object{Kind: k.object(), Requester: p.RequesterID}
		if err := e.rights.Authorize(tx, requester, marketplace, obj, "withdraw"); err != nil {
			return err
		}
		if p, err = lockFound(tx, k, marketplace, id); err != nil {
			return err
		}
		if !bytes.Equal(digest, p.Digest) {
			return models.E(models.Conflict, "stale_form", "This isn't the request that you saw. Open it again.")
		}
		if err := Joined(p); err != nil {
			return err
		}
		return e.finishAll(tx, models.AtCommit(tx), requester, k, entry, &p, models.ProposalWithdrawn)
	})
	return p, err
}

// lockFound holds a proposal still, and its subject before it, as deciding does: an end may have an effect on it.
func lockFound(tx *gorm.DB, k Kind, marketplace, id string) (models.Proposal, error) {
	b := models.NewBatch(tx)
	k.Lock(b, Ref{marketplace, id})
	if err := b.Run(); err != nil {
		return models.Proposal{}, err
	}
	return find(models.ForUpdate(tx), marketplace, id)
}

// finish ends a proposal and notes in the entry how.
func (e *Engine) finish(b *models.Batch, k Kind, entry *ledger.Entry, p *models.Proposal, to string) error {
	if err := e.end(b, k, p, to, e.now()); err != nil {
		return err
	}
	entry.Set("subject", p.SubjectID)
	entry.Set("state", p.State)
	return nil
}

// finishAll ends a proposal, and those that follow it where it leads a set.
func (e *Engine) finishAll(tx *gorm.DB, b *models.Batch, actor models.Actor, k Kind, entry *ledger.Entry, p *models.Proposal, to string) error {
	if err := e.finish(b, k, entry, p, to); err != nil {
		return err
	}
	return e.endSet(tx, b, actor, entry.Act, k, *p)
}

// Void ends the open proposals of these kinds about a subject that has just changed, inside the transaction that
// changed it and holds the subject's lock. Each gets an entry of its own, by the actor of the change.
func (e *Engine) Void(tx *gorm.DB, actor models.Actor, marketplace, subjectID string, kinds ...string) error {
	var open []models.Proposal
	err := models.ForUpdate(tx).Where("marketplace_id = ? AND kind IN ? AND subject_id = ? AND state IN ?",
		marketplace, kinds, subjectID, []string{models.ProposalOpen, models.ProposalApproved}).Order("id").Find(&open).Error
	if err != nil {
		return err
	}
	b := models.NewBatch(tx)
	for _, p := range open {
		k, err := e.kind(p.Kind)
		if err != nil {
			return err
		}
		entry := &ledger.Entry{Marketplace: marketplace, Act: k.Noun + ".void", SubjectType: "proposal", SubjectID: p.ID}
		if err := e.finishAll(tx, b, actor, k, entry, &p, models.ProposalVoid); err != nil {
			return err
		}
		if err := e.ledger.Append(b, actor, entry); err != nil {
			return err
		}
	}
	return b.Run()
}

// expiryBatch bounds how many overdue proposals one sweep reads at once.
const expiryBatch = 100

// Expire ends the proposals that nobody decided on in time, each in a transaction of its own, and returns how many.
// Killed at any line, it goes on at the next call.
func (e *Engine) Expire(ctx context.Context) (int, error) {
	n := 0
	for {
		var due []models.Proposal
		err := e.db.WithContext(ctx).Select("marketplace_id", "id").
			Where("state = ? AND expires_at <= ? AND lead_id IS NULL", models.ProposalOpen, e.now()).
			Order("expires_at").Limit(expiryBatch).Find(&due).Error
		if err != nil || len(due) == 0 {
			return n, models.Translate(err)
		}
		for _, d := range due {
			done, err := e.expire(ctx, d.MarketplaceID, d.ID)
			if err != nil {
				return n, err
			}
			if done {
				n++
			}
		}
	}
}

// errSettled is an expiry that came too late: a person, or another instance, was first. Nothing was attempted, so
// nothing is on record.
var errSettled = errors.New("settled meanwhile")

// expire ends one proposal, unless somebody decided on it first.
func (e *Engine) expire(ctx context.Context, marketplace, id string) (bool, error) {
	p, k, err := e.lookUp(ctx, marketplace, id)
	if err != nil || p.State != models.ProposalOpen {
		return false, err
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: k.Noun + ".expire", SubjectType: "proposal", SubjectID: id}
	err = e.ledger.Act(ctx, models.System("expiry"), entry, func(tx *gorm.DB) error {
		if p, err = lockFound(tx, k, marketplace, id); err != nil {
			return err
		}
		if p.State != models.ProposalOpen {
			return errSettled
		}
		return e.finishAll(tx, models.AtCommit(tx), models.System("expiry"), k, entry, &p, models.ProposalExpired)
	})
	if errors.Is(err, errSettled) {
		return false, nil
	}
	return err == nil, err
}
