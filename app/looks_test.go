package app_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

// looking is a desk where every decision is looked at again.
type looking struct {
	*apptest.World
	first, second, third, supervisor, auditor models.Actor
}

func newLooking(t *testing.T, db *dbtest.DB) *looking {
	w := apptest.New(t, db)
	w.LookAgain(t, 10_000)
	return &looking{
		w, w.Person(t, "moor", models.RoleModerator), w.Person(t, "moss", models.RoleModerator), w.Person(t, "fen", models.RoleModerator),
		w.Person(t, "silt", models.RoleSupervisor), w.Person(t, "till", models.RoleAuditor),
	}
}

// keep has somebody keep the ticket that they draw.
func (l *looking) keep(t *testing.T, who models.Actor) models.Ticket {
	t.Helper()
	tk := draw(t, l.World, who)
	must(t, l.Desk.Keep(t.Context(), who, apptest.Market, tk.ID, l.reviewOf(t, tk).Digest))
	l.Clock.Wind(5 * time.Minute)
	return tk
}

// ask has somebody ask for the removal of the ticket that they draw.
func (l *looking) ask(t *testing.T, who models.Actor) models.Proposal {
	t.Helper()
	p := l.Ask(t, who)
	l.Clock.Wind(5 * time.Minute)
	return p
}

func (l *looking) reviewOf(t *testing.T, tk models.Ticket) models.Review {
	t.Helper()
	var r models.Review
	must(t, l.DB.Where("id = ?", tk.ReviewID).Take(&r).Error)
	return r
}

func (l *looking) looks(t *testing.T) []models.SecondLook {
	t.Helper()
	var out []models.SecondLook
	must(t, l.DB.Order("looked_at, id").Find(&out).Error)
	return out
}

func noTicket(t *testing.T, w *apptest.World, who models.Actor) {
	t.Helper()
	if tk, err := w.Desk.Next(t.Context(), who, apptest.Market); apptest.Code(err) != "queue_empty" {
		t.Errorf("%s was given ticket %s (%v); want none", who.ID, tk.ID, err)
	}
}

func TestSecondLook(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		l := newLooking(t, db)
		l.Review(t, l.Seller, 1)
		l.keep(t, l.first)
		noTicket(t, l.World, l.first) // nobody looks at their own decision
		l.keep(t, l.second)
		noTicket(t, l.World, l.third) // a second look isn't looked at again
		if got := l.looks(t); len(got) != 1 || got[0].Verdict != models.LookGenuine || got[0].ModeratorID != l.second.ID {
			t.Errorf("second looks: %+v", got)
		}
		var n int64
		must(t, l.DB.Model(&models.Decision{}).Count(&n).Error)
		if n != 1 {
			t.Errorf("%d decisions; want 1: a second look is no exposure", n)
		}
		replays(t, l.World)
	})
}

// Where the two disagree about a kept review, a third decides it anew, and their request is a real one.
func TestSecondLookDisagrees(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		l := newLooking(t, db)
		r := l.Review(t, l.Seller, 1)
		l.keep(t, l.first)
		if p := l.ask(t, l.second); p.ID != "" {
			t.Errorf("a second look opened proposal %s", p.ID)
		}
		if got := l.Status(t, r); got != models.ReviewPublished {
			t.Errorf("the review is %s", got)
		}
		noTicket(t, l.World, l.first)
		noTicket(t, l.World, l.second)
		p := l.ask(t, l.third)
		must(t, l.Approve(t.Context(), l.supervisor, p))
		if got := l.Status(t, r); got != models.ReviewRemoved {
			t.Errorf("the review is %s; want removed", got)
		}
		replays(t, l.World)
		figures, err := l.Desk.Agreements(t.Context(), l.auditor, apptest.Market)
		must(t, err)
		if len(figures) != 1 || figures[0].ModeratorID != l.first.ID || figures[0].Looked != 1 || figures[0].WrongKept != 1 || figures[0].Agreed != 0 {
			t.Errorf("figures: %+v", figures)
		}
		rows, _, err := l.Desk.Looks(t.Context(), l.auditor, apptest.Market, false, nil)
		must(t, err)
		if len(rows) != 1 || !rows[0].Disagrees() || rows[0].First != "moor" || rows[0].Second != "moss" {
			t.Errorf("disagreements: %+v", rows)
		}
	})
}

