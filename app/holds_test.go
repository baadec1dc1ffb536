package app_test

import (
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

// How a hold ends, whatever happens first.
func TestHoldEnds(t *testing.T) {
	t.Parallel()
	decline := func(t *testing.T, h *heldScene) {
		_, err := h.Desk.Decline(t.Context(), h.approver, apptest.Market, h.p.ID, h.p.Digest, "That isn't anybody's address.")
		must(t, err)
	}
	for _, x := range []struct {
		name        string
		do          func(t *testing.T, h *heldScene)
		status, how string
	}{
		{"by itself", func(t *testing.T, h *heldScene) {
			h.Clock.Wind(4*time.Hour - time.Second)
			if n, err := h.Desk.SweepHolds(t.Context()); err != nil || n != 0 {
				t.Errorf("a second before its time the sweep ended %d, %v", n, err)
			}
			h.Clock.Wind(time.Second)
			if h.hidden(t) {
				t.Error("past its time, and before any sweep, customers still don't read it")
			}
			if n, err := h.Desk.SweepHolds(t.Context()); err != nil || n != 1 {
				t.Errorf("the sweep ended %d holds, %v; want 1", n, err)
			}
		}, models.ReviewPublished, models.HoldLapsed},
		{"with a removal", func(t *testing.T, h *heldScene) {
			h.askFor(t, models.ActionRemove)
			must(t, h.approve(t, h.approver))
		}, models.ReviewRemoved, models.HoldConfirmed},
		{"with a redaction", func(t *testing.T, h *heldScene) {
			h.askFor(t, models.ActionRedact)
			must(t, h.approve(t, h.approver))
		}, models.ReviewRedacted, models.HoldConfirmed},
		{"with a request that was declined", func(t *testing.T, h *heldScene) {
			h.askFor(t, models.ActionRemove)
			decline(t, h)
		}, models.ReviewPublished, models.HoldLifted},
		{"with a request that was withdrawn", func(t *testing.T, h *heldScene) {
			h.askFor(t, models.ActionRemove)
			_, err := h.Desk.Withdraw(t.Context(), h.asker, apptest.Market, h.p.ID, h.p.Digest)
			must(t, err)
		}, models.ReviewPublished, models.HoldLifted},
		{"with a decision to keep it", func(t *testing.T, h *heldScene) {
			must(t, h.Desk.Keep(t.Context(), h.asker, apptest.Market, h.ticket.ID, h.review.Digest))
		}, models.ReviewPublished, models.HoldLifted},
		{"by one supervisor", func(t *testing.T, h *heldScene) {
			must(t, h.Desk.LiftHold(t.Context(), h.approver, apptest.Market, h.last(t).ID))
			if got := apptest.Code(h.Desk.LiftHold(t.Context(), h.approver, apptest.Market, h.last(t).ID)); got != "hold_over" {
				t.Errorf("lifting it twice: %q", got)
			}
		}, models.ReviewPublished, models.HoldLifted},
		{"with a removal after its time, before any sweep", func(t *testing.T, h *heldScene) {
			h.askFor(t, models.ActionRemove)
			h.Clock.Wind(5 * time.Hour)
			must(t, h.approve(t, h.approver))
		}, models.ReviewRemoved, models.HoldLapsed},
		{"not with an edit, and once more with the new version", func(t *testing.T, h *heldScene) {
			must(t, h.Edit(t.Context(), h.review, "My number is in the phone book."))
			h.is(t, models.ReviewHeld, "")
			h.Clock.Wind(5 * time.Hour)
			_, err := h.Desk.SweepHolds(t.Context())
			must(t, err)
			must(t, h.DB.Where("id = ?", h.review.ID).Take(&h.review).Error)
			_, err = h.Desk.PlaceHold(t.Context(), h.asker, h.hold())
			must(t, err)
		}, models.ReviewHeld, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				h := newHeld(t, db)
				h.place(t)
				if !h.hidden(t) {
					t.Error("customers read what is held")
				}
				h.is(t, models.ReviewHeld, "")
				x.do(t, h)
				h.is(t, x.status, x.how)
				if x.status == models.ReviewPublished { // once is once
					h.review.Status = models.ReviewPublished
					must(t, flagAgain(t, h))
					_, err := h.Desk.PlaceHold(t.Context(), h.asker, h.hold())
					if got := apptest.Code(err); got != "not_holdable" {
						t.Errorf("a second hold of the same version: %q", got)
					}
				}
			})
		})
	}
}

