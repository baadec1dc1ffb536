package app_test

import (
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

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