// Nothing on the ticket of a second look tells it from the first: not even that the review is gone by now.
func TestSecondLookIsUnmarked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		l := newLooking(t, db)
		r := l.Review(t, l.Seller, 1)
		begun := l.Now()
		tk := draw(t, l.World, l.first)
		before, err := l.Desk.Ticket(t.Context(), l.first, apptest.Market, tk.ID)
		must(t, err)
		p := l.ask(t, l.first)
		must(t, l.Approve(t.Context(), l.supervisor, p))
		tk = draw(t, l.World, l.second)
		after, err := l.Desk.Ticket(t.Context(), l.second, apptest.Market, tk.ID)
		must(t, err)
		if after.ID == before.ID || after.ReviewID != r.ID || after.Content.Review.Status != before.Content.Review.Status ||
			len(after.Flags) != len(before.Flags) || after.Proposal != nil || after.Queue != before.Queue || after.DueAt.Sub(after.OpenedAt) != before.DueAt.Sub(before.OpenedAt) {
			t.Errorf("the second look's ticket differs:\n%+v\n%+v", before, after)
		}
		events, err := l.Desk.TicketTimeline(t.Context(), l.second, after.Ticket)
		must(t, err)
		for _, e := range events {
			if e.ActorID == l.first.ID || e.ActorID == l.supervisor.ID || strings.HasPrefix(e.Act, "removal.") || strings.HasPrefix(e.Act, "look.") {
				t.Errorf("its timeline tells of %s by %s", e.Act, e.ActorID)
			}
		}
		if len(events) < 2 || begun.IsZero() {
			t.Errorf("%d events; want the intake and the draw", len(events))
		}
		l.keep(t, l.second)
		told, err := l.Desk.Timeline(t.Context(), l.supervisor, apptest.Market, r.ID)
		must(t, err)
		seen, err := l.Desk.History(t.Context(), l.auditor, apptest.Market, r.ID, "link")
		must(t, err)
		if n := looksIn(told); n != 0 {
			t.Errorf("who decides on the request reads of %d second looks", n)
		}
		if n := looksIn(seen.Events); n != 1 {
			t.Errorf("the auditor reads of %d second looks; want 1", n)
		}
		replays(t, l.World)
	})
}

func TestKnownGoodReviews(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		l := newLooking(t, db)
		l.LookAgain(t, 0)
		r := l.Review(t, l.Seller, 1)
		with := func(who models.Actor) string {
			return apptest.Code(l.Desk.TestWith(t.Context(), who, apptest.Market, r.ID, r.Version))
		}
		if got := with(l.supervisor); got != "no_test" {
			t.Errorf("a review that nobody has kept as a test: %q", got)
		}
		l.keep(t, l.first)
		for _, who := range []models.Actor{l.first, l.second, l.auditor} {
			if got := with(who); got != "no_right" {
				t.Errorf("a test by who isn't a supervisor: %q", got)
			}
		}
		if got := with(l.supervisor); got != "" {
			t.Fatalf("a test: %q", got)
		}
		noTicket(t, l.World, l.first)
		l.ask(t, l.second)
		if got := l.Status(t, r); got != models.ReviewPublished {
			t.Errorf("a test ended with the review %s", got)
		}
		noTicket(t, l.World, l.third) // and nobody is asked to decide it anew
		own, err := l.Desk.OwnAgreement(t.Context(), l.second, apptest.Market)
		must(t, err)
		if own.Tests != 1 || own.TestErrors != 1 || own.Looked != 0 {
			t.Errorf("their figures: %+v", own)
		}
		must(t, l.Desk.TestWith(t.Context(), l.supervisor, apptest.Market, r.ID, r.Version))
		l.keep(t, l.third)
		replays(t, l.World)
	})
}

