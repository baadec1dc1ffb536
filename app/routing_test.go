package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
	"evenhand/routing"
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
	p, err := r.Desk.AskRules(t.Context(), r.first, moderation.ChangeRules{Marketplace: apptest.Market, Basis: r.version(t), Set: set, Justification: whyRules})
	must(t, err)
	return p
}

func (r *routed) version(t *testing.T) int {
	t.Helper()
	now, err := r.Desk.Rules(t.Context(), r.first, apptest.Market)
	must(t, err)
	return now.Version
}

// inForce has two administrators agree on rules.
func (r *routed) inForce(t *testing.T, set routing.Set) models.Proposal {
	t.Helper()
	p := r.ask(t, set)
	got, err := r.Desk.ApproveRules(t.Context(), r.second, apptest.Market, p.ID, p.Digest, "Looked at the preview.")
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

// Rules come into force by two administrators, route from then on, and verify and the replay agree.
func TestRulesInForce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := newRouted(t, db)
		before := r.flagged(t, models.FlagSeller, score(95))
		if tk := r.ticket(t, before); tk.Queue != "kitchen" || tk.Priority != 0 || tk.DueAt.Sub(tk.OpenedAt) != 24*time.Hour || tk.Skill != "" {
			t.Errorf("by the program's own rules: %+v", tk)
		}
		p := r.inForce(t, rules())
		r.Clock.Wind(2 * time.Minute)
		after := r.flagged(t, models.FlagSeller, score(95))
		if tk := r.ticket(t, after); tk.Queue != "legal" || tk.Priority != 5 || tk.DueAt.Sub(tk.OpenedAt) != 4*time.Hour || tk.Skill != "legal" {
			t.Errorf("by the new ones: %+v", tk)
		}
		if tk := r.ticket(t, before); tk.Queue != "kitchen" {
			t.Error("a ticket from before was moved")
		}
		way, err := r.Desk.TicketRoutes(t.Context(), r.second, apptest.Market, r.ticket(t, after).ID)
		must(t, err)
		if len(way.Stops) != 1 || way.Stops[0].Version != 1 || way.Stops[0].RuleName != "Legal" {
			t.Errorf("its way: %+v", way)
		}
		var kept models.RuleSet
		must(t, r.DB.Where("marketplace_id = ?", apptest.Market).Take(&kept).Error)
		if kept.ProposalID != p.ID || kept.Version != 1 {
			t.Errorf("%+v", kept)
		}
		r.Clock.Wind(2 * time.Minute)
		if tk := draw(t, r.World, r.moor); tk.ReviewID != before.ID {
			t.Error("a moderator without the skill was given a ticket that takes it")
		}
		if tk := draw(t, r.World, r.legal); tk.ReviewID != after.ID {
			t.Error("the most urgent ticket wasn't drawn first")
		}
		replays(t, r.World)
	})
}

// What a preview says of past tickets is what routing does with the same flags afterwards.
func TestPreviewIsWhatRoutingDoes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := newRouted(t, db)
		type flag struct {
			source string
			score  *int
		}
		flags := []flag{{models.FlagSeller, score(95)}, {models.FlagSeller, score(79)}, {models.FlagSeller, nil}, {models.FlagCustomer, score(99)}, {models.FlagClassifier, score(80)}}
		for _, f := range flags {
			r.flagged(t, f.source, f.score)
		}
		p, err := r.Desk.PreviewRules(t.Context(), r.first, apptest.Market, rules())
		must(t, err)
		if p.Tickets != len(flags) || p.Same != len(flags)-1 || len(p.Ways) != 1 || p.Ways[0].Tickets != 1 || len(p.Problems) != 0 {
			t.Fatalf("%+v", p)
		}
		r.inForce(t, rules())
		r.Clock.Wind(2 * time.Minute)
		elsewhere := 0
		for _, f := range flags {
			tk := r.ticket(t, r.flagged(t, f.source, f.score))
			got := moderation.Stop{Queue: tk.Queue, Priority: tk.Priority, DueHours: int(tk.DueAt.Sub(tk.OpenedAt).Hours()), Skill: tk.Skill}
			if got != (moderation.Stop{Queue: "kitchen", DueHours: 24}) {
				if elsewhere++; got != p.Ways[0].Would {
					t.Errorf("%v went to %+v; the preview said %+v", f, got, p.Ways[0].Would)
				}
			}
		}
		if elsewhere != p.Ways[0].Tickets {
			t.Errorf("%d tickets went elsewhere; the preview said %d", elsewhere, p.Ways[0].Tickets)
		}
		replays(t, r.World)
	})
}

