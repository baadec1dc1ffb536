package app_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"evenhand/app"
	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// replays fails the test unless every draw is what its seed gives.
func replays(t *testing.T, w *apptest.World) {
	t.Helper()
	verifyClean(t, w)
	r, err := w.Desk.ReplayDraws(t.Context(), w.DB.DB)
	must(t, err)
	if r.Finding != "" {
		t.Errorf("the replay says: %s", r.Finding)
	}
}

func draw(t *testing.T, w *apptest.World, who models.Actor) models.Ticket {
	t.Helper()
	tk, err := w.Desk.Next(t.Context(), who, apptest.Market)
	must(t, err)
	return tk
}

func skipIt(t *testing.T, w *apptest.World, who models.Actor, tk models.Ticket) {
	t.Helper()
	must(t, w.Desk.Skip(t.Context(), who, apptest.Market, tk.ID, "language", ""))
}

// Nothing but a decision or a skip leads on to another ticket.
func TestNoSecondRoll(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		moor, moss := w.Person(t, "moor", models.RoleModerator), w.Person(t, "moss", models.RoleModerator)
		for range 40 {
			w.Review(t, w.Seller, 1)
		}
		first := draw(t, w, moor)
		same := func(what string) {
			t.Helper()
			if got := draw(t, w, moor); got.ID != first.ID {
				t.Errorf("after %s: ticket %s; want %s again", what, got.ID, first.ID)
			}
		}
		same("a reload")
		must(t, w.Desk.Release(t.Context(), moor, apptest.Market, first.ID))
		same("handing it back")
		w.Clock.Wind(time.Hour)
		same("letting it lapse")
		w.Clock.Wind(26 * time.Hour)
		same("the next day")
		var got [4]models.Ticket
		must(t, w.Desk.Release(t.Context(), moor, apptest.Market, first.ID))
		var fns []func() error
		for i := range got {
			fns = append(fns, func() (err error) {
				got[i], err = w.Desk.Next(t.Context(), moor, apptest.Market)
				return err
			})
		}
		for i, err := range atOnce(fns...) {
			must(t, err)
			if got[i].ID != first.ID {
				t.Errorf("window %d: ticket %s; want %s again", i, got[i].ID, first.ID)
			}
		}
		w.Clock.Wind(5 * time.Minute)
		skipIt(t, w, moor, first)
		w.Clock.Wind(5 * time.Minute)
		second := draw(t, w, moor)
		if second.ID == first.ID {
			t.Error("a skipped ticket came back")
		}
		must(t, w.Desk.Release(t.Context(), moor, apptest.Market, second.ID))
		w.Clock.Wind(time.Minute)
		for { // somebody else gets it, so there is nothing to come back to
			if tk := draw(t, w, moss); tk.ID == second.ID {
				break
			} else {
				skipIt(t, w, moss, tk)
			}
			w.Clock.Wind(3 * time.Minute)
		}
		w.Clock.Wind(3 * time.Minute)
		if third := draw(t, w, moor); third.ID == second.ID {
			t.Error("two people hold one ticket")
		}
		replays(t, w)
		w.Clock.Wind(48 * time.Hour)
		_, err := w.Desk.SweepDraws(t.Context())
		must(t, err)
		replays(t, w) // now from what was revealed
	})
}

