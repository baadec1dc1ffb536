package app_test

import (
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	past "evenhand/history"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

const danger = "It gives the address of a private person, with a threat."

// heldScene is a review that a moderator has on their desk, where holds are turned on; and somebody to decide on it.
type heldScene struct {
	*scene
	ticket models.Ticket
}

func newHeld(t *testing.T, db *dbtest.DB) *heldScene {
	t.Helper()
	h := &heldScene{scene: &scene{World: apptest.New(t, db)}}
	h.asker, h.approver = h.Person(t, "moor", models.RoleModerator), h.Person(t, "sand", models.RoleSupervisor)
	h.AllowHolds(t, 2, 240)
	h.next(t)
	return h
}

// next brings in another review and has the moderator draw it.
func (h *heldScene) next(t *testing.T) {
	t.Helper()
	h.review = h.Review(t, h.Seller, 1)
	h.draw(t)
}

func (h *heldScene) draw(t *testing.T) {
	t.Helper()
	tk, err := h.Desk.Next(t.Context(), h.asker, apptest.Market)
	must(t, err)
	h.ticket = tk
}

func (h *heldScene) hold() moderation.Hold {
	return moderation.Hold{Marketplace: apptest.Market, Ticket: h.ticket.ID, Seen: h.review.Digest, Reason: "PERSONAL_DATA", Words: danger}
}

func (h *heldScene) place(t *testing.T) models.Hold {
	t.Helper()
	_, err := h.Desk.PlaceHold(t.Context(), h.asker, h.hold())
	must(t, err)
	return h.last(t)
}

func (h *heldScene) last(t *testing.T) models.Hold {
	t.Helper()
	var row models.Hold
	must(t, h.DB.Order("id DESC").Limit(1).Take(&row).Error)
	return row
}

// ask asks for a remedy against the held review.
func (h *heldScene) askFor(t *testing.T, remedy string) {
	t.Helper()
	var err error
	h.p, err = h.Desk.Request(t.Context(), h.asker, moderation.Ask{
		Marketplace: apptest.Market, Ticket: h.ticket.ID, Seen: h.review.Digest, Reason: "PERSONAL_DATA", Remedy: remedy, Justification: apptest.Justification,
		Redact: "two weeks", Evidence: []moderation.Evidence{{Kind: moderation.EvidenceSpan, Value: "two weeks"}},
	})
	must(t, err)
}

// is checks how a review stands, and how its hold ended.
func (h *heldScene) is(t *testing.T, status, how string) {
	t.Helper()
	row, got := h.last(t), ""
	if row.How != nil {
		got = *row.How
	}
	if s := h.Status(t, h.review); s != status || got != how {
		t.Errorf("the review is %s and its hold ended as %q; want %s, %q", s, got, status, how)
	}
	verifyClean(t, h.World)
}

func (h *heldScene) hidden(t *testing.T) bool {
	t.Helper()
	var r models.Review
	must(t, h.DB.Where("id = ?", h.review.ID).Take(&r).Error)
	p, err := h.Desk.Published(t.Context(), r)
	must(t, err)
	return p.Hidden
}

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

// flagAgain has the moderator get a ticket for the same review, where they don't have one.
func flagAgain(t *testing.T, h *heldScene) error {
	t.Helper()
	var open int64
	if err := h.DB.Model(&models.Ticket{}).Where("review_id = ? AND state <> 'closed'", h.review.ID).Count(&open).Error; err != nil {
		return err
	}
	if open == 0 {
		entry := &ledger.Entry{Marketplace: apptest.Market, Act: "reviews.flag", SubjectType: "review", SubjectID: h.review.ID}
		must(t, h.Ledger.Act(t.Context(), models.Command("import"), entry, func(tx *gorm.DB) error {
			// of another source than before, so it opens a ticket
			_, err := h.Desk.Flag(tx, entry.At, []models.Flagged{{Review: h.review, Source: models.FlagClassifier, Text: "again"}})
			return err
		}))
	}
	if tk, err := h.Desk.Next(t.Context(), h.asker, apptest.Market); err == nil {
		h.ticket = tk
		return nil
	}
	h.asker = h.Person(t, "heath", models.RoleModerator) // whoever let a ticket go isn't given it again
	h.draw(t)
	return nil
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
