package settings

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// Checks hold each marketplace's settings against the record: they are what the marketplace began with, changed step by
// step by proposals that took effect, each with one entry that says what it made of which setting.
func (x *Settings) Checks() []ledger.Check {
	return []ledger.Check{
		{Name: "marketplaces", Run: checkMarkets},
		ledger.NoRow("proposals", "changed settings, and the record doesn't say so once", `
			SELECT p.id FROM proposals p WHERE p.kind = 'settings.change' AND p.state = 'effective' AND 1 <> (
				SELECT count(*) FROM ledger_entries e WHERE e.act = 'settings.apply' AND e.outcome = 'done' AND e.subject_id = p.marketplace_id
				   AND e.body LIKE '%"proposal":"' || CAST(p.id AS text) || '"%')`),
	}
}

func checkMarkets(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB { return db }
	return ledger.Compare(db, query, func(m models.Marketplace) string { return m.ID }, "id", func(m models.Marketplace) (string, error) {
		is, err := beginning(db, m.ID)
		if err != nil {
			return "", err
		}
		steps, finding, err := stepsOf(db, m)
		if err != nil || finding != "" {
			return finding, err
		}
		for _, s := range steps {
			for _, c := range s.Changes {
				if is[c.Name] != c.From {
					return fmt.Sprintf("setting %s of %s: proposal %s changed it from %v, and it was %v", c.Name, m.ID, s.proposal, c.From, is[c.Name]), nil
				}
				is[c.Name] = c.To
			}
		}
		for _, s := range models.Settings {
			if now := s.Of(m); now != is[s.Name] {
				return fmt.Sprintf("setting %s of %s is %v, and no two people made it so: by the record it is %v", s.Name, m.ID, now, is[s.Name]), nil
			}
		}
		return "", nil
	})
}

// beginning is what a marketplace's settings were at first: what the entry of its opening says, and for the rest what
// every marketplace begins with.
func beginning(db *gorm.DB, marketplace string) (map[string]any, error) {
	var bodies []string
	err := db.Model(&models.LedgerEntry{}).Where("act = ? AND subject_id = ? AND outcome = ?", "marketplace.add", marketplace, models.OutcomeDone).
		Order("at, id").Limit(1).Pluck("body", &bodies).Error
	if err != nil {
		return nil, err
	}
	is := map[string]any{}
	for _, s := range models.Settings {
		is[s.Name] = s.Default
	}
	if len(bodies) == 0 {
		return is, nil
	}
	b, err := ledger.ParseBody(bodies[0])
	for _, s := range models.Settings {
		if v := s.FromJSON(b.Data[s.Name]); v != nil {
			is[s.Name] = v
		}
	}
	return is, err
}

// step is one change that took effect.
type step struct {
	Asked
	proposal string
}

// stepsOf reads the changes of a marketplace's settings in their order, and says what is wrong with one.
func stepsOf(db *gorm.DB, m models.Marketplace) ([]step, string, error) {
	var entries []models.LedgerEntry
	err := db.Where("act = ? AND subject_id = ? AND outcome = ?", actApply, m.ID, models.OutcomeDone).Find(&entries).Error
	if err != nil {
		return nil, "", err
	}
	if len(entries) != m.SettingsVersion-1 {
		return nil, fmt.Sprintf("row %s: its settings are version %d, and the record has %d changes", m.ID, m.SettingsVersion, len(entries)), nil
	}
	steps := make([]step, len(entries))
	for _, e := range entries {
		b, err := ledger.ParseBody(e.Body)
		if err != nil {
			return nil, "", err
		}
		version, _ := b.Data["version"].(float64)
		i := int(version) - 2
		if i < 0 || i >= len(steps) || steps[i].proposal != "" {
			return nil, "entry " + e.ID + " says another version of the settings than there can be", nil
		}
		s, finding, err := stepOf(db, m.ID, e.ID, b.Data)
		if err != nil || finding != "" {
			return nil, finding, err
		}
		steps[i] = s
	}
	if n := len(steps); n > 0 && (m.SettingsID == nil || *m.SettingsID != steps[n-1].proposal) || n == 0 && m.SettingsID != nil {
		return nil, "row " + m.ID + " names another proposal than that which changed its settings last", nil
	}
	return steps, "", nil
}

// stepOf is the change that an entry speaks of: that of an effective proposal, in the same words.
func stepOf(db *gorm.DB, marketplace, entry string, data map[string]any) (step, string, error) {
	id, _ := data["proposal"].(string)
	if _, err := models.ParseID(id); err != nil {
		return step{}, "entry " + entry + " names no proposal", nil //nolint:nilerr // the sentence says it
	}
	var found []models.Proposal
	err := db.Where("marketplace_id = ? AND id = ? AND kind = ? AND state = ?", marketplace, id, models.KindSettings, models.ProposalEffective).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return step{}, "entry " + entry + " speaks of a change of settings that no proposal in effect made", err
	}
	a, err := ParseAsked(found[0])
	if err != nil {
		return step{}, "proposal " + id + " has a payload that can't be read", nil //nolint:nilerr // the sentence says it
	}
	listed, _ := data["changes"].([]any)
	same := slices.EqualFunc(listed, said(a.Changes), func(x, y any) bool {
		theirs, ok := x.(map[string]any)
		ours := y.(map[string]any)
		if s, known := models.SettingNamed(fmt.Sprint(ours["name"])); ok && known && s.Kind != models.SettingText {
			theirs = map[string]any{"name": theirs["name"], "from": s.FromJSON(theirs["from"]), "to": s.FromJSON(theirs["to"])}
		}
		return reflect.DeepEqual(theirs, ours)
	})
	if !same {
		return step{}, "entry " + entry + " says something else than proposal " + id + " asked for", nil
	}
	return step{a, id}, "", nil
}
