package app_test

import (
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func TestVerifyNamesWhatTheOwnerDidToHolds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHeld(t, db)
		lapsed := h.place(t)
		must(t, h.Desk.Keep(t.Context(), h.asker, apptest.Market, h.ticket.ID, h.review.Digest))
		h.next(t)
		open := h.place(t)
		kept := h.review
		h.askFor(t, models.ActionRemove)
		must(t, h.approve(t, h.approver))
		h.next(t)
		h.Clock.Wind(24 * time.Hour)
		now := h.place(t)
		verifyClean(t, h.World)
		owner := unguarded(t, h.World)
		ids := map[string]any{"lifted": lapsed.ID, "confirmed": open.ID, "open": now.ID, "removed": kept.ID, "ago": now.PlacedAt.Add(-5 * time.Hour), "far": now.Until.Add(time.Hour)}
		for _, x := range []tampering{
			{"prolonged beyond four hours", "is for longer than four hours", []string{`UPDATE holds SET until = @far WHERE id = @open`, `UPDATE reviews SET held_until = @far WHERE hold_id = @open`}},
			{"placed by another", "says something else than its entry", []string{`UPDATE holds SET holder_id = @approver WHERE id = @lifted`}},
			{"another reason", "says something else than its entry", []string{`UPDATE holds SET reason_code = 'LEGAL_ORDER' WHERE id = @lifted`}},
			{"another ordinal", "says something else than its entry", []string{`UPDATE holds SET nth = 7 WHERE id = @lifted`}},
			{"another day", "on another day", []string{`UPDATE holds SET day = '2020-01-01' WHERE id = @lifted`}},
			{"other words", "aren't what was committed to", []string{`UPDATE holds SET words = 'Nothing.' WHERE id = @lifted`}},
			{"words blanked", "holds", []string{`UPDATE holds SET words = '', erased_at = @now WHERE id = @lifted`}},
			{"deleted", "row that is missing", []string{`DELETE FROM holds WHERE id = @lifted`}},
			{"deleted with its entries", "hold", []string{`DELETE FROM ledger_entries WHERE act = 'hold.place' AND id = @open`, `DELETE FROM holds WHERE id = @open`}},
			{"lifted, by its row", "but the record has it end as", []string{`UPDATE holds SET ended_at = @now, how = 'lifted' WHERE id = @open`, `UPDATE reviews SET status = 'published', hold_id = NULL, held_until = NULL WHERE hold_id = @open`}},
			{"a lift made a lapse", "ended as", []string{`UPDATE holds SET how = 'lapsed' WHERE id = @lifted`}},
			{"a confirmed one made a lifted one", "didn't come to such an end", []string{`UPDATE holds SET how = 'lifted' WHERE id = @confirmed`}},
			{"never ended", "hold", []string{`UPDATE holds SET ended_at = NULL, how = NULL, end_proposal_id = NULL WHERE id = @confirmed`}},
			{"shown, and still open", "isn't hidden by it", []string{`UPDATE reviews SET status = 'published', hold_id = NULL, held_until = NULL WHERE hold_id = @open`}},
			{"held without a hold", "is hidden by a hold that isn't there", []string{`UPDATE reviews SET status = 'held', hold_id = @lifted, held_until = @later WHERE id NOT IN (SELECT review_id FROM holds WHERE id IN (@open, @confirmed))`}},
		} {
			t.Run(x.name, func(t *testing.T) {
				got := (&history{scene: h.scene}).tamper(t, owner, ids, x.sql...)
				if !strings.Contains(got.all+"\n"+got.state, x.names) || got.all == "" {
					t.Errorf("verify says %q, %q; want %q", got.all, got.state, x.names)
				}
			})
		}
	})
}

// A hold past its time that the record walked past is named; one that nobody was there for isn't.
func TestVerifyNamesAnOverdueHold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHeld(t, db)
		h.place(t)
		h.Clock.Wind(10 * time.Hour)
		verifyClean(t, h.World)
		h.Person(t, "late", models.RoleModerator)
		must(t, h.Sequencer.Drain(t.Context()))
		r, err := h.Verify(t.Context(), db.DB)
		must(t, err)
		if !strings.Contains(r.Disagreement, "is past its time, and no lapse is on record") {
			t.Errorf("verify says %q", r.Disagreement)
		}
		_, err = h.Desk.SweepHolds(t.Context())
		must(t, err)
		h.is(t, models.ReviewPublished, models.HoldLapsed)
	})
}

// What a holder wrote goes with the author's erasure, and nothing else about the hold.
func TestErasureBlanksHolds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := newErasable(t, db)
		e.AllowHolds(t, 2, 240)
		h := &heldScene{scene: e.scene}
		h.asker = e.Person(t, "heath", models.RoleModerator)
		h.next(t)
		h.place(t)
		e.erase(t)
		if row := h.last(t); row.Words != "" || len(row.Salt) > 0 || row.ErasedAt == nil || row.HolderID != h.asker.ID {
			t.Errorf("%+v", row)
		}
		h.is(t, models.ReviewHeld, "")
		h.Clock.Wind(5 * time.Hour)
		_, err := h.Desk.SweepHolds(t.Context())
		must(t, err)
		h.is(t, models.ReviewPublished, models.HoldLapsed)
	})
}
