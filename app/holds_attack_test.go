package app_test

import (
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// An approval, a decline, a lift, a lapse and an edit at the same moment: the review ends up as one of them says.
func TestHoldsRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHeld(t, db)
		h.AllowHolds(t, 20, 240)
		silt, other := h.Person(t, "silt", models.RoleSupervisor), h.secondInstance(t)
		for i := range 8 {
			if i > 0 {
				h.next(t)
			}
			row := h.place(t)
			h.askFor(t, models.ActionRemove)
			if i%2 == 0 {
				h.Clock.Wind(4 * time.Hour)
			}
			h.Open(t.Context(), h.approver, h.p)
			errs := atOnce(
				func() error { return h.Approve(t.Context(), h.approver, h.p) },
				func() error { return h.Desk.LiftHold(t.Context(), silt, apptest.Market, row.ID) },
				func() error { _, err := h.Desk.SweepHolds(t.Context()); return err },
				func() error { _, err := other.Desk.SweepHolds(t.Context()); return err },
				func() error {
					_, err := h.Desk.Decline(t.Context(), silt, apptest.Market, h.p.ID, h.p.Digest, "That isn't anybody's address.")
					return err
				},
			)
			must(t, errs[2])
			must(t, errs[3])
			want := models.ReviewPublished
			if errs[0] == nil {
				want = models.ReviewRemoved
			}
			if got := h.Status(t, h.review); got != want || (errs[0] == nil) == (errs[4] == nil) {
				t.Errorf("approve %v, lift %v, decline %v: the review is %s; want %s", errs[0], errs[1], errs[4], got, want)
			}
			if h.last(t).EndedAt == nil {
				t.Error("the hold is still there")
			}
		}
		verifyClean(t, h.World)
	})
}

// forgedHold is a hold by raw SQL: the scene's, with some columns otherwise.
func forgedHold(with map[string]string) string {
	columns := []string{"marketplace_id", "id", "review_id", "review_version", "ticket_id", "seller_id", "rating", "queue", "assigned", "holder_id",
		"reason_code", "reason_version", "words", "salt", "words_digest", "day", "nth", "placed_at", "until"}
	values := map[string]string{
		"marketplace_id": "@market", "id": "@id", "review_id": "@review", "review_version": "1", "ticket_id": "@ticket", "seller_id": "@seller", "rating": "1",
		"queue": "'kitchen'", "assigned": "'random'", "holder_id": "@asker", "reason_code": "'PERSONAL_DATA'", "reason_version": "3", "words": "'x'", "salt": "@bytes",
		"words_digest": "@bytes", "day": "@day", "nth": "1", "placed_at": "@now", "until": "@later",
	}
	for k, v := range with {
		values[k] = v
	}
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = values[c]
	}
	return "INSERT INTO holds (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(out, ", ") + ")"
}

