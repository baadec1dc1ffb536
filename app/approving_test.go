package app_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

const checked = "Checked the order look-up: right."

// straight approves without opening anything, as a program that knows the address could.
func (s *scene) straight(t *testing.T, by models.Actor) error {
	t.Helper()
	_, err := s.Desk.Approve(t.Context(), by, apptest.Market, s.p.ID, s.p.Digest, checked)
	return err
}

func TestApprovingUnseen(t *testing.T) {
	t.Parallel()
	openAs := func(t *testing.T, s *scene, who models.Actor) error {
		return s.Desk.OpenEvidence(t.Context(), who, apptest.Market, s.p.ID, 0)
	}
	fail(t, []attempt{
		{"nothing opened", func(t *testing.T, s *scene) error { return s.straight(t, s.approver) }, "evidence_unopened", "removal.approve"},
		{"another person opened it", func(t *testing.T, s *scene) error {
			must(t, openAs(t, s, s.Person(t, "silt", models.RoleSupervisor)))
			return s.straight(t, s.approver)
		}, "evidence_unopened", "removal.approve"},
		{"another request's evidence was opened", func(t *testing.T, s *scene) error {
			other := s.secondRequest(t)
			must(t, s.Desk.OpenEvidence(t.Context(), s.approver, apptest.Market, other.ID, 0))
			return s.straight(t, s.approver)
		}, "evidence_unopened", "removal.approve"},
		{"opening what isn't there", func(t *testing.T, s *scene) error {
			return s.Desk.OpenEvidence(t.Context(), s.approver, apptest.Market, s.p.ID, 1)
		}, "no_evidence", ""},
		{"opening before the first", func(t *testing.T, s *scene) error {
			return s.Desk.OpenEvidence(t.Context(), s.approver, apptest.Market, s.p.ID, -1)
		}, "no_evidence", ""},
		{"the requester opens it", func(t *testing.T, s *scene) error {
			s.grant(t, s.asker, models.RoleSupervisor, apptest.Market)
			return openAs(t, s, s.asker)
		}, "own_request", "evidence.open"},
		{"a moderator opens it", func(t *testing.T, s *scene) error {
			return openAs(t, s, s.Person(t, "mud", models.RoleModerator))
		}, "no_right", "evidence.open"},
		{"an auditor opens it", func(t *testing.T, s *scene) error {
			return openAs(t, s, s.Person(t, "ada", models.RoleAuditor))
		}, "no_right", "evidence.open"},
		{"another marketplace's supervisor opens it", func(t *testing.T, s *scene) error {
			return openAs(t, s, s.PersonIn(t, apptest.Other, "far", models.RoleSupervisor))
		}, "no_right", "evidence.open"},
		{"a command opens it", func(t *testing.T, s *scene) error { return openAs(t, s, models.Command("import")) }, "not_a_person", "evidence.open"},
		{"with an interest", func(t *testing.T, s *scene) error {
			s.declareInterest(t, s.approver)
			return openAs(t, s, s.approver)
		}, "interest", "evidence.open"},
		{"after it was declined unopened", func(t *testing.T, s *scene) error {
			_, err := s.Desk.Decline(t.Context(), s.approver, apptest.Market, s.p.ID, s.p.Digest, "The order is there after all.")
			must(t, err)
			return openAs(t, s, s.approver)
		}, "already_decided", "evidence.open"},
	})
}

func TestOpeningIsRecordedOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		open := func() error { return s.Desk.OpenEvidence(t.Context(), s.approver, apptest.Market, s.p.ID, 0) }
		for range 2 {
			for _, err := range atOnce(open, open, open) {
				must(t, err)
			}
		}
		if n := s.Entries(t, "evidence.open", models.OutcomeDone); n != 1 {
			t.Errorf("%d openings are on record", n)
		}
		must(t, s.straight(t, s.approver))
		verifyClean(t, s.World)
	})
}

