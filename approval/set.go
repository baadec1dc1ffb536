package approval

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// A set is one request over several subjects. The proposal about the first of them leads: it names each of the others and
// the digest of what is asked of it, so that who approves the lead approves exactly these. The others are proposals of the
// same kind that follow it: they take the verdicts that it takes, from the same people, in the same transaction, and come
// to the same end. Only a subject that changes meanwhile drops out, alone.

// Member is one proposal that follows the lead of its set, as the lead names it under "set" in its payload.
type Member struct {
	Proposal string `json:"proposal"`
	Subject  string `json:"subject"`
	Digest   string `json:"digest"` // hex
}

// The bounds of a set, its lead counted; the guards in the database hold the same.
const (
	MinSet = 2
	MaxSet = 1000
)

// smallSet is up to how many two approvals are enough.
const smallSet = 50

// SetQuorum is how many people have to approve a set of a size: one more than for a single review, and two more for a large
// set, since one request does more.
func SetQuorum(size int) int {
	if size <= smallSet {
		return 2
	}
	return 3
}

// Members reads what the lead of a set names; nil where it leads none, or where that was erased.
func Members(lead models.Proposal) ([]Member, error) {
	if lead.SetSize == nil || lead.ErasedAt != nil {
		return nil, nil
	}
	var asked struct {
		Set []Member `json:"set"`
	}
	if err := json.Unmarshal([]byte(lead.Payload), &asked); err != nil {
		return nil, fmt.Errorf("payload of proposal %s: %w", lead.ID, err)
	}
	return asked.Set, nil
}

// ProposeSet opens a set inside the caller's transaction, which holds the locks of all subjects. lead's payload is made
// from the members, once each has its digest. The caller records each act.
func (e *Engine) ProposeSet(tx *gorm.DB, requester models.Actor, lead Request, payload func([]Member) any, others []Request) (models.Proposal, []models.Proposal, error) {
	size, at := len(others)+1, e.now()
	if size < MinSet || size > MaxSet {
		return models.Proposal{}, nil, fmt.Errorf("approval: a set of %d", size)
	}
	lead.Quorum = max(lead.Quorum, SetQuorum(size))
	members, named := make([]models.Proposal, len(others)), make([]Member, len(others))
	for i, r := range others {
		r.Quorum, r.TTL = lead.Quorum, lead.TTL
		p, err := e.make(requester, r, at)
		if err != nil {
			return models.Proposal{}, nil, err
		}
		place := i + 1
		p.LeadID, p.SetPlace = &lead.ID, &place
		members[i], named[i] = p, Member{Proposal: p.ID, Subject: p.SubjectID, Digest: hex.EncodeToString(p.Digest)}
	}
	lead.Payload = payload(named)
	first, err := e.propose(tx, requester, lead, at, &size)
	if err != nil {
		return first, nil, err
	}
	return first, members, tx.CreateInBatches(members, 100).Error
}

// Joined refuses an act on one proposal of a set: it is for the set.
func Joined(p models.Proposal) error {
	if p.LeadID == nil {
		return nil
	}
	return models.E(models.Conflict, "in_a_set", "This review is one of a set, which is decided on as a whole. Open the request that leads it.")
}

// following are the proposals that still follow a lead, with what refuses one whose subject has changed.
type following struct {
	kind      Kind
	proposals []models.Proposal
	unchanged []func(models.Proposal) error
}

// followers reads and locks them. Their subjects are locked already, with the lead's.
func (e *Engine) followers(tx *gorm.DB, k Kind, lead models.Proposal) (following, error) {
	f := following{kind: k}
	if lead.SetSize == nil {
		return f, nil
	}
	b := models.NewBatch(tx)
	found := models.Read[models.Proposal](b, `SELECT * FROM proposals WHERE marketplace_id = ? AND lead_id = ? AND state = 'open'
		ORDER BY set_place FOR UPDATE`, lead.MarketplaceID, lead.ID)
	if err := b.Run(); err != nil {
		return f, err
	}
	f.proposals = found.All
	return f, nil
}

// check reads the subjects of those that follow, and refuses where one isn't what was asked about, or isn't the proposal
// that the lead names.
func (f *following) check(tx *gorm.DB, seal Sealer, lead models.Proposal) error {
	named, err := Members(lead)
	if err != nil {
		return err
	}
	b := models.NewBatch(tx)
	for _, p := range f.proposals {
		f.unchanged = append(f.unchanged, f.kind.Lock(b, Ref{p.MarketplaceID, p.ID}))
	}
	if err := b.Run(); err != nil {
		return err
	}
	for i, p := range f.proposals {
		digest, err := Digest(p)
		if err != nil {
			return err
		}
		as := Member{Proposal: p.ID, Subject: p.SubjectID, Digest: hex.EncodeToString(digest)}
		if *p.SetPlace > len(named) || named[*p.SetPlace-1] != as || !seal.ValidProposal(p) {
			return models.E(models.Forbidden, "not_sealed", "Nobody asked for this at this desk: the request carries no valid seal. Nothing was changed; tell an auditor.")
		}
		if err := f.unchanged[i](p); err != nil {
			return err
		}
	}
	return nil
}

// follow has those that follow a lead take the verdict that it was just given, and come to its end if it has come to one.
func (e *Engine) follow(tx *gorm.DB, approver models.Actor, f following, lead models.Proposal, given models.Approval) error {
	b := models.AtCommit(tx)
	for _, p := range f.proposals {
		entry := &ledger.Entry{
			ID: e.ledger.NewID(), At: given.CreatedAt, Marketplace: p.MarketplaceID, Act: f.kind.Noun + "." + given.Verdict, SubjectType: "proposal", SubjectID: p.ID,
		}
		a := given
		a.ID, a.ProposalID, a.Digest = entry.ID, p.ID, p.Digest
		if err := e.seal.SealApproval(&a); err != nil {
			return err
		}
		b.Insert(&a)
		if err := e.comeTo(tx, f.kind, &p, lead.State, given.CreatedAt); err != nil {
			return err
		}
		entry.Set("digest", hex.EncodeToString(p.Digest))
		entry.Set("subject", p.SubjectID)
		entry.Set("state", p.State)
		entry.Set("lead", lead.ID)
		if err := e.ledger.Append(b, approver, entry); err != nil {
			return err
		}
	}
	return nil
}

// comeTo brings one that follows to where its lead stands.
func (e *Engine) comeTo(tx *gorm.DB, k Kind, p *models.Proposal, state string, at time.Time) error {
	switch state {
	case models.ProposalOpen:
		return nil
	case models.ProposalEffective:
		return e.effect(tx, k, p, at)
	}
	return e.end(models.AtCommit(tx), k, p, state, at)
}

// endSet ends those that follow a lead which has come to an end without its effect, each on record.
func (e *Engine) endSet(tx *gorm.DB, b *models.Batch, actor models.Actor, act string, k Kind, lead models.Proposal) error {
	f, err := e.followers(tx, k, lead)
	if err != nil {
		return err
	}
	for _, p := range f.proposals {
		entry := &ledger.Entry{ID: e.ledger.NewID(), At: e.now(), Marketplace: p.MarketplaceID, Act: act, SubjectType: "proposal", SubjectID: p.ID}
		entry.Set("lead", lead.ID)
		if err := e.finish(b, k, entry, &p, lead.State); err != nil {
			return err
		}
		if err := e.ledger.Append(b, actor, entry); err != nil {
			return err
		}
	}
	return nil
}
