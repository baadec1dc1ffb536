package app_test

import (
	"fmt"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// Eight approvers decide on the same requests at the same time, and the requester tries to join them: each request
// has exactly one winner and one effect, and whoever came second is told so.
func TestApproversRace(t *testing.T) {
	t.Parallel()
	requests := 200
	if testing.Short() || dbtest.UnderRace {
		requests = 16
	}
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		moderator := w.Person(t, "moor", models.RoleModerator, models.RoleSupervisor)
		proposals := make([]models.Proposal, requests)
		for i := range proposals {
			w.Review(t, w.Seller, 1)
			proposals[i] = w.Ask(t, moderator)
		}
		approvers := []models.Actor{moderator}
		for i := range 8 {
			approvers = append(approvers, w.Person(t, fmt.Sprintf("approver-%d", i), models.RoleSupervisor))
		}
		won := make([][]bool, len(approvers))
		var fns []func() error
		for i, who := range approvers {
			won[i] = make([]bool, requests)
			fns = append(fns, func() error {
				for n, p := range proposals {
					err := w.Approve(t.Context(), who, p)
					won[i][n] = err == nil
					if e := models.AsError(err); err != nil && e.Kind != models.Conflict && e.Kind != models.Forbidden && e.Kind != models.Unavailable {
						t.Errorf("%s on request %d: %v", who.Name, n, err)
					}
				}
				return nil
			})
		}
		atOnce(fns...)
		for n := range proposals {
			winners := 0
			for i := range approvers {
				if won[i][n] {
					winners++
				}
			}
			if winners != 1 || won[0][n] {
				t.Errorf("request %d has %d winners (its requester: %v); want 1", n, winners, won[0][n])
			}
		}
		counts := map[string]int{}
		for what, query := range map[string]string{
			"removed reviews":    "SELECT count(*) FROM reviews WHERE status = 'removed'",
			"effective requests": "SELECT count(*) FROM proposals WHERE state = 'effective'",
			"approvals":          "SELECT count(*) FROM approvals",
			"closed tickets":     "SELECT count(*) FROM tickets WHERE state = 'closed'",
			"entries":            "SELECT count(*) FROM ledger_entries WHERE act = 'removal.approve' AND outcome = 'done'",
		} {
			var n int
			must(t, w.DB.Raw(query).Scan(&n).Error)
			if counts[what] = n; n != requests {
				t.Errorf("%d %s; want %d", n, what, requests)
			}
		}
		verifyClean(t, w)
	})
}

func TestDrawsRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		people := []models.Actor{w.Person(t, "moor", models.RoleModerator), w.Person(t, "moss", models.RoleModerator)}
		draw := func(who models.Actor, into *models.Ticket) func() error {
			return func() (err error) {
				*into, err = w.Desk.Next(t.Context(), who, apptest.Market)
				return err
			}
		}
		const rounds = 50
		for range 2*rounds + 2 {
			w.Review(t, w.Seller, 1)
		}
		skip := func(who models.Actor, tk models.Ticket) {
			must(t, w.Desk.Skip(t.Context(), who, apptest.Market, tk.ID, "language", ""))
			must(t, w.DB.Exec("UPDATE tickets SET state = 'closed' WHERE id = ?", tk.ID).Error) // for nobody else either
		}

		t.Run("two moderators never get the same ticket", func(t *testing.T) {
			for range rounds {
				var got [2]models.Ticket
				for _, err := range atOnce(draw(people[0], &got[0]), draw(people[1], &got[1])) {
					must(t, err)
				}
				if got[0].ID == got[1].ID {
					t.Errorf("both hold ticket %s", got[0].ID)
				}
				for i, tk := range got {
					skip(people[i], tk)
				}
			}
		})
		t.Run("one moderator in two windows gets one ticket", func(t *testing.T) {
			for range 20 {
				var got [3]models.Ticket
				for _, err := range atOnce(draw(people[0], &got[0]), draw(people[0], &got[1]), draw(people[0], &got[2])) {
					must(t, err)
				}
				if got[0].ID != got[1].ID || got[0].ID != got[2].ID {
					t.Errorf("the windows show %s, %s and %s", got[0].ID, got[1].ID, got[2].ID)
				}
				must(t, w.Desk.Release(t.Context(), people[0], apptest.Market, got[0].ID))
			}
		})
		t.Run("a lapsed lease is given out once", func(t *testing.T) {
			var got [4]models.Ticket
			must(t, draw(people[0], &got[0])())
			must(t, draw(people[1], &got[1])())
			w.Clock.Wind(time.Hour)
			others := []models.Actor{w.Person(t, "mire", models.RoleModerator), w.Person(t, "mud", models.RoleModerator), w.Person(t, "marl", models.RoleModerator), w.Person(t, "mere", models.RoleModerator)}
			errs := atOnce(draw(others[0], &got[0]), draw(others[1], &got[1]), draw(others[2], &got[2]), draw(others[3], &got[3]))
			held := map[string]int{}
			for i, err := range errs {
				if err == nil {
					held[got[i].ID]++
				} else if apptest.Code(err) != "queue_empty" {
					t.Errorf("drawing: %v", err)
				}
			}
			for id, n := range held {
				if n != 1 {
					t.Errorf("%d people hold ticket %s", n, id)
				}
			}
			if len(held) != 2 {
				t.Errorf("%d of 2 lapsed tickets were given out", len(held))
			}
			var tk models.Ticket
			must(t, w.DB.Where("state = 'open'").Take(&tk).Error)
			var r models.Review
			must(t, w.DB.Where("id = ?", tk.ReviewID).Take(&r).Error)
			if err := w.Desk.Keep(t.Context(), people[0], apptest.Market, tk.ID, r.Digest); apptest.Code(err) != "lease_taken" {
				t.Errorf("keeping it under the lapsed lease: %v", err)
			}
		})
		verifyClean(t, w)
	})
}
