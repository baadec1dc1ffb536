package moderation_test

import (
	"fmt"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/staff"
)

// handOn ends a ticket for a moderator in the one way that lets them draw another.
func handOn(t *testing.T, w *apptest.World, who models.Actor, tk models.Ticket) {
	t.Helper()
	if err := w.Desk.Skip(t.Context(), who, apptest.Market, tk.ID, "language", ""); err != nil {
		t.Fatal(err)
	}
}

// setPriority changes what nobody but the database's owner can.
func setPriority(t *testing.T, w *apptest.World, priority int, where string) {
	t.Helper()
	owner := w.DB.Owner(t)
	off := "ALTER TABLE tickets DISABLE TRIGGER tickets_urgency"
	if !models.IsPostgres(owner) {
		off = "DROP TRIGGER IF EXISTS tickets_urgency"
	}
	for _, stmt := range []string{off, fmt.Sprintf("UPDATE tickets SET priority = %d WHERE %s", priority, where)} {
		if err := owner.Exec(stmt).Error; err != nil {
			t.Fatal(err)
		}
	}
}

func TestNext(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		moor := w.Person(t, "moor", models.RoleModerator)
		for range 42 {
			w.Review(t, w.Seller, 1)
		}

		t.Run("draws among the most urgent", func(t *testing.T) {
			r := w.Review(t, w.Seller, 1) // later, so less urgent than 42 others
			seen := map[string]bool{}
			for range 12 { // the 25 most urgent of 42
				ticket, err := w.Desk.Next(t.Context(), moor, apptest.Market)
				if err != nil {
					t.Fatal(err)
				}
				if ticket.ReviewID == r.ID {
					t.Error("drew a ticket that isn't among the 25 most urgent")
				}
				seen[ticket.ReviewID] = true
				handOn(t, w, moor, ticket)
			}
			if len(seen) != 12 {
				t.Errorf("12 draws gave %d different tickets", len(seen))
			}
		})
		t.Run("priority goes first", func(t *testing.T) {
			urgent := w.Review(t, w.Seller, 1)
			setPriority(t, w, 5, "id IN (SELECT id FROM tickets WHERE id NOT IN (SELECT ticket_id FROM skips) ORDER BY opened_at, id LIMIT 26)")
			setPriority(t, w, 9, "review_id = '"+urgent.ID+"'")
			for range 3 { // 27 are urgent, and the draw is from 25
				ticket, err := w.Desk.Next(t.Context(), moor, apptest.Market)
				if err != nil {
					t.Fatal(err)
				}
				if ticket.Priority < 5 {
					t.Errorf("drew a ticket of priority %d while 25 more urgent ones wait", ticket.Priority)
				}
				handOn(t, w, moor, ticket)
			}
		})
		t.Run("only from the queues of the grant", func(t *testing.T) {
			_, err := w.Staff.Add(t.Context(), models.Command("staff"), staff.NewAccount{Email: "toy@example.test", Name: "toy", Password: apptest.Password})
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{Email: "toy@example.test", Role: models.RoleModerator, Marketplace: apptest.Market, Queues: []string{"toys"}})
			if err != nil {
				t.Fatal(err)
			}
			p, err := staff.ByEmail(w.DB.DB, "toy@example.test")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Desk.Next(t.Context(), staff.Actor(p), apptest.Market); apptest.Code(err) != "queue_empty" {
				t.Errorf("a kitchen ticket went to a toys moderator: %v", err)
			}
		})
		t.Run("a lapsed lease goes to somebody else", func(t *testing.T) {
			ticket, err := w.Desk.Next(t.Context(), moor, apptest.Market)
			if err != nil {
				t.Fatal(err)
			}
			w.Clock.Wind(11 * time.Minute)
			w.DB.Exec("UPDATE tickets SET state = 'closed' WHERE id <> ?", ticket.ID)
			moss := w.Person(t, "moss", models.RoleModerator)
			again, err := w.Desk.Next(t.Context(), moss, apptest.Market)
			if err != nil || again.ID != ticket.ID {
				t.Fatalf("Next: %v, %v", again.ID, err)
			}
			if err := w.Desk.Keep(t.Context(), moor, apptest.Market, ticket.ID, nil); apptest.Code(err) != "lease_taken" {
				t.Errorf("Keep without the lease: %v", err)
			}
			if _, err := w.Desk.Ticket(t.Context(), moor, apptest.Market, ticket.ID); apptest.Code(err) != "lease_taken" {
				t.Errorf("looking at somebody else's ticket: %v", err)
			}
		})
		t.Run("an unknown marketplace", func(t *testing.T) {
			if _, err := w.Desk.Next(t.Context(), moor, "nowhere"); apptest.Code(err) != "no_marketplace" {
				t.Errorf("Next: %v", err)
			}
		})
	})
}
