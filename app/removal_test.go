package app_test

import (
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func TestOneRemoval(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		r := w.Review(t, w.Seller, 1)
		moderator, supervisor := w.Person(t, "moor", models.RoleModerator), w.Person(t, "sand", models.RoleSupervisor)

		p := w.Ask(t, moderator)
		if got := w.Status(t, r); got != models.ReviewPublished {
			t.Fatalf("after the request the review is %s; want published", got)
		}
		if err := w.Approve(t.Context(), supervisor, p); err != nil {
			t.Fatalf("Approve: %v", err)
		}
		if got := w.Status(t, r); got != models.ReviewRemoved {
			t.Fatalf("after the approval the review is %s; want removed", got)
		}
		var state string
		w.DB.Raw("SELECT state FROM proposals WHERE id = ?", p.ID).Scan(&state)
		if state != models.ProposalEffective {
			t.Errorf("the proposal is %s; want effective", state)
		}
		if err := w.Desk.Restore(t.Context(), supervisor, apptest.Market, r.ID, 1, "The author showed the invoice."); err != nil {
			t.Fatalf("Restore: %v", err)
		}
		if got := w.Status(t, r); got != models.ReviewPublished {
			t.Errorf("after the restoration the review is %s; want published", got)
		}
		verifyClean(t, w)
		for act, want := range map[string]int{"ticket.draw": 1, "removal.request": 1, "removal.approve": 1, "review.restore": 1} {
			if got := w.Entries(t, act, models.OutcomeDone); got != want {
				t.Errorf("%d entries of %s; want %d", got, act, want)
			}
		}
	})
}

func TestEndsOfARequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		moderator, supervisor := w.Person(t, "moor", models.RoleModerator), w.Person(t, "sand", models.RoleSupervisor)
		ticketState := func(t *testing.T, r models.Review) string {
			var s string
			w.DB.Raw("SELECT state FROM tickets WHERE review_id = ?", r.ID).Scan(&s)
			return s
		}

		t.Run("declined: stays published, ticket closed", func(t *testing.T) {
			r := w.Review(t, w.Seller, 1)
			p := w.Ask(t, moderator)
			if _, err := w.Desk.Decline(t.Context(), supervisor, apptest.Market, p.ID, p.Digest, "The order is there after all."); err != nil {
				t.Fatal(err)
			}
			if w.Status(t, r) != models.ReviewPublished || ticketState(t, r) != models.TicketClosed {
				t.Errorf("review %s, ticket %s", w.Status(t, r), ticketState(t, r))
			}
		})
		t.Run("withdrawn: ticket open again", func(t *testing.T) {
			r := w.Review(t, w.Seller, 1)
			p := w.Ask(t, moderator)
			if _, err := w.Desk.Withdraw(t.Context(), supervisor, apptest.Market, p.ID, p.Digest); apptest.Code(err) != "not_your_request" {
				t.Errorf("somebody else's Withdraw: %v", err)
			}
			if _, err := w.Desk.Withdraw(t.Context(), moderator, apptest.Market, p.ID, p.Digest); err != nil {
				t.Fatal(err)
			}
			if ticketState(t, r) != models.TicketOpen {
				t.Errorf("ticket %s; want open", ticketState(t, r))
			}
			if err := w.Approve(t.Context(), supervisor, p); apptest.Code(err) != "already_decided" {
				t.Errorf("Approve of a withdrawn request: %v", err)
			}
		})
		t.Run("edited: void", func(t *testing.T) {
			r := w.Review(t, w.Seller, 1)
			other := w.Person(t, "moss", models.RoleModerator)
			var p models.Proposal
			for p.SubjectID != r.ID {
				p = w.Ask(t, other)
			}
			if err := w.Edit(t.Context(), r, "It works again, sorry."); err != nil {
				t.Fatal(err)
			}
			if err := w.Approve(t.Context(), supervisor, p); apptest.Code(err) != "already_decided" {
				t.Errorf("Approve of a void request: %v", err)
			}
			if w.Status(t, r) != models.ReviewPublished || ticketState(t, r) != models.TicketOpen {
				t.Errorf("review %s, ticket %s", w.Status(t, r), ticketState(t, r))
			}
		})
		t.Run("expired: not removed", func(t *testing.T) {
			r := w.Review(t, w.Seller, 1)
			third := w.Person(t, "mire", models.RoleModerator)
			var p models.Proposal
			for p.SubjectID != r.ID {
				p = w.Ask(t, third)
			}
			w.Clock.Wind(73 * time.Hour)
			if err := w.Approve(t.Context(), supervisor, p); apptest.Code(err) != "expired" {
				t.Errorf("Approve of an overdue request: %v", err)
			}
			if n, err := w.Engine.Expire(t.Context()); err != nil || n < 1 {
				t.Errorf("Expire: %d, %v", n, err)
			}
			if w.Status(t, r) != models.ReviewPublished || ticketState(t, r) != models.TicketClosed {
				t.Errorf("review %s, ticket %s", w.Status(t, r), ticketState(t, r))
			}
		})
		verifyClean(t, w)
	})
}

// verifyClean fails the test when the ledger and the database disagree.
func verifyClean(t *testing.T, w *apptest.World) {
	t.Helper()
	must(t, w.Sequencer.Drain(t.Context()))
	r, err := w.Verify(t.Context(), w.DB.DB)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	if r.Disagreement != "" {
		t.Errorf("Verify: %s", r.Disagreement)
	}
}
