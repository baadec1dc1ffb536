package rulebook

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/routing"
)

// noun is what acts and rights about the rules of routing are called by.
const noun = "routing"

var object = rbac.Object{Kind: noun}

// Asked is the payload of a proposal to change the rules: the whole set, word for word as it will be kept.
type Asked struct {
	Rules         string `json:"rules"` // canonical JSON of a routing.Set
	Justification string `json:"justification"`
	Salt          string `json:"salt"` // hex
}

// ParseAsked reads such a payload.
func ParseAsked(p models.Proposal) (Asked, routing.Set, error) {
	var a Asked
	if err := json.Unmarshal([]byte(p.Payload), &a); err != nil {
		return a, routing.Set{}, fmt.Errorf("payload of proposal %s: %w", p.ID, err)
	}
	set, err := Parse(a.Rules)
	return a, set, err
}

// kind is the change of a marketplace's rules. Its subject is the marketplace, and the subject's version that of the rules
// which the new ones replace.
func kind() approval.Kind {
	return approval.Kind{
		Name: models.KindChangeRouting, Noun: noun, Lock: sameRules, Work: applyRules,
		Independent: func(*models.Batch, approval.Ref, string) func() error { return func() error { return nil } },
		Ended:       func(*models.Batch, models.Proposal, time.Time) {},
	}
}

// sameRules refuses once other rules are in force than those that were to be replaced. It holds nothing: of two changes
// the database takes one, since versions have no gaps and no doubles.
func sameRules(b *models.Batch, ref approval.Ref) func(models.Proposal) error {
	version := models.Read[int](b, "SELECT COALESCE(max(version), 0) FROM rule_sets WHERE marketplace_id = ?", ref.Marketplace)
	return func(p models.Proposal) error {
		now, err := version.One()
		if err != nil {
			return err
		}
		if p.SubjectID != p.MarketplaceID || p.SubjectVersion != now {
			return models.E(models.Conflict, "rules_changed", "Other rules have come into force since this was asked for. It has to be asked for anew.")
		}
		return nil
	}
}

// applyRules puts the rules in force. The database checks the approvals again, and uses the proposal up.
func applyRules(tx *gorm.DB, p models.Proposal, at time.Time) error {
	asked, _, err := ParseAsked(p)
	if err != nil {
		return err
	}
	return tx.Create(&models.RuleSet{
		MarketplaceID: p.MarketplaceID, Version: p.SubjectVersion + 1, ProposalID: p.ID, Rules: asked.Rules, Digest: digestOf(asked.Rules), InForceAt: at,
	}).Error
}

func digestOf(rules string) []byte {
	sum := sha256.Sum256([]byte(rules))
	return sum[:]
}

// textOf is a set as it is kept.
func textOf(s routing.Set) (string, error) {
	b, err := ledger.Canonical(s)
	return string(b), err
}