func TestFlagsOfOneReviewAreOneTicket(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := newRouted(t, db)
		r.inForce(t, rules())
		rev := r.flagged(t, models.FlagSeller, nil)
		first := r.ticket(t, rev)
		r.Clock.Wind(3 * time.Minute)
		if n := r.report(t, rev, models.FlagSeller, nil); n != 0 || r.ticket(t, rev).Route != 0 {
			t.Error("a second flag of the same kind changed something")
		}
		r.Clock.Wind(3 * time.Minute)
		if n := r.report(t, rev, models.FlagCustomer, nil); n != 0 {
			t.Errorf("%d tickets were opened for a review that has one", n)
		}
		now := r.ticket(t, rev)
		if now.ID != first.ID || now.Queue != "urgent" || now.Priority != 3 || !now.DueAt.Before(first.DueAt) {
			t.Errorf("flagged from two sides: %+v", now)
		}
		r.Clock.Wind(3 * time.Minute)
		tk := draw(t, r.World, r.moor)
		must(t, r.Desk.Keep(t.Context(), r.moor, apptest.Market, tk.ID, rev.Digest))
		replays(t, r.World)

		r.Clock.Wind(time.Hour)
		if n := r.report(t, rev, models.FlagCustomer, nil); n != 0 || r.ticket(t, rev).State != models.TicketClosed {
			t.Error("a repeated flag opened what somebody had decided")
		}
		if n := r.report(t, rev, models.FlagClassifier, score(40)); n != 1 {
			t.Errorf("a new source opened %d tickets", n)
		}
		again := draw(t, r.World, r.legal)
		must(t, r.Desk.Keep(t.Context(), r.legal, apptest.Market, again.ID, rev.Digest))
		r.Clock.Wind(time.Hour)
		must(t, r.Edit(t.Context(), rev, "Now it is worse."))
		must(t, r.DB.Where("id = ?", rev.ID).Take(&rev).Error)
		if n := r.report(t, rev, models.FlagCustomer, nil); n != 1 {
			t.Errorf("an edited text opened %d tickets", n)
		}
		third := draw(t, r.World, r.moor)
		must(t, r.Desk.Keep(t.Context(), r.moor, apptest.Market, third.ID, rev.Digest))
		r.Clock.Wind(31 * 24 * time.Hour)
		if n := r.report(t, rev, models.FlagCustomer, nil); n != 1 {
			t.Errorf("after 31 days a flag opened %d tickets", n)
		}
		replays(t, r.World)
	})
}

func TestEscalate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := newRouted(t, db)
		rev := r.flagged(t, models.FlagCustomer, nil)
		tk := draw(t, r.World, r.moor)
		esc := func(who models.Actor, skill, reason, note string) error {
			return r.Desk.Escalate(t.Context(), who, apptest.Market, tk.ID, skill, reason, note)
		}
		const note = "It quotes a court order; see the second sentence."
		for name, err := range map[string]error{
			"a skill of nobody": esc(r.moor, "images", "law", note), "a person": esc(r.moor, "legal@example.test", "law", note),
			"no reason": esc(r.moor, "legal", "", note), "no note": esc(r.moor, "legal", "law", "x"),
		} {
			if apptest.Code(err) != "invalid_escalation" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := esc(r.legal, "legal", "law", note); err == nil {
			t.Error("somebody else escalated the ticket, or to themselves")
		}
		if err := esc(r.first, "legal", "law", note); apptest.Code(err) != "no_right" {
			t.Errorf("an administrator: %v", err)
		}
		r.Clock.Wind(2 * time.Minute)
		must(t, esc(r.moor, "legal", "law", note))
		if got := r.ticket(t, rev); got.Skill != "legal" || got.LeaseHolderID != nil || got.Queue != "kitchen" {
			t.Errorf("escalated: %+v", got)
		}
		if err := esc(r.moor, "legal", "law", note); err == nil {
			t.Error("it was escalated twice")
		}
		r.Clock.Wind(3 * time.Minute)
		if _, err := r.Desk.Next(t.Context(), r.moor, apptest.Market); apptest.Code(err) != "queue_empty" {
			t.Errorf("it came back to who escalated it: %v", err)
		}
		r.report(t, rev, models.FlagSeller, nil) // a flag more doesn't undo it
		r.Clock.Wind(3 * time.Minute)
		if got := draw(t, r.World, r.legal); got.ID != tk.ID || got.Skill != "legal" {
			t.Errorf("whoever has the skill got %+v", got)
		}
		replays(t, r.World)
	})
}