func TestQuestionsByTheWrongPeople(t *testing.T) {
	t.Parallel()
	ask := func(t *testing.T, s *scene, who models.Actor) error {
		return s.Desk.AskBack(t.Context(), who, apptest.Market, s.p.ID, "Which account was it?")
	}
	answer := func(t *testing.T, s *scene, who models.Actor) error {
		return s.Desk.Answer(t.Context(), who, apptest.Market, s.p.ID, "The one of yesterday.")
	}
	fail(t, []attempt{
		{"an accomplice asks", func(t *testing.T, s *scene) error { return ask(t, s, s.Person(t, "mud", models.RoleModerator)) }, "no_right", "removal.question"},
		{"the requester asks", func(t *testing.T, s *scene) error {
			s.grant(t, s.asker, models.RoleSupervisor, apptest.Market)
			return ask(t, s, s.asker)
		}, "own_request", "removal.question"},
		{"somebody with an interest asks", func(t *testing.T, s *scene) error {
			s.declareInterest(t, s.approver)
			return ask(t, s, s.approver)
		}, "interest", "removal.question"},
		{"an accomplice answers", func(t *testing.T, s *scene) error {
			must(t, ask(t, s, s.approver))
			return answer(t, s, s.Person(t, "mud", models.RoleModerator))
		}, "not_your_request", "removal.answer"},
		{"the approver answers their own question", func(t *testing.T, s *scene) error {
			must(t, ask(t, s, s.approver))
			return answer(t, s, s.approver)
		}, "not_your_request", "removal.answer"},
		{"the requester has lost the role meanwhile", func(t *testing.T, s *scene) error {
			must(t, ask(t, s, s.approver))
			s.revoke(t, s.asker, models.RoleModerator)
			return answer(t, s, s.asker)
		}, "no_right", "removal.answer"},
		{"the requester was disabled meanwhile", func(t *testing.T, s *scene) error {
			must(t, ask(t, s, s.approver))
			must(t, s.Staff.Disable(t.Context(), models.Command("staff"), email(s.asker)))
			return answer(t, s, s.asker)
		}, "disabled", "removal.answer"},
		{"an answer to nothing", func(t *testing.T, s *scene) error { return answer(t, s, s.asker) }, "no_question", "removal.answer"},
		{"a second answer", func(t *testing.T, s *scene) error {
			must(t, ask(t, s, s.approver))
			must(t, answer(t, s, s.asker))
			return answer(t, s, s.asker)
		}, "no_question", "removal.answer"},
		{"too short", func(t *testing.T, s *scene) error {
			return s.Desk.AskBack(t.Context(), s.approver, apptest.Market, s.p.ID, "  Why?\u200b \n")
		}, "invalid_question", ""},
		{"too long", func(t *testing.T, s *scene) error {
			return s.Desk.AskBack(t.Context(), s.approver, apptest.Market, s.p.ID, strings.Repeat("ä", 2001))
		}, "invalid_question", ""},
		{"after its end", func(t *testing.T, s *scene) error {
			s.Clock.Wind(72 * time.Hour)
			return ask(t, s, s.approver)
		}, "already_decided", "removal.question"},
		{"one too many", func(t *testing.T, s *scene) error {
			for range 50 {
				must(t, ask(t, s, s.approver))
			}
			return ask(t, s, s.approver)
		}, "thread_full", "removal.question"},
	})
}

func TestThread(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		questions := func(want int) {
			t.Helper()
			if n, err := s.Desk.Questions(t.Context(), s.asker, apptest.Market); n != want || err != nil {
				t.Errorf("%d questions wait, %v; want %d", n, err, want)
			}
		}
		questions(0)
		expires := s.p.ExpiresAt
		ask := func() error {
			return s.Desk.AskBack(t.Context(), s.approver, apptest.Market, s.p.ID, "Which <b>account</b> was it, \u202eexactly?")
		}
		for _, err := range atOnce(ask, ask, ask, ask) {
			must(t, err)
		}
		questions(1)
		must(t, s.Desk.Answer(t.Context(), s.asker, apptest.Market, s.p.ID, "The one of yesterday."))
		questions(0)
		view, err := s.Desk.Proposal(t.Context(), s.approver, apptest.Market, s.p.ID)
		must(t, err)
		a, err := s.Desk.Approving(t.Context(), s.approver, view)
		must(t, err)
		if len(a.Thread) != 5 || a.Thread[4].Kind != models.MessageAnswer || !view.ExpiresAt.Equal(expires) || a.Ask != nil {
			t.Errorf("%d messages, until %v, %v", len(a.Thread), view.ExpiresAt, a.Ask)
		}
		var bodies []string
		must(t, s.DB.Raw("SELECT body FROM ledger_entries WHERE act IN ('removal.question', 'removal.answer')").Scan(&bodies).Error)
		for _, b := range bodies {
			if strings.Contains(b, "account") || strings.Contains(b, "yesterday") {
				t.Errorf("an entry carries the text: %s", b)
			}
		}
		mine, err := s.Desk.Approving(t.Context(), s.asker, view)
		must(t, err)
		if mine.Together != nil {
			t.Error("who asked is told what is known about them")
		}
		must(t, s.Approve(t.Context(), s.approver, s.p))
		verifyClean(t, s.World)
	})
}

