package approval

import (
	"bytes"
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// Checks tie proposals and approvals to the ledger: each is explained by its entry, each carries the seal,
// and no proposal took effect without enough sealed approvals by distinct people other than its requester. Without the
// key that made them, seals aren't looked at, and everything else is.
func (e *Engine) Checks(seals bool) []ledger.Check {
	c := checker{Engine: e, seals: seals}
	var request, verdict []string
	for _, k := range e.kinds {
		request = append(request, k.Noun+".request")
		verdict = append(verdict, k.Noun+"."+models.VerdictApprove, k.Noun+"."+models.VerdictDecline)
	}
	return []ledger.Check{
		ledger.Explained{Table: "proposals", Acts: request}.Check(),
		ledger.Explained{Table: "approvals", Acts: verdict}.Check(),
		{Name: "approvals", Run: c.checkApprovals},
		{Name: "proposals", Run: c.checkProposals},
	}
}

// checker is the engine as verify uses it.
type checker struct {
	*Engine
	seals bool
}

// approvalEntry is an approval with the body of the entry that has its id.
type approvalEntry struct {
	models.Approval
	EntryBody string
}

func (c checker) checkApprovals(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB {
		return db.Table("approvals t").Select("t.*, x.body AS entry_body").Joins("JOIN ledger_entries x ON x.id = t.id")
	}
	return ledger.Compare(db, query, func(a approvalEntry) string { return a.ID }, "t.id", func(a approvalEntry) (string, error) {
		b, err := ledger.ParseBody(a.EntryBody)
		switch {
		case err != nil:
			return "", err
		case c.seals && !c.seal.Valid(a.Approval):
			return "approval " + a.ID + " carries no valid seal: it wasn't made through this installation, or was changed since", nil
		case b.Act[strings.LastIndexByte(b.Act, '.')+1:] != a.Verdict || b.Actor.ID != a.ApproverID || b.Subject.ID != a.ProposalID || b.Data["digest"] != hex.EncodeToString(a.Digest):
			return "approval " + a.ID + " says something else than its entry", nil
		}
		return "", nil
	})
}

type proposalEntry struct {
	models.Proposal
	EntryBody string
}

func (c checker) checkProposals(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB {
		return db.Table("proposals t").Select("t.*, x.body AS entry_body").Joins("JOIN ledger_entries x ON x.id = t.id")
	}
	return ledger.Compare(db, query, func(p proposalEntry) string { return p.ID }, "t.id", func(p proposalEntry) (string, error) {
		return c.checkProposal(db, p)
	})
}

func (c checker) checkProposal(db *gorm.DB, p proposalEntry) (string, error) {
	b, err := ledger.ParseBody(p.EntryBody)
	if err != nil {
		return "", err
	}
	if finding := checkDigest(p.Proposal); finding != "" {
		return finding, nil
	}
	if b.Actor.ID != p.RequesterID || b.Data["digest"] != hex.EncodeToString(p.Digest) || b.Data["quorum"] != float64(p.Quorum) {
		return "proposal " + p.ID + " says something else than its entry", nil
	}
	if c.seals && !c.seal.ValidProposal(p.Proposal) {
		return "proposal " + p.ID + " carries no valid seal: it wasn't opened through this installation", nil
	}
	state, err := recordedState(db, p.ID)
	if err != nil {
		return "", err
	}
	if state != p.State {
		return "proposal " + p.ID + " is " + p.State + ", but the record has it " + state, nil
	}
	if p.State != models.ProposalApproved && p.State != models.ProposalEffective {
		return "", nil
	}
	return c.checkQuorum(db, p.Proposal)
}

// checkDigest recomputes what approvals are bound to. An erased payload left nothing to compute from: the digest is
// then held against the entry and the seal alone, and whether an erasure explains the gap is for the package of erasures.
func checkDigest(p models.Proposal) string {
	if p.ErasedAt != nil {
		if p.Payload != "" {
			return "proposal " + p.ID + " was erased, and yet says what it asked"
		}
		return ""
	}
	digest, err := Digest(p)
	if err != nil {
		return "proposal " + p.ID + " has a payload that can't be read"
	}
	if !bytes.Equal(digest, p.Digest) {
		return "proposal " + p.ID + " was changed: its digest doesn't fit what it asks"
	}
	return ""
}

// checkQuorum counts the sealed approvals of what took effect. Whether the people still hold their roles today is not
// asked: they held them then, as the entries of their grants show.
func (c checker) checkQuorum(db *gorm.DB, p models.Proposal) (string, error) {
	var given []models.Approval
	err := db.Where("marketplace_id = ? AND proposal_id = ? AND verdict = ?", p.MarketplaceID, p.ID, models.VerdictApprove).Find(&given).Error
	if err != nil {
		return "", err
	}
	people := map[string]bool{}
	for _, a := range given {
		if a.ApproverID != p.RequesterID && bytes.Equal(a.Digest, p.Digest) && (!c.seals || c.seal.Valid(a)) {
			people[a.ApproverID] = true
		}
	}
	if len(people) < p.Quorum {
		return "proposal " + p.ID + " took effect without enough sealed approvals by distinct people", nil
	}
	return "", nil
}

// recordedState is the state of a proposal that the entries about it give: the end that one of them reports, or open.
// Their order isn't asked, since the clocks of two instances differ.
func recordedState(db *gorm.DB, proposal string) (string, error) {
	var bodies []string
	err := db.Model(&models.LedgerEntry{}).
		Where("subject_id = ? AND subject_type = 'proposal' AND outcome = ?", proposal, models.OutcomeDone).Pluck("body", &bodies).Error
	if err != nil {
		return "", err
	}
	ends := []string{}
	for _, body := range bodies {
		b, err := ledger.ParseBody(body)
		if err != nil {
			return "", err
		}
		if state, _ := b.Data["state"].(string); state != models.ProposalOpen {
			ends = append(ends, state)
		}
	}
	if len(ends) == 0 {
		return models.ProposalOpen, nil
	}
	slices.Sort(ends)
	return strings.Join(ends, " and "), nil
}
