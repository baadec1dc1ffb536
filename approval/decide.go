package approval

import (
	"bytes"
	"context"
	"encoding/hex"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// The bounds of an approver's note, in characters.
const (
	minNote = 10
	maxNote = 4000
)

// Verdict is one person's decision on what they saw.
type Verdict struct {
	Marketplace string
	Proposal    string
	Digest      []byte // of the proposal as it was shown
	Approve     bool
	Note        string
}

// Decide records a verdict. The approval that completes the quorum brings the effect about in the same transaction.
// It returns the proposal as it stands afterwards.
func (e *Engine) Decide(ctx context.Context, approver models.Actor, v Verdict) (models.Proposal, error) {
	v.Note = models.CleanText(v.Note)
	p, k, err := e.lookUp(ctx, v.Marketplace, v.Proposal)
	if err != nil {
		return p, err
	}
	verb := models.VerdictDecline
	if v.Approve {
		verb = models.VerdictApprove
	}
	entry := &ledger.Entry{Marketplace: p.MarketplaceID, Act: k.Noun + "." + verb, SubjectType: "proposal", SubjectID: p.ID}
	err = e.ledger.Act(ctx, approver, entry, func(tx *gorm.DB) error {
		if err := e.admit(tx, k, approver, &p, v, verb); err != nil {
			return err
		}
		a := models.Approval{
			MarketplaceID: p.MarketplaceID, ID: entry.ID, ProposalID: p.ID, ApproverID: approver.ID,
			Verdict: verb, Note: v.Note, Digest: p.Digest, CreatedAt: entry.At,
		}
		if err := e.seal.SealApproval(&a); err != nil {
			return err
		}
		if err := tx.Create(&a).Error; err != nil {
			return err
		}
		if err := e.settle(tx, k, &p, a); err != nil {
			return err
		}
		entry.Set("digest", hex.EncodeToString(p.Digest))
		entry.Set("subject", p.SubjectID)
		entry.Set("state", p.State)
		return nil
	})
	return p, err
}

// lookUp reads the proposal before the transaction: what it is about tells what to lock first.
func (e *Engine) lookUp(ctx context.Context, marketplace, id string) (models.Proposal, Kind, error) {
	p, err := find(e.db.WithContext(ctx), marketplace, id)
	if err != nil {
		return p, Kind{}, err
	}
	k, err := e.kind(p.Kind)
	return p, k, err
}

// admit makes sure, holding the locks, that this person may decide on this proposal now. The right comes first, so
// that nobody learns more about a proposal than their role lets them.
func (e *Engine) admit(tx *gorm.DB, k Kind, approver models.Actor, p *models.Proposal, v Verdict, verb string) error {
	if err := rbac.LockPerson(tx, approver); err != nil {
		return err
	}
	if err := e.rights.Authorize(tx, approver, p.MarketplaceID, rbac.Object{Kind: k.Noun, Requester: p.RequesterID}, verb); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(v.Note); n < minNote || n > maxNote {
		return models.InvalidField("note", "Write a note of %d to %d characters: why you decide so. It has %d.", minNote, maxNote, n)
	}
	lockErr := k.Lock(tx, *p)
	current, err := find(models.ForUpdate(tx), p.MarketplaceID, p.ID) // as it is now that the subject stands still
	if err != nil {
		return err
	}
	*p = current
	if err := e.decidable(*p, v.Digest); err != nil {
		return err
	}
	if lockErr != nil {
		return lockErr
	}
	if err := notTwice(tx, *p, approver); err != nil {
		return err
	}
	return k.Independent(tx, *p, approver)
}

// notTwice refuses a second verdict by the same person: two roles or two tabs don't make two people.
func notTwice(tx *gorm.DB, p models.Proposal, approver models.Actor) error {
	var n int64
	err := tx.Model(&models.Approval{}).
		Where("marketplace_id = ? AND proposal_id = ? AND approver_id = ?", p.MarketplaceID, p.ID, approver.ID).Count(&n).Error
	if err != nil || n == 0 {
		return err
	}
	return models.E(models.Conflict, "already_voted", "You have decided on this request already; it needs another person.")
}

// decidable refuses a verdict on what has ended, or on something else than was shown.
func (e *Engine) decidable(p models.Proposal, shown []byte) error {
	if p.State != models.ProposalOpen {
		return models.E(models.Conflict, "already_decided", "This request %s. Nothing was changed.", ended(p.State))
	}
	if !e.now().Before(p.ExpiresAt) {
		return models.E(models.Conflict, "expired", "This request %s.", ended(models.ProposalExpired))
	}
	digest, err := Digest(p)
	if err != nil {
		return err
	}
	if !bytes.Equal(shown, p.Digest) || !bytes.Equal(digest, p.Digest) {
		return models.E(models.Conflict, "stale_form", "What you saw isn't what is asked now. Open the request again and read it before you decide.")
	}
	if !e.seal.ValidProposal(p) {
		return models.E(models.Forbidden, "not_sealed", "Nobody asked for this at this desk: the request carries no valid seal. Nothing was changed; tell an auditor.")
	}
	return nil
}

// settle moves the proposal on after a verdict, and applies it once enough people have approved.
func (e *Engine) settle(tx *gorm.DB, k Kind, p *models.Proposal, a models.Approval) error {
	if a.Verdict == models.VerdictDecline {
		return e.end(tx, k, p, models.ProposalDeclined, a.CreatedAt)
	}
	n, err := e.sealedApprovals(tx, k, *p)
	if err != nil || n < p.Quorum {
		return err
	}
	if err := move(tx, p, models.ProposalApproved, a.CreatedAt); err != nil {
		return err
	}
	if err := k.Apply(tx, *p, a.CreatedAt); err != nil {
		return err
	}
	p.State = models.ProposalEffective
	return k.Ended(tx, *p, a.CreatedAt)
}

// sealedApprovals counts the distinct people whose approval of exactly this carries our seal and who may still
// approve. Rows that somebody wrote past this program don't count, nor do people disabled since.
func (e *Engine) sealedApprovals(tx *gorm.DB, k Kind, p models.Proposal) (int, error) {
	var rows []models.Approval
	err := tx.Joins("JOIN staff s ON s.id = approvals.approver_id AND s.disabled_at IS NULL").
		Where("approvals.marketplace_id = ? AND approvals.proposal_id = ? AND approvals.verdict = ?", p.MarketplaceID, p.ID, models.VerdictApprove).
		Find(&rows).Error
	if err != nil {
		return 0, err
	}
	people := map[string]bool{}
	for _, a := range rows {
		if a.ApproverID == p.RequesterID || !bytes.Equal(a.Digest, p.Digest) || !e.seal.Valid(a) {
			continue
		}
		counts, err := e.mayStill(tx, k, p, a.ApproverID)
		if err != nil {
			return 0, err
		}
		if counts {
			people[a.ApproverID] = true
		}
	}
	return len(people), nil
}

// mayStill says whether a person who has approved would be let do it today.
func (e *Engine) mayStill(tx *gorm.DB, k Kind, p models.Proposal, person string) (bool, error) {
	may, err := e.rights.Can(tx, person, p.MarketplaceID, rbac.Object{Kind: k.Noun, Requester: p.RequesterID}, models.VerdictApprove)
	if err != nil || !may {
		return false, err
	}
	err = k.Independent(tx, p, models.Actor{Kind: models.ActorPerson, ID: person})
	if models.IsKind(err, models.Forbidden) {
		return false, nil
	}
	return err == nil, err
}