// What the application's own account can write past the program is refused, or named by verify and counts for nothing.
func TestThreadAndOpeningsByRawSQL(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		must(t, s.Desk.AskBack(t.Context(), s.approver, apptest.Market, s.p.ID, "Which account was it?"))
		s.Open(t.Context(), s.approver, s.p)
		other := s.secondRequest(t)
		const opened = "INSERT INTO evidence_openings (marketplace_id, id, proposal_id, item, staff_id, opened_at) VALUES (@market, @id, "
		const said = "INSERT INTO proposal_messages (marketplace_id, id, proposal_id, n, author_id, kind, text, text_salt, text_digest, created_at, erased_at) VALUES (@market, @id, "
		for _, x := range []struct{ name, sql, want string }{
			{"an opening by the requester", opened + "@other_request, 0, @asker, @now)", byGuard},
			{"of what isn't there", opened + "@other_request, 1, @approver, @now)", byGuard},
			{"moved to another", "UPDATE evidence_openings SET proposal_id = @other_request", byGuard},
			{"an opening deleted", "DELETE FROM evidence_openings", byGuard},
			{"a question by the requester", said + "@proposal, 2, @asker, 'question', 'x', @bytes, @digest, @now, NULL)", byGuard},
			{"an answer by another", said + "@proposal, 2, @approver, 'answer', 'x', @bytes, @digest, @now, NULL)", byGuard},
			{"one left out", said + "@proposal, 3, @approver, 'question', 'x', @bytes, @digest, @now, NULL)", byGuard},
			{"one that comes in erased", said + "@proposal, 2, @approver, 'question', '', @bytes, @digest, @now, @now)", byGuard},
			{"another text", "UPDATE proposal_messages SET text = 'Fine by me.'", byGuard},
			{"a text blanked", "UPDATE proposal_messages SET text = '', text_salt = " + none(db) + ", erased_at = @now", byGuard},
			{"a message deleted", "DELETE FROM proposal_messages", byGuard},
		} {
			got := refusedBy(s.raw(t, x.sql, map[string]any{"other_request": other.ID}))
			if got != x.want && !(models.IsPostgres(s.DB.DB) && got == denied) {
				t.Errorf("%s: %q; want %q", x.name, got, x.want)
			}
		}
		verifyClean(t, s.World)
		must(t, s.raw(t, opened+"@other_request, 0, @approver, @now)", map[string]any{"other_request": other.ID}))
		r, err := s.Verify(t.Context(), s.DB.DB)
		must(t, err)
		if !strings.Contains(r.Disagreement, "evidence_openings: row ") || !strings.Contains(r.Disagreement, "explained by no entry") {
			t.Errorf("Verify says %q", r.Disagreement)
		}
	})
}

func none(db *dbtest.DB) string {
	if models.IsPostgres(db.DB) {
		return "''::bytea"
	}
	return "x''"
}

// seatsOf are the people who are drawn for the request now.
func (s *seatScene) seatsOf(t *testing.T) []models.Actor {
	t.Helper()
	var ids []string
	must(t, s.DB.Model(&models.ApproverDraw{}).Where("proposal_id = ? AND ended_at IS NULL", s.p.ID).Order("n").Pluck("approver_id", &ids).Error)
	var out []models.Actor
	for _, id := range ids {
		for _, a := range s.all {
			if a.ID == id {
				out = append(out, a)
			}
		}
	}
	return out
}

func TestEscalation(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSeatScene(t, db)
		near := func() int {
			n, err := s.Desk.Escalated(t.Context(), apptest.Market)
			must(t, err)
			return n
		}
		s.Clock.Wind(48*time.Hour - time.Minute)
		s.sweep(t)
		if len(s.seatsOf(t)) != 1 || near() != 0 {
			t.Fatalf("before the last third: %d are drawn, %d near the end", len(s.seatsOf(t)), near())
		}
		s.Clock.Wind(2 * time.Minute)
		s.sweep(t)
		if s.sweep(t) != 0 {
			t.Error("a second sweep found something to do")
		}
		seats := s.seatsOf(t)
		if len(seats) != 2 || near() != 1 {
			t.Fatalf("in the last third: %d are drawn, %d near the end", len(seats), near())
		}
		err := s.DB.Exec(`INSERT INTO approver_draws (marketplace_id, id, proposal_id, approver_id, n, period, pool, drawn_at, due_at)
			SELECT marketplace_id, ?, proposal_id, ?, (SELECT count(*) FROM approver_draws), period, pool, ?, due_at FROM approver_draws WHERE ended_at IS NULL ORDER BY n LIMIT 1`,
			models.NewID(), s.third(seats), s.Now()).Error
		if refusedBy(err) != byGuard {
			t.Errorf("a third seat by raw SQL: %v", err)
		}
		s.Clock.Wind(2 * time.Minute)
		must(t, s.Approve(t.Context(), seats[1], s.p)) // one of them is enough, as before
		if err := s.Approve(t.Context(), seats[0], s.p); apptest.Code(err) != "already_decided" {
			t.Errorf("the other one: %v", err)
		}
		replays(t, s.World)
	})
}

