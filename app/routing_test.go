package app_test

import (
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/rulebook"
)

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
		way, err := r.Routing.TicketRoutes(t.Context(), r.second, apptest.Market, r.ticket(t, after).ID)
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
		p, err := r.Routing.Preview(t.Context(), r.first, apptest.Market, rules())
		must(t, err)
		if p.Tickets != len(flags) || p.Same != len(flags)-1 || len(p.Ways) != 1 || p.Ways[0].Tickets != 1 || len(p.Problems) != 0 {
			t.Fatalf("%+v", p)
		}
		r.inForce(t, rules())
		r.Clock.Wind(2 * time.Minute)
		elsewhere := 0
		for _, f := range flags {
			tk := r.ticket(t, r.flagged(t, f.source, f.score))
			got := rulebook.Stop{Queue: tk.Queue, Priority: tk.Priority, DueHours: int(tk.DueAt.Sub(tk.OpenedAt).Hours()), Skill: tk.Skill}
			if got != (rulebook.Stop{Queue: "kitchen", DueHours: 24}) {
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
