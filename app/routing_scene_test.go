package app_test

import (
	"testing"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/routing"
	"evenhand/rulebook"
	"evenhand/staff"
)

// routed is a marketplace with two administrators, moderators with and without a skill, and a rule set to ask for.
type routed struct {
	*apptest.World
	first, second models.Actor // administrators
	moor, legal   models.Actor // moderators; legal has the skill of that name
}

func newRouted(t *testing.T, db *dbtest.DB) *routed {
	t.Helper()
	w := apptest.New(t, db)
	r := &routed{World: w, first: w.Person(t, "adam", models.RoleAdministrator), second: w.Person(t, "beryl", models.RoleAdministrator),
		moor: w.Person(t, "moor", models.RoleModerator), legal: w.Person(t, "legal")}
	r.can(t, "legal", "legal")
	return r
}

// can makes somebody a moderator with skills.
func (r *routed) can(t *testing.T, name string, skills ...string) {
	t.Helper()
	_, err := r.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{Email: name + "@example.test", Role: models.RoleModerator, Marketplace: apptest.Market, Skills: skills})
	must(t, err)
}

func from(n int) routing.Range { return routing.Range{From: &n} }

// rules send what a seller flags with a high score to the law, and what is flagged from two sides before the rest.
func rules() routing.Set {
	return routing.Set{Language: "de", RepeatDays: 30, Rules: []routing.Rule{
		{Name: "Legal", When: routing.When{Sources: []string{models.FlagSeller}, Score: from(80)}, Queue: "legal", Priority: 5, DueHours: 4, Skill: "legal"},
		{Name: "From two sides", When: routing.When{Distinct: 2}, Queue: "urgent", Priority: 3, DueHours: 6},
		{Name: "Everything", DueHours: 24},
	}}
}

const whyRules = "Sellers' legal letters waited for days in the queue of their category."

func (r *routed) ask(t *testing.T, set routing.Set) models.Proposal {
	t.Helper()
	p, err := r.Routing.Ask(t.Context(), r.first, rulebook.Change{Marketplace: apptest.Market, Basis: r.version(t), Set: set, Justification: whyRules})
	must(t, err)
	return p
}

func (r *routed) version(t *testing.T) int {
	t.Helper()
	now, err := r.Routing.Rules(t.Context(), r.first, apptest.Market)
	must(t, err)
	return now.Version
}

// inForce has two administrators agree on rules.
func (r *routed) inForce(t *testing.T, set routing.Set) models.Proposal {
	t.Helper()
	p := r.ask(t, set)
	got, err := r.Routing.Approve(t.Context(), r.second, apptest.Market, p.ID, p.Digest, "Looked at the preview.")
	must(t, err)
	if got.State != models.ProposalEffective {
		t.Fatalf("the change is %s", got.State)
	}
	return p
}

// report has somebody flag a review.
func (r *routed) report(t *testing.T, rev models.Review, source string, score *int) int {
	t.Helper()
	n := 0
	entry := &ledger.Entry{Marketplace: apptest.Market, Act: "reviews.flag", SubjectType: "review", SubjectID: rev.ID}
	must(t, r.Ledger.Act(t.Context(), models.Command("import"), entry, func(tx *gorm.DB) (err error) {
		n, err = r.Desk.Flag(tx, entry.At, []models.Flagged{{Review: rev, Source: source, Score: score, Text: "It breaks the rules."}})
		return err
	}))
	return n
}

// flagged brings a review in that only this flag opens a ticket for.
func (r *routed) flagged(t *testing.T, source string, score *int) models.Review {
	t.Helper()
	rev := r.Silent(t, r.Seller, 1)
	r.report(t, rev, source, score)
	return rev
}

func (r *routed) ticket(t *testing.T, rev models.Review) models.Ticket {
	t.Helper()
	var tk models.Ticket
	must(t, r.DB.Where("marketplace_id = ? AND review_id = ?", apptest.Market, rev.ID).Order("opened_at DESC, id DESC").Limit(1).Take(&tk).Error)
	return tk
}

func score(n int) *int { return &n }