// third is who has no seat.
func (s *seatScene) third(seats []models.Actor) string {
	for _, a := range s.all {
		if a.ID != seats[0].ID && a.ID != seats[1].ID {
			return a.ID
		}
	}
	return ""
}

// Whatever happens, a request that nobody approves leaves the review where it is.
func TestNoVerdictIsNoRemoval(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		for seed := range uint64(3) {
			s := newSeatScene(t, db)
			x := seed*2654435761 + 12345
			next := func(n int) int {
				x = x*6364136223846793005 + 1442695040888963407
				return int(x >> 33 % uint64(n))
			}
			for s.Now().Before(s.p.ExpiresAt.Add(time.Hour)) {
				who := s.all[next(len(s.all))]
				var err error
				switch next(6) {
				case 0:
					err = s.Desk.OpenEvidence(t.Context(), who, apptest.Market, s.p.ID, next(2))
				case 1:
					err = s.Desk.AskBack(t.Context(), who, apptest.Market, s.p.ID, "Which account was it?")
				case 2:
					err = s.Desk.Answer(t.Context(), s.asker, apptest.Market, s.p.ID, "The one of yesterday.")
				case 3:
					err = s.Desk.HandBack(t.Context(), who, apptest.Market, s.p.ID, "absent")
				case 4:
					_, err = s.Desk.SweepDraws(t.Context())
				case 5:
					_, err = s.Engine.Expire(t.Context())
				}
				var e *models.Error
				if err != nil && (!errors.As(err, &e) || e.Kind == models.Internal) {
					t.Error(err)
				}
				s.Clock.Wind(time.Duration(1+next(300)) * time.Minute)
			}
			_, err := s.Engine.Expire(t.Context())
			must(t, err)
			var state, status string
			must(t, s.DB.Raw("SELECT state FROM proposals WHERE id = ?", s.p.ID).Scan(&state).Error)
			must(t, s.DB.Raw("SELECT status FROM reviews WHERE id = ?", s.p.SubjectID).Scan(&status).Error)
			if state != models.ProposalExpired || status != models.ReviewPublished {
				t.Errorf("seed %d: the request is %s, the review %s", seed, state, status)
			}
			replays(t, s.World)
			return // one World for each database
		}
	})
}

