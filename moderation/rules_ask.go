package moderation

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/routing"
	"evenhand/words"
)

// The bounds of what is said for a change of the rules, in characters.
const (
	MinRulesWhy = 20
	maxRulesWhy = 2000
)

// ChangeRules is a change of a marketplace's rules, as somebody asks for it.
type ChangeRules struct {
	Marketplace   string
	Basis         int // the version that they saw
	Set           routing.Set
	Justification string
}

// AskRules asks for other rules. It opens a proposal, which takes another administrator to approve.
func (d *Desk) AskRules(ctx context.Context, actor models.Actor, ask ChangeRules) (models.Proposal, error) {
	ask.Justification = models.CleanText(ask.Justification)
	var p models.Proposal
	entry := &ledger.Entry{Marketplace: ask.Marketplace, Act: routingNoun + ".request", SubjectType: "marketplace", SubjectID: ask.Marketplace}
	err := d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, ask.Marketplace, routingObject, "request"); err != nil {
			return err
		}
		text, err := d.checkChange(tx, ask)
		if err != nil {
			return err
		}
		m, err := market(tx, ask.Marketplace)
		if err != nil {
			return err
		}
		p, err = d.engine.Propose(tx, actor, approval.Request{
			Marketplace: m.ID, ID: entry.ID, Kind: models.KindChangeRouting, SubjectType: "marketplace", SubjectID: m.ID, SubjectVersion: ask.Basis,
			Payload: RulesAsked{Rules: text, Justification: ask.Justification, Salt: hex.EncodeToString(ledger.NewSalt())},
			Quorum:  1, TTL: time.Duration(m.ProposalTTLHours) * time.Hour,
		})
		if err != nil {
			return err
		}
		entry.SubjectType, entry.SubjectID = "proposal", p.ID
		entry.Set("rules", hex.EncodeToString(rulesDigest(text)))
		entry.Set("version", ask.Basis+1)
		entry.Set("digest", hex.EncodeToString(p.Digest))
		entry.Set("quorum", p.Quorum)
		entry.Set("state", p.State)
		return nil
	})
	return p, err
}

// checkChange refuses what can't be asked for, and gives the rules as they would be kept.
func (d *Desk) checkChange(tx *gorm.DB, ask ChangeRules) (string, error) {
	now, err := rulesInForce(tx, ask.Marketplace)
	if err != nil {
		return "", err
	}
	if now.version != ask.Basis {
		return "", models.E(models.Conflict, "stale_form", "Other rules have come into force since you opened this page. Open it again, and make your change to those.")
	}
	if err := notAskedRules(tx, ask.Marketplace); err != nil {
		return "", err
	}
	bad, err := d.problems(tx, ask.Marketplace, ask.Set)
	if err != nil {
		return "", err
	}
	if n := utf8.RuneCountInString(ask.Justification); n < MinRulesWhy || n > maxRulesWhy {
		bad.Say("justification", "Say in %d to %d characters what the change is for. It has %d.", MinRulesWhy, maxRulesWhy, n)
	}
	if len(routing.Diff(now.set, ask.Set)) == 0 {
		bad.Say("", "These are the rules that are in force already.")
	}
	if e := bad.E("invalid_rules", "The rules aren't right yet."); e != nil {
		return "", e
	}
	return rulesText(ask.Set)
}

// problems names what is wrong with a set by fields: r0-queue is the queue of the first rule, r0 the rule as a whole.
func (d *Desk) problems(db *gorm.DB, marketplace string, s routing.Set) (models.Mistakes, error) {
	known, err := d.known(db, marketplace)
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

// mostCategories bounds how many categories of products are looked at.
const mostCategories = 5000

// known is what rules may name here.
func (d *Desk) known(db *gorm.DB, marketplace string) (routing.Known, error) {
	var k routing.Known
	var categories []string
	err := db.Model(&models.Product{}).Distinct("category").Where("marketplace_id = ?", marketplace).Order("category").Limit(mostCategories).Pluck("category", &categories).Error
	if err != nil {
		return k, models.Translate(err)
	}
	for _, c := range categories {
		k.Categories = append(k.Categories, routing.QueueOf(c))
	}
	slices.Sort(k.Categories)
	k.Categories = slices.Compact(k.Categories)
	rights, err := d.rights.View(db)
	if err != nil {
		return k, err
	}
	k.Skills, err = skillsOf(db, rights, marketplace, rights.People(marketplace))
	return k, models.Translate(err)
}

// Known is what rules may name here, for who edits them.
func (d *Desk) Known(ctx context.Context, marketplace string) (routing.Known, error) {
	return d.known(d.db.WithContext(ctx), marketplace)
}

// notAskedRules refuses a second change while one is open; the database would, in fewer words.
func notAskedRules(tx *gorm.DB, marketplace string) error {
	var n int64
	err := tx.Model(&models.Proposal{}).Where("marketplace_id = ? AND subject_id = ? AND kind = ? AND state IN ?",
		marketplace, marketplace, models.KindChangeRouting, []string{models.ProposalOpen, models.ProposalApproved}).Count(&n).Error
	if err != nil || n == 0 {
		return err
	}
	return models.E(models.Conflict, "asked_already", "A change of these rules has been asked for already; it waits for another administrator.")
}

// ApproveRules puts rules that were asked for in force, if with it enough distinct people have approved.
func (d *Desk) ApproveRules(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	return d.engine.Decide(ctx, actor, approval.Verdict{Kind: models.KindChangeRouting, Marketplace: marketplace, Proposal: proposal, Digest: digest, Approve: true, Note: note})
}

// DeclineRules ends a request for other rules; those in force stay.
func (d *Desk) DeclineRules(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	return d.engine.Decide(ctx, actor, approval.Verdict{Kind: models.KindChangeRouting, Marketplace: marketplace, Proposal: proposal, Digest: digest, Note: note})
}
