package settings

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// apply is the effect. The database lets the settings become exactly what the approved proposal says, which that uses
// up; whatever else was asked about one of them is void then.
func (x *Settings) apply(tx *gorm.DB, p models.Proposal, at time.Time) error {
	a, err := ParseAsked(p)
	if err != nil {
		return err
	}
	var m models.Marketplace
	if err := tx.Where("id = ?", p.MarketplaceID).Take(&m).Error; err != nil {
		return err
	}
	set := map[string]any{"settings_version": m.SettingsVersion + 1, "settings_id": p.ID}
	for _, c := range a.Changes {
		set[c.Name] = c.To
	}
	res := tx.Model(&models.Marketplace{}).Where("id = ? AND settings_version = ?", m.ID, m.SettingsVersion).Updates(set)
	if res.Error == nil && res.RowsAffected != 1 {
		return models.E(models.Conflict, "setting_changed", "A setting was changed at this very moment. Nothing was changed by this.")
	}
	if res.Error != nil {
		return res.Error
	}
	if err := x.voidOthers(tx, p, a.Changes); err != nil {
		return err
	}
	e := &ledger.Entry{ID: x.ledger.NewID(), At: at, Marketplace: m.ID, Act: actApply, SubjectType: "marketplace", SubjectID: m.ID}
	e.Set("proposal", p.ID)
	e.Set("version", m.SettingsVersion+1)
	e.Set("changes", said(a.Changes))
	return x.ledger.Append(models.AtCommit(tx), models.System(noun), e)
}

// said is what the record has of changes: of texts only that they changed; the request's digest commits to the words.
func said(changes []Change) []any {
	out := make([]any, len(changes))
	for i, c := range changes {
		one := map[string]any{"name": c.Name}
		if c.Setting().Kind != models.SettingText {
			one["from"], one["to"] = c.From, c.To
		}
		out[i] = one
	}
	return out
}

// voidOthers ends the open requests that are about one of the settings that have just changed.
func (x *Settings) voidOthers(tx *gorm.DB, p models.Proposal, changed []Change) error {
	var open []models.Proposal
	err := tx.Where("marketplace_id = ? AND kind = ? AND state = ? AND id <> ?", p.MarketplaceID, models.KindSettings, models.ProposalOpen, p.ID).
		Order("id").Find(&open).Error
	if err != nil {
		return err
	}
	for _, o := range open {
		a, err := ParseAsked(o)
		if err != nil {
			return err
		}
		touched := slices.ContainsFunc(a.Changes, func(c Change) bool {
			return slices.ContainsFunc(changed, func(x Change) bool { return x.Name == c.Name })
		})
		if !touched {
			continue
		}
		if err := x.engine.Void(tx, models.System(noun), o.MarketplaceID, o.SubjectID, models.KindSettings); err != nil {
			return err
		}
	}
	return nil
}