func TestRawSQLAboutHolds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHeld(t, db)
		gone := h.Person(t, "gone", models.RoleModerator)
		must(t, h.Staff.Disable(t.Context(), models.Command("staff"), "gone@example.test"))
		args := map[string]any{"ticket": h.ticket.ID, "day": h.Now().UTC().Format(time.DateOnly), "gone": gone.ID, "long": h.Now().Add(241 * time.Minute), "before": h.Now().Add(-time.Minute)}
		try := func(statements []statement) {
			t.Helper()
			for _, st := range statements {
				t.Run(st.name, func(t *testing.T) {
					want := st.sqlite
					if models.IsPostgres(db.DB) {
						want = st.postgres
					}
					if err := h.raw(t, st.sql, args); refusedBy(err) != want {
						t.Errorf("refused by %q (%v); want %q", refusedBy(err), err, want)
					}
				})
			}
		}
		with := func(column, value string) string { return forgedHold(map[string]string{column: value}) }
		try([]statement{
			{"held without a hold", "UPDATE reviews SET status = 'held', hold_id = @id, held_until = @later WHERE id = @review", byGuard, byGuard},
			{"a time without a hold", "UPDATE reviews SET held_until = @later WHERE id = @review", byRule, byGuard},
			{"longer than four hours", with("until", "@long"), byGuard, byGuard},
			{"over before it begins", with("until", "@before"), byGuard, byGuard},
			{"by a disabled person", with("holder_id", "@gone"), byGuard, byGuard},
			{"by nobody", with("holder_id", "@id"), byGuard, byGuard},
			{"by somebody without the ticket", with("holder_id", "@approver"), byGuard, byGuard},
			{"for another reason", forgedHold(map[string]string{"reason_code": "'FAKE_EXPERIENCE'", "reason_version": "2"}), byGuard, byGuard},
			{"for an old version of the reason", with("reason_version", "2"), byGuard, byGuard},
			{"the third of the day", with("nth", "3"), byGuard, byGuard},
			{"the zeroth of the day", with("nth", "0"), byRule, byRule},
			{"on another day", with("day", "'2020-01-01'"), byGuard, byGuard},
			{"in another marketplace", with("marketplace_id", "@other"), byGuard, byGuard},
			{"of another version", with("review_version", "2"), byGuard, byGuard},
			{"of another ticket's seller", with("seller_id", "@id"), byGuard, byGuard},
			{"that has ended", strings.Replace(strings.Replace(forgedHold(nil), "until)", "until, ended_at, how)", 1), "@later)", "@later, @now, 'lapsed')", 1), byGuard, byGuard},
		})
		row := h.place(t)
		args["hold"] = row.ID
		try([]statement{
			{"a second hold", forgedHold(map[string]string{"nth": "2"}), byGuard, byGuard},
			{"the same ordinal", forgedHold(map[string]string{"review_version": "2"}), byGuard, byGuard},
			{"prolonged", "UPDATE holds SET until = @long WHERE id = @hold", byGuard, denied},
			{"prolonged on the review", "UPDATE reviews SET held_until = @long WHERE id = @review", byGuard, byGuard},
			{"exchanged", "UPDATE reviews SET hold_id = @id WHERE id = @review", byGuard, byGuard},
			{"shown without an end", "UPDATE reviews SET status = 'published', hold_id = NULL, held_until = NULL WHERE id = @review", byGuard, byGuard},
			{"published and held", "UPDATE reviews SET status = 'published' WHERE id = @review", byGuard, byGuard},
			{"removed", "UPDATE reviews SET status = 'removed' WHERE id = @review", byGuard, byGuard},
			{"removed by the hold", "UPDATE reviews SET status = 'removed', removal_id = @hold, hold_id = NULL, held_until = NULL WHERE id = @review", byGuard, byGuard},
			{"lapsed before its time", "UPDATE holds SET ended_at = @now, how = 'lapsed' WHERE id = @hold", byGuard, byGuard},
			{"confirmed by nobody", "UPDATE holds SET ended_at = @now, how = 'confirmed' WHERE id = @hold", byRule, byRule},
			{"confirmed by what isn't there", "UPDATE holds SET ended_at = @now, how = 'confirmed', end_proposal_id = @id WHERE id = @hold", byGuard, byGuard},
			{"other words", "UPDATE holds SET words = 'x' WHERE id = @hold", byGuard, byGuard},
			{"erased", "UPDATE holds SET words = '', erased_at = @now WHERE id = @hold", byGuard, byGuard},
			{"deleted", "DELETE FROM holds WHERE id = @hold", byGuard, denied},
		})
		h.askFor(t, models.ActionRemove)
		try([]statement{
			{"confirmed by an open request", "UPDATE holds SET ended_at = @now, how = 'confirmed', end_proposal_id = @proposal WHERE id = @hold", byGuard, byGuard},
			{"removed by the open request", "UPDATE reviews SET status = 'removed', removal_id = @proposal, hold_id = NULL, held_until = NULL WHERE id = @review", byGuard, byGuard},
		})
		h.is(t, models.ReviewHeld, "")
		must(t, h.approve(t, h.approver)) // nothing of it has harmed the ordinary way
		h.is(t, models.ReviewRemoved, models.HoldConfirmed)
	})
}