// Two people who press “next” at once, fifty times over, never get the same ticket; and a lapsed lease comes back once.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := newRouted(t, db)
		r.can(t, "moor", "legal")
		r.inForce(t, rules())
		reviews := map[string]models.Review{}
		add := func(n int) {
			for i := range n {
				rev := r.flagged(t, models.FlagSeller, score(70+i%20))
				reviews[rev.ID] = rev
			}
		}
		add(40)
		both := []models.Actor{r.moor, r.legal}
		next := func() [2]models.Ticket {
			var got [2]models.Ticket
			for _, err := range atOnce(
				func() (err error) { got[0], err = r.Desk.Next(t.Context(), both[0], apptest.Market); return err },
				func() (err error) { got[1], err = r.Desk.Next(t.Context(), both[1], apptest.Market); return err },
			) {
				must(t, err)
			}
			return got
		}
		given := map[string]int{}
		for range 50 {
			got := next()
			if got[0].ID == got[1].ID {
				t.Fatalf("both hold ticket %s", got[0].ID)
			}
			for i, tk := range got {
				given[tk.ID]++
				must(t, r.Desk.Keep(t.Context(), both[i], apptest.Market, tk.ID, reviews[tk.ReviewID].Digest))
			}
			add(2)
			r.Clock.Wind(20 * time.Second)
		}
		for id, n := range given {
			if n != 1 {
				t.Errorf("ticket %s was given out %d times", id, n)
			}
		}
		lapsed := draw(t, r.World, r.moor)
		must(t, r.Desk.SayShift(t.Context(), r.moor, apptest.Market, models.ShiftOff))
		var rest []string
		must(t, r.DB.Model(&models.Ticket{}).Where("state = 'open' AND id <> ?", lapsed.ID).Pluck("id", &rest).Error)
		must(t, r.DB.Model(&models.Ticket{}).Where("id IN ?", rest).Updates(map[string]any{"state": models.TicketClosed, "closed_at": r.Now()}).Error)
		r.Clock.Wind(time.Hour)
		got := [2]models.Ticket{}
		third := r.Person(t, "third")
		r.can(t, "third", "legal")
		errs := atOnce(
			func() (err error) { got[0], err = r.Desk.Next(t.Context(), r.legal, apptest.Market); return err },
			func() (err error) { got[1], err = r.Desk.Next(t.Context(), third, apptest.Market); return err },
		)
		came := 0
		for i, err := range errs {
			if err == nil && got[i].ID == lapsed.ID {
				came++
			}
		}
		if came != 1 {
			t.Errorf("a ticket whose lease lapsed came back %d times: %v", came, errs)
		}
	})
}

func TestShifts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := newRouted(t, db)
		r.DrawApprovers(t)
		var sups []models.Actor
		for i := range 6 {
			sups = append(sups, r.Person(t, fmt.Sprint("sup-", i), models.RoleSupervisor))
		}
		say := func(who models.Actor, state string) {
			must(t, r.Desk.SayShift(t.Context(), who, apptest.Market, state))
		}
		say(sups[2], models.ShiftOn)
		say(sups[4], models.ShiftOn)
		say(sups[5], models.ShiftOn)
		say(sups[5], models.ShiftBreak)
		if err := r.Desk.SayShift(t.Context(), r.first, apptest.Market, models.ShiftOn); apptest.Code(err) != "no_right" {
			t.Errorf("an administrator is on shift: %v", err)
		}
		drawnFor := func() []string {
			r.Clock.Wind(3 * time.Minute)
			r.flagged(t, models.FlagSeller, nil)
			p := r.Ask(t, r.moor)
			var who []string
			must(t, r.DB.Model(&models.ApproverDraw{}).Where("proposal_id = ?", p.ID).Pluck("pool", &who).Error)
			pool, err := ledger.ParseStrings(who[0])
			must(t, err)
			return pool
		}
		want := []string{sups[2].ID, sups[4].ID}
		slices.Sort(want)
		if got := drawnFor(); !slices.Equal(got, want) {
			t.Errorf("drawn from %v; want those on shift, %v", got, want)
		}
		loads, err := r.Desk.Loads(t.Context(), sups[0], apptest.Market)
		must(t, err)
		if len(loads) != 3 || loads[0].Waiting != 1 {
			t.Errorf("loads %+v", loads)
		}
		if _, err := r.Desk.Loads(t.Context(), r.moor, apptest.Market); apptest.Code(err) != "no_right" {
			t.Errorf("a moderator reads loads: %v", err)
		}
		r.Clock.Wind(13 * time.Hour) // nobody ended them
		if got := drawnFor(); len(got) != 6 {
			t.Errorf("with nobody on shift drawn from %d people; want 6", len(got))
		}
		replays(t, r.World)
		owner := unguarded(t, r.World)
		must(t, r.Sequencer.Drain(t.Context()))
		if got := undoing(t, r.World, owner, "UPDATE shifts SET state = 'off' WHERE staff_id = @who", map[string]any{"who": sups[2].ID}); !strings.Contains(got, "says something else than its entry") {
			t.Errorf("verify says %q", got)
		}
	})
}
