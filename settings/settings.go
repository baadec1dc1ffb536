// Package settings guarantees that a marketplace's rules change by two people: one administrator asks, another one
// approves exactly that, and whatever was asked for before a setting became something else is void.
package settings

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/words"
)

// Settings is the way from a request for a change to its effect.
type Settings struct {
	db     *gorm.DB
	now    models.Clock
	rights *rbac.Enforcer
	ledger *ledger.Ledger
	engine *approval.Engine
}

// New makes it and registers its kind of proposal.
func New(db *gorm.DB, now models.Clock, rights *rbac.Enforcer, l *ledger.Ledger, e *approval.Engine) *Settings {
	x := &Settings{db: db, now: now, rights: rights, ledger: l, engine: e}
	e.Register(approval.Kind{
		Name: models.KindSettings, Noun: noun, Lock: lock, Independent: anybody, Work: x.apply,
		Ended: func(*models.Batch, models.Proposal, time.Time) {},
	})
	return x
}

const (
	noun     = "settings"
	actApply = "settings.apply" // the effect; its entry says which settings, and what they became
)

// Asked is the payload of a proposal. The guards in the database read its changes.
type Asked struct {
	Changes       []Change `json:"changes"`
	Justification string   `json:"justification"`
	Salt          string   `json:"salt"` // hex
}

// Change is one setting and what it is to become.
type Change = models.SettingChange

// ParseAsked reads a proposal's payload.
func ParseAsked(p models.Proposal) (Asked, error) {
	var a Asked
	if err := json.Unmarshal([]byte(p.Payload), &a); err != nil {
		return a, fmt.Errorf("payload of proposal %s: %w", p.ID, err)
	}
	if err := models.ReadChanges(a.Changes); err != nil {
		return a, fmt.Errorf("payload of proposal %s: %w", p.ID, err)
	}
	return a, nil
}

// subjectOf is what a proposal is about: the names of the settings, so that the same change isn't asked for twice.
func subjectOf(changes []Change) string {
	names := make([]string, len(changes))
	for i, c := range changes {
		names[i] = c.Name
	}
	return strings.Join(names, ",")
}

// lock holds the marketplace's settings still, and refuses a change of one that isn't what it was.
func lock(b *models.Batch, ref approval.Ref) func(models.Proposal) error {
	found := models.Read[models.Marketplace](b, "SELECT * FROM marketplaces WHERE id = ? FOR NO KEY UPDATE", ref.Marketplace)
	return func(p models.Proposal) error {
		m, err := found.One()
		if err != nil {
			return noMarketplace(ref.Marketplace)
		}
		a, err := ParseAsked(p)
		if err != nil {
			return err
		}
		for _, c := range a.Changes {
			if is := c.Setting().Of(m); is != c.From {
				return models.E(models.Conflict, "setting_changed", "“%s” isn’t any more what it was when this was asked for. Nothing was changed; ask anew.", words.Word(c.Setting().Words))
			}
		}
		return nil
	}
}

// anybody with the right is independent of a setting; the requester never has it on their own request.
func anybody(*models.Batch, approval.Ref, string) func() error { return func() error { return nil } }

func noMarketplace(id string) error {
	return models.E(models.NotFound, "no_marketplace", "There is no marketplace %q.", id)
}
