package approval

import (
	"bytes"
	"cmp"
	"context"
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
	return append(setChecks(), []ledger.Check{
		ledger.Explained{
			Table: "approvals", Acts: verdict, Agree: c.approval,
			Columns: "t.marketplace_id, t.id, t.proposal_id, t.approver_id, t.verdict, t.note, t.note_salt, t.note_digest, t.digest, t.seal, t.created_at, t.erased_at",
		}.Check(),
		ledger.Explained{
			Table: "proposals", Acts: request, Agree: c.proposal,
			Columns: `t.marketplace_id, t.id, t.kind, t.subject_type, t.subject_id, t.subject_version, t.payload, t.digest, t.seal, t.requester_id,
				t.quorum, t.created_at, t.expires_at, t.erased_at, t.lead_id, t.set_size`,
		}.Check(),
		states.Check(),
		{Name: "proposals", Run: checkQuorums},
	}...)
}

// checker is the engine as verify uses it.
type checker struct {
	*Engine
	seals bool
}

func (c checker) approval() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
	a := &models.Approval{}
	columns := []any{
		&a.MarketplaceID, &a.ID, &a.ProposalID, &a.ApproverID, &a.Verdict, &a.Note, &a.NoteSalt, &a.NoteDigest, &a.Digest, &a.Seal,
		&a.CreatedAt, &a.ErasedAt,
	}
	return columns, func(p *ledger.Print) string {
			if c.seals && !c.seal.Valid(*a) {
				return "approval " + a.ID + " carries no valid seal: it wasn't made through this installation, or was changed since"
			}
			p.Text(a.Verdict)
			p.Text(a.ApproverID)
			p.Text(a.ProposalID)
			p.Hex(a.Digest)
			return ""
		}, func(p *ledger.Print, e *ledger.Said) {
			p.Text(e.Act[strings.LastIndexByte(e.Act, '.')+1:])
			p.Text(e.ActorID)
			p.Text(e.SubjectID)
			p.Said(e, "digest")
		}
}

func (c checker) proposal() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
	p, lead, size := &models.Proposal{}, new(string), new(int)
	columns := []any{
		&p.MarketplaceID, &p.ID, &p.Kind, &p.SubjectType, &p.SubjectID, &p.SubjectVersion, &p.Payload, &p.Digest, &p.Seal, &p.RequesterID,
		&p.Quorum, &p.CreatedAt, &p.ExpiresAt, &p.ErasedAt, lead, size,
	}
	return columns, func(out *ledger.Print) string {
			if finding := checkDigest(*p); finding != "" {
				return finding
			}
			if c.seals && !c.seal.validAsked(p.Digest, p.Seal) {
				return "proposal " + p.ID + " carries no valid seal: it wasn't opened through this installation"
			}
			out.Text(p.RequesterID)
			out.Hex(p.Digest)
			out.Int(p.Quorum)
			if *lead != "" { // one that follows the lead of a set
				out.Text(*lead)
			}
			if *size != 0 { // the lead
				out.Int(*size)
			}
			return ""
		}, func(out *ledger.Print, e *ledger.Said) {
			out.Text(e.ActorID)
			out.Said(e, "digest", "quorum")
			if lead := e.Text("lead"); lead != "" {
				out.Text(lead)
			}
			if e.Raw("set_size") != "" {
				out.Said(e, "set_size")
			}
		}
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

// checkQuorums counts the approvals of what took effect; that each is sealed was checked before, with the approvals.
// Whether the people still hold their roles today is not asked: they held them then, as the entries of their grants show.
func checkQuorums(_ context.Context, db *gorm.DB) (string, error) {
	return ledger.FirstOf(db, "proposal", "took effect without enough sealed approvals by distinct people", `SELECT p.id FROM proposals p
		  LEFT JOIN approvals a ON a.marketplace_id = p.marketplace_id AND a.proposal_id = p.id AND a.verdict = ? AND a.digest = p.digest
			AND a.approver_id <> p.requester_id
		 WHERE p.state IN ? GROUP BY p.id, p.quorum HAVING count(DISTINCT a.approver_id) < p.quorum`,
		models.VerdictApprove, []string{models.ProposalApproved, models.ProposalEffective})
}

// states holds the state of each proposal against the entries about it: an end is said once, by one entry.
var states = ledger.Stated{
	Name: "proposals", Of: []ledger.RowState{{Table: "proposals", ID: "t.id", State: "t.state", But: models.ProposalOpen}},
	Entry: func(e *ledger.Said) (id, state string) {
		if state = e.Text("state"); e.SubjectType != "proposal" || state == models.ProposalOpen {
			return "", ""
		}
		return e.SubjectID, state
	},
	Differs: func(id, row, said string) string {
		return "proposal " + id + " is " + cmp.Or(row, models.ProposalOpen) + ", but the record has it " + cmp.Or(said, models.ProposalOpen)
	},
}
