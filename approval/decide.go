package approval

import (
	"bytes"
	"context"
	"encoding/hex"
	"slices"
	"time"
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
	Kind        string // of the proposal
	Marketplace string
	Proposal    string
	Digest      []byte // of the proposal as it was shown
	Approve     bool
	Note        string
}

func (v Verdict) verb() string {
	if v.Approve {
		return models.VerdictApprove
	}
	return models.VerdictDecline
}

// Decide records a verdict. The approval that completes the quorum brings the effect about in the same transaction.
// It returns the proposal as it stands afterwards.
//
// It takes two round trips to the database: one reads everything, with the locks, and one writes everything and
// commits. What is decided between them is decided here.
func (e *Engine) Decide(ctx context.Context, approver models.Actor, v Verdict) (models.Proposal, error) {
	v.Note = models.CleanText(v.Note)
	k, err := e.kind(v.Kind)
	if err != nil {
		return models.Proposal{}, err
	}
	if v.Proposal, err = models.ParseID(v.Proposal); err != nil {
		return models.Proposal{}, noProposal(v.Marketplace)
	}
	var p models.Proposal
	entry := &ledger.Entry{Marketplace: v.Marketplace, Act: k.Noun + "." + v.verb(), SubjectType: "proposal", SubjectID: v.Proposal}
	err = e.ledger.Act(ctx, approver, entry, func(tx *gorm.DB) error {
		c, err := e.look(tx, k, approver, v)
		if err != nil {
			return err
		}
		p = c.proposal
		entry.Act = c.kind.Noun + "." + v.verb()
		if err := e.admit(c, approver, v); err != nil {
			return err
		}
		a := models.Approval{
			MarketplaceID: p.MarketplaceID, ID: entry.ID, ProposalID: p.ID, ApproverID: approver.ID,
			Verdict: v.verb(), Note: v.Note, Digest: p.Digest, CreatedAt: entry.At,
		}
		if err := e.seal.SealApproval(&a); err != nil {
			return err
		}
		f, err := e.followers(tx, c.kind, p)
		if err != nil {
			return err
		}
		if err := f.check(tx, e.seal, p); err != nil {
			return err
		}
		models.AtCommit(tx).Insert(&a)
		if err := e.settle(tx, c, &p, a); err != nil {
			return err
		}
		if err := e.follow(tx, approver, f, p, a); err != nil {
			return err
		}
		entry.Set("digest", hex.EncodeToString(p.Digest))
		entry.Set("subject", p.SubjectID)
		entry.Set("state", p.State)
		return nil
	})
	return p, err
}

// given is a verdict as it stands in the database, and whether its person hasn't been disabled since.
type given struct {
	models.Approval
	Active bool
}

// lookAt is everything that deciding on a proposal takes, as one transaction has read it behind its locks.
type lookAt struct {
	kind        Kind
	proposal    models.Proposal
	given       []given // the verdicts before this one
	rights      rbac.View
	active      func() error                  // refuses an approver who is nobody, or disabled
	unchanged   func(p models.Proposal) error // refuses when the subject isn't what was asked about
	independent func() error                  // refuses an approver who may not judge this one
	ready       func(p models.Proposal) error // refuses an approval that comes too early
}

// look reads it all in one round trip. Locks are taken in the order person, subject, proposal; what is read behind
// them holds until the transaction ends.
func (e *Engine) look(tx *gorm.DB, k Kind, approver models.Actor, v Verdict) (lookAt, error) {
	ref := Ref{v.Marketplace, v.Proposal}
	c := lookAt{kind: k}
	b := models.NewBatch(tx)
	c.active = rbac.LockPersonIn(b, approver)
	view := e.rights.ViewIn(tx, b)
	c.unchanged = k.Lock(b, ref)
	found := models.Read[models.Proposal](b, "SELECT * FROM proposals WHERE marketplace_id = ? AND id = ? FOR UPDATE", ref.Marketplace, ref.ID)
	before := models.Read[given](b, `SELECT a.*, s.disabled_at IS NULL AS active FROM approvals a JOIN staff s ON s.id = a.approver_id
		WHERE a.marketplace_id = ? AND a.proposal_id = ?`, ref.Marketplace, ref.ID)
	c.independent = c.active
	if approver.HasAccount() {
		c.independent = k.Independent(b, ref, approver.ID)
	}
	c.ready = func(models.Proposal) error { return nil }
	if k.Ready != nil && v.Approve && approver.HasAccount() {
		c.ready = k.Ready(b, ref, approver.ID)
	}
	err := b.Run()
	if err != nil {
		return c, err
	}
	if c.proposal, err = found.One(); err != nil {
		return c, noProposal(ref.Marketplace)
	}
	if c.kind = e.kinds[c.proposal.Kind]; c.kind.Name != k.Name && (k.Family == "" || c.kind.Family != k.Family) {
		c.kind = k
		return c, noProposal(ref.Marketplace)
	}
	c.given = before.All
	c.rights, err = view()
	return c, err
}