// Who owns the database can't look at their own decision, choose what is looked at, or change what was found, without
// verify naming it; the application's account can't at all.
func TestSecondLooksHold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		l := newLooking(t, db)
		for range 6 {
			l.Review(t, l.Seller, 1)
		}
		for range 6 {
			l.keep(t, l.first)
		}
		l.keep(t, l.second)
		replays(t, l.World)
		var open models.Ticket
		must(t, l.DB.Where("look_of IS NOT NULL AND state = 'open'").Order("id").Limit(1).Take(&open).Error)
		var done models.SecondLook
		must(t, l.DB.Take(&done).Error)
		args := map[string]any{"ticket": open.ID, "look": *open.LookOf, "review": open.ReviewID, "first": l.first.ID, "done": done.ID, "now": l.Now(), "new": models.NewID(), "second": l.second.ID, "seller": l.Seller.ID}
		for what, sql := range map[string]string{
			"their own":     `INSERT INTO second_looks SELECT 'olist', @new, @ticket, @look, @review, 1, @first, 'uniform', 'genuine', NULL, @now`,
			"no ticket":     `INSERT INTO second_looks SELECT 'olist', @new, @ticket, @look, @review, 1, @second, 'uniform', 'genuine', NULL, @now`,
			"another word":  `UPDATE second_looks SET verdict = 'violating', reason_code = 'HATE' WHERE id = @done`,
			"forgotten":     `DELETE FROM second_looks WHERE id = @done`,
			"not looked at": `UPDATE tickets SET look_of = NULL, look_why = NULL WHERE id = @ticket`,
		} {
			if err := l.DB.Exec(sql, args).Error; err == nil {
				t.Errorf("%s: the application's account may", what)
			}
		}
		must(t, l.Sequencer.Drain(t.Context()))
		owner := unguarded(t, l.World)
		for what, x := range map[string]struct{ sql, says string }{
			"another word":  {`UPDATE second_looks SET verdict = 'violating', reason_code = 'HATE' WHERE id = @done`, "says something else than its entry"},
			"somebody else": {`UPDATE second_looks SET moderator_id = @first WHERE id = @done`, "says something else than its entry"},
			"forgotten":     {`DELETE FROM second_looks WHERE id = @done`, "speaks of a row that is missing"},
			"not looked at": {`UPDATE tickets SET look_of = NULL, look_why = NULL WHERE id = @ticket`, "of a second look is missing"},
			"looked at by choice": {`INSERT INTO tickets (marketplace_id, id, review_id, seller_id, queue, opened_at, due_at, look_of, look_why)
				VALUES ('olist', @new, @review, @seller, 'kitchen', @now, @now, @look, 'test')`, "which no entry on record had it do"},
		} {
			if got := undoing(t, l.World, owner, x.sql, args); !strings.Contains(got, x.says) {
				t.Errorf("%s: verify says %q; want it to say %q", what, got, x.says)
			}
		}
		replays(t, l.World)
		if !models.IsPostgres(owner) {
			dropTriggers(t, owner)
		}
		must(t, owner.Exec("UPDATE marketplaces SET looks_per_10000 = 0").Error) // as if the lot had never fallen on them
		if r, err := l.Desk.ReplayDraws(t.Context(), l.DB.DB); err != nil || !strings.Contains(r.Finding, "although the lot didn't fall on it") {
			t.Errorf("the replay says %q, %v", r.Finding, err)
		}
	})
}

func looksIn(events []moderation.Event) int {
	n := 0
	for _, e := range events {
		if strings.HasPrefix(e.Act, "look.") {
			n++
		}
	}
	return n
}

// undoing changes something as the database's owner, with the guards off, and gives what verify says of it.
func undoing(t *testing.T, w *apptest.World, owner *gorm.DB, sql string, args map[string]any) string {
	t.Helper()
	said := ""
	err := models.InTx(t.Context(), owner, func(tx *gorm.DB) error {
		if !models.IsPostgres(tx) {
			dropTriggers(t, tx)
		}
		if args == nil {
			must(t, tx.Exec(sql).Error)
		} else {
			must(t, tx.Exec(sql, args).Error)
		}
		r, err := w.Verify(t.Context(), tx)
		must(t, err)
		said = r.Disagreement
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Errorf("taking it back: %v", err)
	}
	return said
}
