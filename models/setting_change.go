package models

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// SettingChange is one setting and what it is to become, as the payload of a proposal has it: an int, a bool or a string.
type SettingChange struct {
	Name string `json:"name"`
	From any    `json:"from"`
	To   any    `json:"to"`
}

// Setting is what is changed; ReadChanges has refused what isn't one.
func (c SettingChange) Setting() Setting {
	s, _ := SettingNamed(c.Name)
	return s
}

// Loosens says whether the change weakens control.
func (c SettingChange) Loosens() bool { return c.Setting().Loosens(c.From, c.To) }

// ReadChanges gives the values of changes that were read from JSON their types.
func ReadChanges(changes []SettingChange) error {
	for i, c := range changes {
		s, ok := SettingNamed(c.Name)
		if !ok {
			return fmt.Errorf("there is no setting %q", c.Name)
		}
		changes[i].From, changes[i].To = s.FromJSON(c.From), s.FromJSON(c.To)
	}
	return nil
}

// SettingsPast is what a marketplace's settings were, and when.
type SettingsPast struct {
	now  Marketplace
	then []dated // newest first
}

type dated struct {
	SettingChange
	at time.Time
}

// PastOf reads how a marketplace's settings came to be what they are.
func PastOf(db *gorm.DB, m Marketplace) (SettingsPast, error) {
	past := SettingsPast{now: m}
	var done []Proposal
	err := db.Select("id", "payload", "decided_at").Where("marketplace_id = ? AND kind = ? AND state = ?", m.ID, KindSettings, ProposalEffective).
		Order("decided_at DESC, id DESC").Find(&done).Error
	if err != nil {
		return past, err
	}
	for _, p := range done {
		var asked struct{ Changes []SettingChange }
		err := json.Unmarshal([]byte(p.Payload), &asked)
		if err == nil {
			err = ReadChanges(asked.Changes)
		}
		if err != nil {
			return past, fmt.Errorf("payload of proposal %s: %w", p.ID, err)
		}
		for _, c := range asked.Changes {
			past.then = append(past.then, dated{c, *p.DecidedAt})
		}
	}
	return past, nil
}

// Between are the values that a setting had at any time from lo to hi, newest first.
func (p SettingsPast) Between(name string, lo, hi time.Time) []any {
	s, _ := SettingNamed(name)
	value := s.Of(p.now)
	var out []any
	for _, c := range p.then {
		if c.Name != name {
			continue
		}
		if !c.at.After(hi) {
			out = append(out, value)
		}
		if value = c.From; c.at.Before(lo) {
			return out
		}
	}
	return append(out, value)
}