// admit makes sure that this person may decide on this proposal now. The right comes first, so that nobody learns
// more about a proposal than their role lets them.
func (e *Engine) admit(c lookAt, approver models.Actor, v Verdict) error {
	if err := c.active(); err != nil {
		return err
	}
	obj := rbac.Object{Kind: c.kind.object(), Requester: c.proposal.RequesterID}
	if err := c.rights.Authorize(approver, c.proposal.MarketplaceID, obj, v.verb()); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(v.Note); n < minNote || n > maxNote {
		return models.InvalidField("note", "Write a note of %d to %d characters: why you decide so. It has %d.", minNote, maxNote, n)
	}
	if err := Joined(c.proposal); err != nil {
		return err
	}
	if err := e.decidable(c.proposal, v.Digest); err != nil {
		return err
	}
	if err := c.unchanged(c.proposal); err != nil {
		return err
	}
	if slices.ContainsFunc(c.given, func(g given) bool { return g.ApproverID == approver.ID }) { // two roles or two tabs don't make two people
		return errVoted()
	}
	if err := c.independent(); err != nil {
		return err
	}
	return c.ready(c.proposal)
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
func (e *Engine) settle(tx *gorm.DB, c lookAt, p *models.Proposal, a models.Approval) error {
	b := models.AtCommit(tx)
	if a.Verdict == models.VerdictDecline {
		return e.end(b, c.kind, p, models.ProposalDeclined, a.CreatedAt)
	}
	n, err := e.sealedApprovals(tx, c, a)
	if err != nil || n < p.Quorum {
		return err
	}
	return e.effect(tx, c.kind, p, a.CreatedAt)
}

// effect brings about what enough people have approved.
func (e *Engine) effect(tx *gorm.DB, k Kind, p *models.Proposal, at time.Time) error {
	b := models.AtCommit(tx)
	if err := move(b, p, models.ProposalApproved, at); err != nil {
		return err
	}
	if k.Work != nil {
		if err := b.Run(); err != nil {
			return err
		}
		if err := k.Work(tx, *p, at); err != nil {
			return err
		}
	} else {
		k.Apply(b, *p, at)
	}
	p.State = models.ProposalEffective
	k.Ended(b, *p, at)
	for _, follow := range e.after {
		if err := follow(b, *p, at); err != nil {
			return err
		}
	}
	return nil
}

// sealedApprovals counts the distinct people, this approval's among them, whose approval of exactly this carries our
// seal and who may still approve. Rows that somebody wrote past this program don't count, nor do people disabled since.
func (e *Engine) sealedApprovals(tx *gorm.DB, c lookAt, a models.Approval) (int, error) {
	people := map[string]bool{a.ApproverID: true}
	b := models.NewBatch(tx)
	stillIndependent := map[string]func() error{}
	for _, g := range c.given {
		counts := g.Verdict == models.VerdictApprove && g.Active && g.ApproverID != c.proposal.RequesterID &&
			bytes.Equal(g.Digest, c.proposal.Digest) && e.seal.Valid(g.Approval)
		if counts && !people[g.ApproverID] {
			stillIndependent[g.ApproverID] = c.kind.Independent(b, Ref{a.MarketplaceID, a.ProposalID}, g.ApproverID)
		}
	}
	if err := b.Run(); err != nil {
		return 0, err
	}
	for person, check := range stillIndependent {
		may, err := c.mayStill(person, check)
		if err != nil {
			return 0, err
		}
		if may {
			people[person] = true
		}
	}
	return len(people), nil
}

// mayStill says whether a person who has approved would be let do it today.
func (c lookAt) mayStill(person string, independent func() error) (bool, error) {
	obj := rbac.Object{Kind: c.kind.object(), Requester: c.proposal.RequesterID}
	may, err := c.rights.Can(person, c.proposal.MarketplaceID, obj, models.VerdictApprove)
	if err != nil || !may {
		return false, err
	}
	err = independent()
	if models.IsKind(err, models.Forbidden) {
		return false, nil
	}
	return err == nil, err
}
