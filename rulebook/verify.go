package rulebook

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// Checks hold the rules in force against the proposals that brought them.
func Checks() []ledger.Check {
	return []ledger.Check{
		ledger.NoRow("rule_sets", "is in force although no two people agreed on it", `
			SELECT CAST(s.proposal_id AS text) FROM rule_sets s WHERE NOT EXISTS (
				SELECT 1 FROM proposals p WHERE p.marketplace_id = s.marketplace_id AND p.id = s.proposal_id AND p.kind = 'routing.change' AND p.state = 'effective'
				   AND p.subject_id = s.marketplace_id AND p.subject_version = s.version - 1 AND p.decided_at = s.in_force_at)`),
		ledger.NoRow("proposals", "changed the rules of routing, and they aren't there", `
			SELECT p.id FROM proposals p WHERE p.kind = 'routing.change' AND p.state = 'effective' AND NOT EXISTS (
				SELECT 1 FROM rule_sets s WHERE s.marketplace_id = p.marketplace_id AND s.proposal_id = p.id)`),
		{Name: "rule_sets", Run: checkRuleSets},
	}
}

// checkRuleSets holds each set against the payload and the entry of the proposal that brought it.
func checkRuleSets(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB { return db.Table("rule_sets t") }
	return ledger.Compare(db, query, func(s models.RuleSet) string { return s.ProposalID }, "t.proposal_id", func(s models.RuleSet) (string, error) {
		var p models.Proposal
		if err := db.Where("marketplace_id = ? AND id = ?", s.MarketplaceID, s.ProposalID).Take(&p).Error; err != nil {
			return "", err
		}
		asked, _, err := ParseAsked(p)
		if err != nil {
			return "", err
		}
		var e models.LedgerEntry
		if err := db.Where("id = ?", s.ProposalID).Take(&e).Error; err != nil {
			return "", err
		}
		body, err := ledger.ParseBody(e.Body)
		if err != nil {
			return "", err
		}
		if asked.Rules != s.Rules || !bytes.Equal(digestOf(s.Rules), s.Digest) || body.Data["rules"] != hex.EncodeToString(s.Digest) {
			return fmt.Sprintf("version %d of the rules of %s isn't what was agreed on", s.Version, s.MarketplaceID), nil
		}
		return "", nil
	})
}