func TestHoldIsRefused(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, code string
		do         func(t *testing.T, h *heldScene, ask *moderation.Hold) models.Actor
	}{
		{"where it is off", "holds_off", func(t *testing.T, h *heldScene, _ *moderation.Hold) models.Actor {
			h.AllowHolds(t, 0, 240)
			return h.asker
		}},
		{"for another reason", "invalid_hold", func(_ *testing.T, h *heldScene, ask *moderation.Hold) models.Actor {
			ask.Reason = "FAKE_EXPERIENCE"
			return h.asker
		}},
		{"for no reason", "invalid_hold", func(_ *testing.T, h *heldScene, ask *moderation.Hold) models.Actor { ask.Reason = ""; return h.asker }},
		{"in few words", "invalid_hold", func(_ *testing.T, h *heldScene, ask *moderation.Hold) models.Actor { ask.Words = "bad"; return h.asker }},
		{"of another text than was read", "stale_form", func(_ *testing.T, h *heldScene, ask *moderation.Hold) models.Actor {
			ask.Seen = h.review.Salt
			return h.asker
		}},
		{"to another moderator", "lease_taken", func(t *testing.T, h *heldScene, _ *moderation.Hold) models.Actor {
			return h.Person(t, "wren", models.RoleModerator)
		}},
		{"to a supervisor", "no_right", func(_ *testing.T, h *heldScene, _ *moderation.Hold) models.Actor { return h.approver }},
		{"to a program", "not_a_person", func(_ *testing.T, h *heldScene, _ *moderation.Hold) models.Actor { return models.Command("moor") }},
		{"to somebody whose role was taken", "no_right", func(t *testing.T, h *heldScene, _ *moderation.Hold) models.Actor {
			h.revoke(t, h.asker, models.RoleModerator)
			return h.asker
		}},
		{"to somebody with an interest", "interest", func(t *testing.T, h *heldScene, _ *moderation.Hold) models.Actor {
			h.declareInterest(t, h.asker)
			return h.asker
		}},
		{"beyond the day's budget", "holds_spent", func(t *testing.T, h *heldScene, ask *moderation.Hold) models.Actor {
			for range 2 {
				h.place(t)
				must(t, h.Desk.Keep(t.Context(), h.asker, apptest.Market, h.ticket.ID, h.review.Digest))
				h.next(t)
			}
			*ask = h.hold()
			return h.asker
		}},
		{"of a removed review", "ticket_closed", func(t *testing.T, h *heldScene, _ *moderation.Hold) models.Actor {
			h.askFor(t, models.ActionRemove)
			must(t, h.approve(t, h.approver))
			return h.asker
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				h := newHeld(t, db)
				ask := h.hold()
				by := x.do(t, h, &ask)
				before := h.Status(t, h.review)
				_, err := h.Desk.PlaceHold(t.Context(), by, ask)
				if got := apptest.Code(err); got != x.code {
					t.Errorf("code %q (%v); want %q", got, err, x.code)
				}
				if got := h.Status(t, h.review); got != before || got == models.ReviewHeld {
					t.Errorf("the review is %s; it was %s", got, before)
				}
				verifyClean(t, h.World)
			})
		})
	}
}

func TestHoldsBudgetIsNewTheNextDay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHeld(t, db)
		h.AllowHolds(t, 1, 30)
		h.place(t)
		must(t, h.Desk.Keep(t.Context(), h.asker, apptest.Market, h.ticket.ID, h.review.Digest))
		h.Clock.Wind(24 * time.Hour)
		h.next(t)
		if row := h.place(t); row.Nth != 1 || row.Until.Sub(row.PlacedAt) != 30*time.Minute {
			t.Errorf("%+v", row)
		}
		verifyClean(t, h.World)
	})
}

func TestOnlyWhoRestoresLiftsAHold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHeld(t, db)
		row := h.place(t)
		for _, who := range []models.Actor{h.asker, h.Person(t, "ada", models.RoleAuditor), h.Person(t, "ines", models.RoleInvestigator)} {
			if got := apptest.Code(h.Desk.LiftHold(t.Context(), who, apptest.Market, row.ID)); got != "no_right" {
				t.Errorf("%s: %q", who.Name, got)
			}
		}
		if got := apptest.Code(h.Desk.LiftHold(t.Context(), h.approver, apptest.Other, row.ID)); got != "no_right" {
			t.Errorf("in another marketplace: %q", got)
		}
		h.is(t, models.ReviewHeld, "")
	})
}
