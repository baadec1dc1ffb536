package rulebook

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/routing"
	"evenhand/words"
)

// The bounds of what is said for a change of the rules, in characters.
const (
	minWhy = 20
	maxWhy = 2000
)

// Change is a change of a marketplace's rules, as somebody asks for it.
type Change struct {
	Marketplace   string
	Basis         int // the version that they saw
	Set           routing.Set
	Justification string
}

// Ask asks for other rules. It opens a proposal, which takes another administrator to approve.
func (b *Book) Ask(ctx context.Context, actor models.Actor, ask Change) (models.Proposal, error) {
	ask.Justification = models.CleanText(ask.Justification)
	return b.engine.Ask(ctx, actor, ask.Marketplace, models.KindChangeRouting, func(tx *gorm.DB, entry *ledger.Entry) (approval.Request, error) {
		text, err := b.checkChange(tx, ask)
		if err != nil {
			return approval.Request{}, err
		}
		var m models.Marketplace
		if err := tx.Where("id = ?", ask.Marketplace).Take(&m).Error; err != nil {
			return approval.Request{}, err
		}
		entry.Set("rules", hex.EncodeToString(digestOf(text)))
		entry.Set("version", ask.Basis+1)
		return approval.Request{
			SubjectType: "marketplace", SubjectID: m.ID, SubjectVersion: ask.Basis,
			Payload: Asked{Rules: text, Justification: ask.Justification, Salt: hex.EncodeToString(ledger.NewSalt())},
			Quorum:  1, TTL: time.Duration(m.ProposalTTLHours) * time.Hour,
		}, nil
	})
}

// checkChange refuses what can't be asked for, and gives the rules as they would be kept.
func (b *Book) checkChange(tx *gorm.DB, ask Change) (string, error) {
	version, now, err := InForce(tx, ask.Marketplace)
	if err != nil {
		return "", err
	}
	if version != ask.Basis {
		return "", models.E(models.Conflict, "stale_form", "Other rules have come into force since you opened this page. Open it again, and make your change to those.")
	}
	if err := notAsked(tx, ask.Marketplace); err != nil {
		return "", err
	}
	bad, err := b.problems(tx, ask.Marketplace, ask.Set)
	if err != nil {
		return "", err
	}
	if n := utf8.RuneCountInString(ask.Justification); n < minWhy || n > maxWhy {
		bad.Say("justification", "Say in %d to %d characters what the change is for. It has %d.", minWhy, maxWhy, n)
	}
	if len(routing.Diff(now, ask.Set)) == 0 {
		bad.Say("", "These are the rules that are in force already.")
	}
	if e := bad.E("invalid_rules", "The rules aren't right yet."); e != nil {
		return "", e
	}
	return textOf(ask.Set)
}

// problems names what is wrong with a set by fields: r0-queue is the queue of the first rule, r0 the rule as a whole.
func (b *Book) problems(db *gorm.DB, marketplace string, s routing.Set) (models.Mistakes, error) {
	known, err := b.known(db, marketplace)
	if err != nil {
		return nil, err
	}
	out := models.Mistakes{}
	for _, p := range s.Check(known) {
		name, said := p.Field, p.Said
		if p.Rule >= 0 {
			name = fmt.Sprintf("r%d", p.Rule)
			if p.Field != "" {
				name += "-" + p.Field
			}
			said = models.Said("Rule %d: %s", p.Rule+1, p.Said)
		}
		if before := out[name]; !before.Empty() {
			said = words.List("%s %s", before, said)
		}
		out[name] = said
	}
	return out, nil
}

// notAsked refuses a second change while one is open.
func notAsked(tx *gorm.DB, marketplace string) error {
	asked, err := approval.AskedAlready(tx, marketplace, models.KindChangeRouting, marketplace)
	if err != nil || !asked {
		return err
	}
	return models.E(models.Conflict, "asked_already", "A change of these rules has been asked for already; it waits for another administrator.")
}