func TestInbox(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		list := func(who models.Actor, tab string, at *moderation.Place) (out []moderation.Waiting, next *moderation.Place) {
			t.Helper()
			out, _, next, err := s.Desk.Inbox(t.Context(), who, apptest.Market, tab, at)
			must(t, err)
			return out, next
		}
		ids := func(rows []moderation.Waiting) (out []string) {
			for _, r := range rows {
				out = append(out, r.ID)
			}
			return out
		}
		s.Clock.Wind(49 * time.Hour) // the scene's request is near its end
		second := s.secondRequest(t)
		s.Clock.Wind(time.Minute)
		third := s.secondRequest(t)
		must(t, s.Desk.AskBack(t.Context(), s.approver, apptest.Market, third.ID, "Which account was it?"))
		must(t, s.Desk.Answer(t.Context(), s.asker, apptest.Market, third.ID, "The one of yesterday."))
		s.Open(t.Context(), s.approver, second)
		rows, _ := list(s.approver, moderation.InboxMine, nil)
		if got, want := fmt.Sprint(ids(rows)), fmt.Sprint([]string{s.p.ID, third.ID, second.ID}); got != want {
			t.Errorf("the inbox is %s; want %s", got, want)
		}
		if !rows[0].Escalated || rows[1].Last != models.MessageAnswer || rows[2].Opened != 1 || rows[2].Pieces != 1 || rows[0].Opened != 0 {
			t.Errorf("%+v", rows)
		}
		if rows, _ := list(s.approver, moderation.InboxDecided, nil); len(rows) != 0 {
			t.Errorf("%d decided", len(rows))
		}
		must(t, s.Approve(t.Context(), s.approver, third))
		if rows, _ := list(s.approver, moderation.InboxDecided, nil); len(rows) != 1 || rows[0].ID != third.ID {
			t.Errorf("decided: %v", ids(rows))
		}
		s.declareInterest(t, s.approver)
		if rows, _ := list(s.approver, moderation.InboxAll, nil); len(rows) != 2 || apptest.Code(rows[0].Bar) != "interest" {
			t.Errorf("with an interest: %+v", rows)
		}
		seen := map[string]bool{}
		for range models.PageSize + 5 {
			s.Clock.Wind(time.Minute)
			s.secondRequest(t)
		}
		page, next := list(s.approver, moderation.InboxAll, nil)
		for len(page) > 0 {
			for _, r := range page {
				if seen[r.ID] {
					t.Errorf("%s comes twice", r.ID)
				}
				seen[r.ID] = true
			}
			if next == nil {
				break
			}
			at, err := moderation.ParsePlace(next.String())
			must(t, err)
			page, next = list(s.approver, moderation.InboxAll, at)
		}
		if len(seen) != models.PageSize+7 {
			t.Errorf("%d requests on all pages", len(seen))
		}
		for _, bad := range []string{"x", "3-a1_" + s.p.ID, "1-", "1", "-1-a1_" + s.p.ID, "1-z"} {
			if _, err := moderation.ParsePlace(bad); !models.IsKind(err, models.Invalid) {
				t.Errorf("page=%s: %v", bad, err)
			}
		}
	})
}

func TestWhatIsKnownOfThePair(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		must(t, s.Approve(t.Context(), s.approver, s.p))
		declined := s.secondRequest(t)
		_, err := s.Desk.Decline(t.Context(), s.approver, apptest.Market, declined.ID, declined.Digest, "The order is there after all.")
		must(t, err)
		s.DrawApprovers(t)
		s.Person(t, "silt", models.RoleSupervisor)
		drawn := s.secondRequest(t)
		var who string
		must(t, s.DB.Raw("SELECT approver_id FROM approver_draws WHERE proposal_id = ?", drawn.ID).Scan(&who).Error)
		must(t, s.Approve(t.Context(), models.Actor{Kind: models.ActorPerson, ID: who}, drawn))
		p := s.secondRequest(t)
		view, err := s.Desk.Proposal(t.Context(), s.approver, apptest.Market, p.ID)
		must(t, err)
		k, err := s.Desk.Together(t.Context(), s.approver, view.Row)
		must(t, err)
		mine := 0
		if who == s.approver.ID {
			mine = 1
		}
		if want := (moderation.Tally{Asked: 3, Removed: 2, Declined: 1}); k.Recent != want || k.Ever != want {
			t.Errorf("recent %+v, ever %+v", k.Recent, k.Ever)
		}
		if k.Decided != 2+mine || k.Approved != 1+mine || k.SellerDecided != 2+mine || k.Effective != 1 || k.Mine != mine || k.Expected != 0.5 || k.Alarm != nil || k.BoardAt != nil {
			t.Errorf("%+v", k)
		}
		keep := func(want int) {
			t.Helper()
			if n, err := s.Board.Keep(t.Context()); n != want || err != nil {
				t.Errorf("%d boards were computed, %v; want %d", n, err, want)
			}
		}
		keep(2)
		keep(0)
		s.Clock.Wind(16 * time.Minute)
		must(t, s.DB.Exec("UPDATE kept_boards SET lease_until = ? WHERE marketplace_id = ?", s.Now().Add(time.Minute), apptest.Market).Error)
		keep(1) // somebody is at the other one
		s.Clock.Wind(2 * time.Minute)
		keep(1) // they were killed
		must(t, s.DB.Create(&models.KeptAlarm{MarketplaceID: apptest.Market, ModeratorID: s.asker.ID, SellerID: s.Seller.ID, Exposure: 9, Observed: 8, Expected: 2}).Error)
		if k, err = s.Desk.Together(t.Context(), s.approver, view.Row); err != nil || k.Alarm == nil || k.BoardAt == nil {
			t.Errorf("%+v, %v", k, err)
		}
		s.Clock.Wind(time.Hour)
		keep(2) // and what isn't so any more is gone
		if k, err = s.Desk.Together(t.Context(), s.approver, view.Row); err != nil || k.Alarm != nil {
			t.Errorf("%+v, %v", k, err)
		}
		verifyClean(t, s.World)
	})
}
