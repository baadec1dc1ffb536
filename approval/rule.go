package approval

import (
	"fmt"
	"strings"

	"evenhand/ledger"
	"evenhand/models"
)

// TwoPeople is the rule that every effect on record has its request and enough approvals on record, of exactly the
// same, by people other than the requester: what an export of the ledger shows to somebody who has no database. The
// order of entries isn't asked, since the clocks of two instances differ.
func TwoPeople() ledger.Rule { return &twoPeople{open: map[string]*recorded{}} }

type twoPeople struct{ open map[string]*recorded }

// recorded is what the entries so far say of a proposal that hasn't come to its end.
type recorded struct {
	requester, digest string
	quorum            int
	approvers         map[string]string // and the digest that each approved
	effective         int64             // the number of the entry that says so, -1 for none
}

// Entry takes in what is asked, approved and ended.
func (r *twoPeople) Entry(number int64, e *models.LedgerEntry) string {
	if e.SubjectType != "proposal" || e.Outcome != models.OutcomeDone {
		return ""
	}
	b, err := ledger.ParseBody(e.Body)
	if err != nil {
		return fmt.Sprintf("entry number %d isn't readable: %v", number, err)
	}
	p := r.open[e.SubjectID]
	if p == nil {
		p = &recorded{approvers: map[string]string{}, effective: -1}
		r.open[e.SubjectID] = p
	}
	digest, _ := b.Data["digest"].(string)
	state, _ := b.Data["state"].(string)
	switch e.Act[strings.LastIndexByte(e.Act, '.')+1:] {
	case "request":
		quorum, _ := b.Data["quorum"].(float64)
		p.requester, p.digest, p.quorum = e.ActorID, digest, int(quorum)
	case models.VerdictApprove:
		p.approvers[e.ActorID] = digest
		if state == models.ProposalEffective {
			p.effective = number
		}
	default:
		if p.effective < 0 && state != "" && state != models.ProposalOpen {
			delete(r.open, e.SubjectID) // it came to nothing
			return ""
		}
	}
	if p.settled() {
		delete(r.open, e.SubjectID)
	}
	return ""
}

// settled says whether a proposal took effect as it must.
func (p *recorded) settled() bool {
	if p.effective < 0 || p.quorum < 1 {
		return false
	}
	n := 0
	for person, digest := range p.approvers {
		if person != p.requester && digest == p.digest {
			n++
		}
	}
	return n >= p.quorum
}

// End names an effect that hasn't the people it needs.
func (r *twoPeople) End() string {
	first, id := int64(-1), ""
	for proposal, p := range r.open {
		if p.effective >= 0 && (first < 0 || p.effective < first) {
			first, id = p.effective, proposal
		}
	}
	if first < 0 {
		return ""
	}
	return fmt.Sprintf("entry number %d has proposal %s take effect, but the entries don't show a request and enough approvals of it by other people", first, id)
}
