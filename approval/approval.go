// Package approval guarantees that what takes two people takes two people. It is the only way from a proposal to
// its effect: a kind of proposal registers what it locks, who is independent and what applying it does, and the
// engine decides, in one transaction, whether enough distinct people have approved exactly what was asked.
package approval

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Kind is what the engine has to know about one sort of proposal. What it reads and writes it adds to batches, which
// the engine sends.
type Kind struct {
	Name string // as proposals.kind has it
	Noun string // the first half of each act in the ledger, and the object in the policy unless Object names another

	Object string
	// Family, where it isn't empty, is shared by kinds that lock and judge alike: a verdict that names one of them is on
	// whichever of them the proposal is.
	Family string

	// Lock adds the read that locks the proposal's subject for the rest of the transaction, always before the proposal
	// itself is locked. Once the batch has run, the check refuses a subject that is no longer what p was about.
	Lock func(b *models.Batch, p Ref) (check func(p models.Proposal) error)
	// Independent adds what has to be known of a person, behind all locks. Once the batch has run, the check refuses an
	// approver who may not judge this proposal although their role would allow it.
	Independent func(b *models.Batch, p Ref, person string) (check func() error)
	// Ready, where there is one, adds what has to be known of what a person did before they approve. Once the batch has
	// run, the check refuses an approval that comes too early. Declining needs nothing.
	Ready func(b *models.Batch, p Ref, person string) (check func(p models.Proposal) error)
	// Apply brings the effect about. The proposal is approved; afterwards the database has it effective.
	Apply func(b *models.Batch, p models.Proposal, at time.Time)
	// Work is for an effect that has to read on its way: it runs, in place of Apply, once the approval is written.
	Work func(tx *gorm.DB, p models.Proposal, at time.Time) error
	// Ended follows up on a proposal that came to an end without its effect, or with it: p.State says which.
	Ended func(b *models.Batch, p models.Proposal, at time.Time)
}

// object is what the policy calls this kind.
func (k Kind) object() string { return cmp.Or(k.Object, k.Noun) }

// Ref names a proposal.
type Ref struct{ Marketplace, ID string }

// Engine decides on proposals.
type Engine struct {
	db     *gorm.DB
	now    models.Clock
	rights *rbac.Enforcer
	ledger *ledger.Ledger
	seal   Sealer
	kinds  map[string]Kind
	after  []Effected
}

// Effected follows up on a proposal that has just taken effect, in the same transaction: what it adds to the batch is
// committed with the effect, or the effect isn't.
type Effected func(b *models.Batch, p models.Proposal, at time.Time) error

// After has fn follow every effect, of whatever kind. It is called while the program is put together.
func (e *Engine) After(fn Effected) { e.after = append(e.after, fn) }

// New makes an engine that knows no kinds yet.
func New(db *gorm.DB, now models.Clock, rights *rbac.Enforcer, l *ledger.Ledger, seal Sealer) *Engine {
	return &Engine{db: db, now: now, rights: rights, ledger: l, seal: seal, kinds: map[string]Kind{}}
}

// Register makes a kind known. It is called while the program is put together, before the first proposal.
func (e *Engine) Register(k Kind) { e.kinds[k.Name] = k }

// SealOK says whether an approval carries the seal of this installation's key.
func (e *Engine) SealOK(a models.Approval) bool { return e.seal.Valid(a) }

// Request is what somebody asks for.
type Request struct {
	Marketplace    string
	ID             string // the proposal's id: that of the ledger entry which records the request
	Kind           string
	SubjectType    string
	SubjectID      string
	SubjectVersion int
	Payload        any // becomes canonical JSON; carries a salt, since its digest is in the ledger
	Quorum         int
	TTL            time.Duration
}

// Propose opens a proposal inside the caller's transaction. The caller holds the subject's lock and records the act.
func (e *Engine) Propose(tx *gorm.DB, requester models.Actor, r Request) (models.Proposal, error) {
	return e.propose(tx, requester, r, e.now(), nil)
}

// propose is Propose at a time, of the lead of a set where it has a size.
func (e *Engine) propose(tx *gorm.DB, requester models.Actor, r Request, at time.Time, size *int) (models.Proposal, error) {
	k, err := e.kind(r.Kind)
	if err != nil {
		return models.Proposal{}, err
	}
	if err := rbac.LockPerson(tx, requester); err != nil {
		return models.Proposal{}, err
	}
	if err := e.rights.Authorize(tx, requester, r.Marketplace, rbac.Object{Kind: k.object()}, "request"); err != nil {
		return models.Proposal{}, err
	}
	p, err := e.make(requester, r, at)
	if err != nil {
		return p, err
	}
	p.SetSize = size
	err = tx.Create(&p).Error
	return p, err
}

// make is the proposal that a request makes, with its digest and its seal.
func (e *Engine) make(requester models.Actor, r Request, at time.Time) (models.Proposal, error) {
	payload, err := ledger.Canonical(r.Payload)
	if err != nil {
		return models.Proposal{}, err
	}
	p := models.Proposal{
		MarketplaceID: r.Marketplace, ID: r.ID, Kind: r.Kind,
		SubjectType: r.SubjectType, SubjectID: r.SubjectID, SubjectVersion: r.SubjectVersion,
		Payload: string(payload), RequesterID: requester.ID, State: models.ProposalOpen, Quorum: max(r.Quorum, 1),
		CreatedAt: at, ExpiresAt: models.At(at.Add(r.TTL)),
	}
	if p.Digest, err = Digest(p); err != nil {
		return models.Proposal{}, err
	}
	p.Seal, err = e.seal.SealProposal(p)
	return p, err
}

// Digest is what an approval is bound to: SHA-256 over the canonical JSON of everything about the proposal that
// doesn't change. Its id is part of it, so an approval of one proposal is none of another.
func Digest(p models.Proposal) ([]byte, error) {
	return ledger.Digest(models.Fields{
		"created_at", p.CreatedAt.UTC().UnixMicro(), "expires_at", p.ExpiresAt.UTC().UnixMicro(), "id", p.ID, "kind", p.Kind,
		"marketplace", p.MarketplaceID, "payload", json.RawMessage(p.Payload), "quorum", p.Quorum, "requester", p.RequesterID,
		"subject_id", p.SubjectID, "subject_type", p.SubjectType, "subject_version", p.SubjectVersion, "v", 1,
	})
}

func (e *Engine) kind(name string) (Kind, error) {
	k, ok := e.kinds[name]
	if !ok {
		return Kind{}, fmt.Errorf("approval: no kind %q is registered", name)
	}
	return k, nil
}

// find reads a proposal of a marketplace; one of another marketplace isn't there.
func find(tx *gorm.DB, marketplace, id string) (models.Proposal, error) {
	var p models.Proposal
	err := tx.Where("marketplace_id = ? AND id = ?", marketplace, id).Take(&p).Error
	if err = models.Translate(err); models.IsKind(err, models.NotFound) {
		err = noProposal(marketplace)
	}
	return p, err
}

func noProposal(marketplace string) error {
	return models.E(models.NotFound, "no_proposal", "There is no such request in marketplace %s.", marketplace)
}
