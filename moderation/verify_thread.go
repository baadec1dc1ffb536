package moderation

import (
	"bytes"

	"evenhand/ledger"
	"evenhand/models"
)

var openings = ledger.Explained{
	Table: "evidence_openings", Acts: []string{"evidence.open"},
	Columns: "t.marketplace_id, t.proposal_id, t.item, t.staff_id, t.opened_at",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		o := &models.EvidenceOpening{}
		return []any{&o.MarketplaceID, &o.ProposalID, &o.Item, &o.StaffID, &o.OpenedAt}, func(p *ledger.Print) string {
				printAct(p, o.MarketplaceID, o.StaffID, o.ProposalID, o.OpenedAt)
				p.Int(o.Item)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				saysAct(p, e)
				p.Said(e, "item")
			}
	},
}

// unopened names an approval by somebody who hadn't opened all the evidence.
var unopened = ledger.NoRow("approvals", "is by somebody who hadn't opened all the evidence", `
	SELECT v.id FROM approvals v JOIN removal_requests q ON q.marketplace_id = v.marketplace_id AND q.proposal_id = v.proposal_id AND q.evidence > 0
	  LEFT JOIN evidence_openings o ON o.marketplace_id = v.marketplace_id AND o.proposal_id = v.proposal_id AND o.staff_id = v.approver_id
	   AND o.item < q.evidence
	 WHERE v.verdict = 'approve' GROUP BY v.id, q.evidence HAVING count(o.item) < q.evidence`)

// messages holds each question and answer against its entry, and its text against what the entry commits to. Whether an
// erasure explains a blank one is for the package of erasures.
var messages = ledger.Explained{
	Table: "proposal_messages", Acts: []string{"removal.question", "removal.answer"},
	Columns: "t.marketplace_id, t.id, t.proposal_id, t.n, t.author_id, t.kind, t.text, t.text_salt, t.text_digest, t.created_at, t.erased_at",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		m := &models.ProposalMessage{}
		columns := []any{
			&m.MarketplaceID, &m.ID, &m.ProposalID, &m.N, &m.AuthorID, &m.Kind, &m.Text, &m.TextSalt, &m.TextDigest, &m.CreatedAt, &m.ErasedAt,
		}
		return columns, func(p *ledger.Print) string {
				if finding := wrongText(m); finding != "" {
					return finding
				}
				printAct(p, m.MarketplaceID, m.AuthorID, m.ProposalID, m.CreatedAt)
				p.Text("removal." + m.Kind)
				p.Int(m.N)
				p.Hex(m.TextDigest)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				saysAct(p, e)
				p.Text(e.Act)
				p.Said(e, "n", "text_digest")
			}
	},
}

// wrongText says what is wrong with a message in itself.
func wrongText(m *models.ProposalMessage) string {
	if m.ErasedAt != nil {
		if m.Text != "" || len(m.TextSalt) > 0 {
			return "message " + m.ID + " was erased, and yet says something"
		}
		return ""
	}
	if digest, err := ledger.Commit(m.TextSalt, m.Text); err != nil || !bytes.Equal(digest, m.TextDigest) {
		return "message " + m.ID + " was changed: its text isn't what was committed to"
	}
	return ""
}
