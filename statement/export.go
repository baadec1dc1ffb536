package statement

import (
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"evenhand/dsa"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Payload is a statement as the DSA transparency database takes it. Its facts are the code's own template: what the
// requester wrote, and the words that were marked, may be about people.
func Payload(t Told) map[string]any {
	yes := map[bool]string{true: "Yes", false: "No"}
	out := map[string]any{
		"puid":                t.MarketplaceID + "-" + t.ProposalID,
		"decision_visibility": []string{"DECISION_VISIBILITY_CONTENT_REMOVED"},
		"decision_ground":     "DECISION_GROUND_" + t.DSAGround,
		"content_type":        []string{"CONTENT_TYPE_TEXT"},
		"category":            "STATEMENT_CATEGORY_" + t.DSACategory,
		"content_date":        t.Posted().UTC().Format(time.DateOnly),
		"application_date":    t.DecidedAt.UTC().Format(time.DateOnly),
		"decision_facts":      Facts("en", t.ReasonCode),
		"source_type":         "SOURCE_VOLUNTARY",
		"automated_detection": yes[t.Classified],
		"automated_decision":  "AUTOMATED_DECISION_NOT_AUTOMATED",
	}
	if t.Notified {
		out["source_type"] = "SOURCE_TYPE_OTHER_NOTIFICATION"
	}
	if t.DSAKeyword != "" {
		out["category_specification"] = []string{"KEYWORD_" + t.DSAKeyword}
	}
	if t.Territory != "" {
		out["territorial_scope"] = strings.Fields(t.Territory)
	}
	ground, explanation := clip(t.Meaning, 500), clip(t.Policy, 2000)
	if t.DSAGround == "ILLEGAL_CONTENT" {
		out["illegal_content_legal_ground"], out["illegal_content_explanation"] = ground, explanation
		return out
	}
	out["incompatible_content_ground"], out["incompatible_content_explanation"], out["incompatible_content_illegal"] = ground, explanation, "No"
	return out
}

func clip(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most])
	}
	return text
}

// Export gives yield the payload of every statement made from one time until before another, oldest first, each checked
// before it leaves. What no checkpoint includes yet has taken no effect outside, and is left for the next export. That it
// was taken out is on record before the first leaves.
func (x *Statements) Export(ctx context.Context, actor models.Actor, marketplace string, from, to time.Time, yield func(map[string]any) error) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: "dsa.export", SubjectType: "marketplace", SubjectID: marketplace}
	entry.Set("from", from.UTC().Format(time.DateOnly))
	entry.Set("to", to.UTC().Format(time.DateOnly))
	err := x.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		return x.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "dsa"}, "export")
	})
	if err != nil {
		return err
	}
	c := &models.Cursor{At: from, ID: "00000000-0000-0000-0000-000000000000", Before: true}
	for {
		var page []Told
		err := models.Page(told(x.db.WithContext(ctx)).Where("st.marketplace_id = ? AND st.created_at < ?", marketplace, to), c, "st.created_at", "st.id").Find(&page).Error
		if err != nil {
			return models.Translate(err)
		}
		if err := x.give(ctx, page[:min(len(page), models.PageSize)], yield); err != nil || len(page) <= models.PageSize {
			return err
		}
		last := page[models.PageSize-1]
		c = &models.Cursor{At: last.CreatedAt, ID: last.ID, Before: true}
	}
}

func (x *Statements) give(ctx context.Context, page []Told, yield func(map[string]any) error) error {
	slices.SortStableFunc(page, func(a, b Told) int { return a.CreatedAt.Compare(b.CreatedAt) })
	for _, t := range page {
		released, err := x.released(ctx, t.Statement)
		if err != nil {
			return err
		}
		if !released {
			continue
		}
		payload := Payload(t)
		if err := dsa.Check(payload); err != nil {
			return models.E(models.Policy, "dsa_payload", "The statement of proposal %s doesn't fit the schema: %v", t.ProposalID, err)
		}
		if err := yield(payload); err != nil {
			return err
		}
	}
	return nil
}
