package approval

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// setChecks hold each set together: its lead names exactly those that follow it, by their digests; each of these says whom
// it follows; they have the same verdicts by the same people, and came to the same end unless their subject changed.
func setChecks() []ledger.Check {
	return []ledger.Check{
		ledger.Check{Name: "proposals", Run: checkLeads}.OnlyIf("proposals", "t.set_size IS NOT NULL"),
		ledger.NoRow("proposals", "follows a set that it can't belong to", `SELECT m.id FROM proposals m WHERE m.lead_id IS NOT NULL AND NOT EXISTS (
			SELECT 1 FROM proposals l WHERE l.marketplace_id = m.marketplace_id AND l.id = m.lead_id AND l.set_size IS NOT NULL AND l.kind = m.kind
			   AND l.requester_id = m.requester_id AND l.quorum = m.quorum AND l.created_at = m.created_at AND l.expires_at = m.expires_at
			   AND (m.state = 'void' OR m.state = l.state))`).OnlyIf("proposals", "t.lead_id IS NOT NULL"),
		ledger.NoRow("proposals", "asks for fewer people than a set of its size takes", fmt.Sprintf(`SELECT p.id FROM proposals p WHERE p.set_size IS NOT NULL
			AND p.quorum < CASE WHEN p.set_size <= %d THEN %d ELSE %d END`, smallSet, SetQuorum(smallSet), SetQuorum(smallSet+1))).OnlyIf("proposals", "t.set_size IS NOT NULL"),
		ledger.NoRow("approvals", "is a verdict on one of a set that its lead doesn't have", `SELECT a.id FROM proposals m
			JOIN approvals a ON a.marketplace_id = m.marketplace_id AND a.proposal_id = m.id
			WHERE m.lead_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM approvals l WHERE l.marketplace_id = m.marketplace_id AND l.proposal_id = m.lead_id
				AND l.approver_id = a.approver_id AND l.verdict = a.verdict AND l.created_at = a.created_at)`).OnlyIf("proposals", "t.lead_id IS NOT NULL"),
		ledger.NoRow("proposals", "lacks a verdict that its set has", `SELECT m.id FROM proposals m
			JOIN approvals l ON l.marketplace_id = m.marketplace_id AND l.proposal_id = m.lead_id
			WHERE m.lead_id IS NOT NULL AND m.state <> 'void' AND NOT EXISTS (SELECT 1 FROM approvals a WHERE a.marketplace_id = m.marketplace_id
				AND a.proposal_id = m.id AND a.approver_id = l.approver_id AND a.verdict = l.verdict)`).OnlyIf("proposals", "t.lead_id IS NOT NULL"),
	}
}

// checkLeads holds what each lead names against those that follow it.
func checkLeads(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB { return db.Table("proposals t").Where("t.set_size IS NOT NULL") }
	return ledger.Compare(db, query, func(p models.Proposal) string { return p.ID }, "t.id", func(lead models.Proposal) (string, error) {
		var follow []models.Proposal
		err := db.Where("marketplace_id = ? AND lead_id = ?", lead.MarketplaceID, lead.ID).Order("set_place").Find(&follow).Error
		if err != nil {
			return "", err
		}
		return leadFinding(lead, follow), nil
	})
}

func leadFinding(lead models.Proposal, follow []models.Proposal) string {
	wrong := "proposal " + lead.ID + " leads a set that isn't the one it names"
	if len(follow) != *lead.SetSize-1 {
		return wrong
	}
	named, err := Members(lead)
	if err != nil || lead.ErasedAt == nil && len(named) != len(follow) {
		return wrong
	}
	for i, p := range follow {
		if *p.SetPlace != i+1 || lead.ErasedAt == nil && named[i] != (Member{p.ID, p.SubjectID, hex.EncodeToString(p.Digest)}) {
			return wrong
		}
		var says struct {
			Lead string `json:"lead"`
		}
		if p.ErasedAt == nil && (json.Unmarshal([]byte(p.Payload), &says) != nil || says.Lead != lead.ID) {
			return "proposal " + p.ID + " follows a set that it doesn't name"
		}
	}
	return ""
}