// Fifty people with two windows each draw at once, three times: nobody gets another's ticket, everybody one, and each
// person's draws are numbered without a gap.
func TestCrowdDraws(t *testing.T) {
	t.Parallel()
	people := 50
	if testing.Short() || dbtest.UnderRace {
		people = 12
	}
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		other := (&scene{World: w}).secondInstance(t)
		var crowd []models.Actor
		for i := range people {
			crowd = append(crowd, w.Person(t, fmt.Sprintf("person-%d", i), models.RoleModerator))
		}
		for range 4 * people {
			w.Review(t, w.Seller, 1)
		}
		for round := range 3 {
			w.Clock.Wind(3 * time.Minute)
			got := make([]models.Ticket, 2*people)
			var fns []func() error
			for i := range got {
				desk := w.Desk
				if i%2 == 1 {
					desk = other.Desk
				}
				fns = append(fns, func() (err error) {
					got[i], err = desk.Next(t.Context(), crowd[i/2], apptest.Market)
					return err
				})
			}
			for _, err := range atOnce(fns...) {
				must(t, err)
			}
			holder := map[string]int{}
			for i, tk := range got {
				if who, taken := holder[tk.ID]; taken && who != i/2 {
					t.Errorf("round %d: %s and %s both hold ticket %s", round, crowd[who].Name, crowd[i/2].Name, tk.ID)
				}
				holder[tk.ID] = i / 2
			}
			if len(holder) != people {
				t.Errorf("round %d: %d people hold %d tickets", round, people, len(holder))
			}
			w.Clock.Wind(2 * time.Minute)
			for i := 0; i < len(got); i += 2 {
				skipIt(t, w, crowd[i/2], got[i])
			}
		}
		var bad int
		must(t, w.DB.Raw("SELECT count(*) FROM (SELECT person_id FROM draws GROUP BY person_id, period HAVING min(n) <> 0 OR max(n) <> count(*) - 1) x").Scan(&bad).Error)
		if bad != 0 {
			t.Errorf("%d people's draws have gaps", bad)
		}
		if n := w.Entries(t, "draws.commit", models.OutcomeDone); n < 1 || n > 2 { // two around midnight
			t.Errorf("%d commitments", n)
		}
		replays(t, w)
	})
}

// A seed is revealed when its day is over, and not before.
func TestSeedsAreRevealedLate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		moor := w.Person(t, "moor", models.RoleModerator)
		w.Review(t, w.Seller, 1)
		draw(t, w, moor)
		first := w.Now().Format(time.DateOnly)
		revealed := func() (n int) {
			_, err := w.Desk.SweepDraws(t.Context())
			must(t, err)
			must(t, w.DB.Raw("SELECT count(*) FROM draw_seeds WHERE period = ? AND seed IS NOT NULL", first).Scan(&n).Error)
			return n
		}
		if revealed() != 0 {
			t.Error("the seed was revealed on its own day")
		}
		w.Clock.Wind(w.Now().Truncate(24 * time.Hour).Add(24*time.Hour + 9*time.Minute).Sub(w.Now()))
		if revealed() != 0 {
			t.Error("the seed was revealed while an instance with a slow clock might still draw from it")
		}
		w.Clock.Wind(2 * time.Minute)
		if revealed() != 1 || revealed() != 1 {
			t.Error("the seed wasn't revealed after its day")
		}
		if n := w.Entries(t, "draws.reveal", models.OutcomeDone); n != 1 {
			t.Errorf("%d entries reveal it", n)
		}
		replays(t, w)
	})
}

// Whoever opens a review that no draw gave them is on record, once a day.
func TestSelfRoutingIsOnRecord(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		both, auditor := w.Person(t, "moor", models.RoleModerator, models.RoleSupervisor), w.Person(t, "argil", models.RoleAuditor)
		mine := w.Review(t, w.Seller, 1)
		draw(t, w, both)
		other := w.Review(t, w.Seller, 1)
		look := func(who models.Actor, r models.Review) {
			t.Helper()
			_, err := w.Desk.History(t.Context(), who, apptest.Market, r.ID, "link")
			must(t, err)
		}
		for range 3 {
			look(both, mine)
			look(both, other)
			look(auditor, other)
		}
		if n := w.Entries(t, "review.open", models.OutcomeDone); n != 1 {
			t.Errorf("%d entries; want one, for the review that wasn't drawn", n)
		}
		w.Clock.Wind(24 * time.Hour)
		look(both, other)
		if n := w.Entries(t, "review.open", models.OutcomeDone); n != 2 {
			t.Errorf("%d entries on the second day; want 2", n)
		}
		replays(t, w)
	})
}

// Who has no seal key can verify all but the seals and whose key the seeds are.
func TestVerifyWithoutTheSealKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHistory(t, db)
		a, err := app.New(db.DB, app.Options{SealKey: bytes.Repeat([]byte("x"), 32)})
		must(t, err)
		for seals, want := range map[bool]string{true: "approvals: approval ", false: ""} {
			r, err := ledger.Verify(t.Context(), db.DB, ledger.Trusted{Public: h.Log.Public()}, a.Checks(seals))
			must(t, err)
			if got := r.Disagreement; !strings.HasPrefix(got, want) || (want == "") != (got == "") {
				t.Errorf("with seals %t, Verify says %q; want %q", seals, got, want)
			}
		}
	})
}
