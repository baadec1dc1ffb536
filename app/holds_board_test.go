package app_test

import (
	"testing"
	"time"

	"evenhand/app/apptest"
	past "evenhand/history"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

// The board counts a hold as a removal that its holder asked for, once, whatever they decided afterwards.
func TestHoldCountsAsARemoval(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHeld(t, db)
		h.AllowHolds(t, 20, 240)
		wren, audit := h.Person(t, "wren", models.RoleModerator), h.Person(t, "ada", models.RoleAuditor)
		h.place(t) // and kept
		must(t, h.Desk.Keep(t.Context(), h.asker, apptest.Market, h.ticket.ID, h.review.Digest))
		h.next(t)
		h.place(t) // and asked to be removed
		h.askFor(t, models.ActionRemove)
		h.next(t)
		must(t, h.Desk.Keep(t.Context(), h.asker, apptest.Market, h.ticket.ID, h.review.Digest))
		for range 8 {
			r := h.Review(t, h.Seller, 1)
			tk, err := h.Desk.Next(t.Context(), wren, apptest.Market)
			must(t, err)
			must(t, h.Desk.Keep(t.Context(), wren, apptest.Market, tk.ID, r.Digest))
		}
		h.next(t)
		h.place(t) // and nothing decided
		h.Clock.Wind(time.Minute)
		var m models.Marketplace
		must(t, h.DB.Where("id = ?", apptest.Market).Take(&m).Error)
		p, err := h.World.Board.Pair(t.Context(), audit, m, h.asker.ID, h.Seller.ID, nil)
		must(t, err)
		if p.Cell.Exposure != 4 || p.Cell.Observed != 3 {
			t.Errorf("%v decisions, %d removals; want 4 and 3", p.Cell.Exposure, p.Cell.Observed)
		}
		holds := 0
		for _, d := range p.Decisions {
			if d.Hold != "" {
				holds++
			}
		}
		if len(p.Decisions) != 4 || holds != 3 {
			t.Errorf("%d decisions with %d holds stand behind the figure; want 4 and 3", len(p.Decisions), holds)
		}
		for held, want := range map[string]int{past.HeldYes: 1, past.HeldNo: 0, "": 1} {
			l, err := h.Past.Search(t.Context(), audit, past.Filter{Marketplace: apptest.Market, Held: held}, nil)
			must(t, err)
			if len(l.Rows) != want {
				t.Errorf("held %q: %d requests; want %d", held, len(l.Rows), want)
			}
		}
		rows, n, _, err := h.Desk.Holds(t.Context(), audit, apptest.Market, h.asker.ID, nil)
		must(t, err)
		if len(rows) != 3 || n != (moderation.HoldFigures{All: 3, Open: 2, Lifted: 1}) {
			t.Errorf("%d holds, %+v", len(rows), n)
		}
		if _, _, _, err := h.Desk.Holds(t.Context(), h.asker, apptest.Market, "", nil); apptest.Code(err) != "no_right" {
			t.Errorf("a moderator reads the holds: %v", err)
		}
	})
}
