package app_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/dsa"
	"evenhand/models"
	"evenhand/models/dbtest"
	reasons "evenhand/statement"
)

const (
	complaint = "I bought it on 3 March, and the invoice is in my account."
	reply     = "The order is there under another account of yours; the look-up missed it. We are sorry."
)

// appealed is a removed review whose statement is on the signed record, with supervisors who touched nothing of it.
type appealed struct {
	*scene
	others []models.Actor
	token  string
	st     models.Statement
}

func newAppealed(t *testing.T, db *dbtest.DB, others ...string) *appealed {
	t.Helper()
	a := &appealed{scene: newScene(t, db)}
	for _, name := range others {
		a.others = append(a.others, a.Person(t, name, models.RoleSupervisor))
	}
	a.Clock.Wind(time.Minute)
	must(t, a.approve(t, a.approver))
	must(t, a.Sequencer.Drain(t.Context()))
	must(t, a.DB.Where("proposal_id = ?", a.p.ID).Take(&a.st).Error)
	a.token = strings.TrimPrefix(a.State.Path(a.st), "/s/")
	a.Clock.Wind(time.Minute)
	return a
}

func (a *appealed) file(t *testing.T) (models.Appeal, error) {
	t.Helper()
	x, err := a.State.File(t.Context(), a.token, "192.0.2.1", reasons.Complaint{Wrong: "facts", Words: complaint})
	a.Clock.Wind(time.Minute)
	return x, err
}

// who is drawn for an appeal now.
func (a *appealed) who(t *testing.T, x models.Appeal) models.Actor {
	t.Helper()
	var id []string
	must(t, a.DB.Model(&models.AppealDraw{}).Where("appeal_id = ? AND ended_at IS NULL", x.ID).Pluck("person_id", &id).Error)
	for _, o := range a.others {
		if len(id) == 1 && o.ID == id[0] {
			return o
		}
	}
	if len(id) > 0 {
		t.Fatalf("%v are drawn", id)
	}
	return models.Actor{}
}

func (a *appealed) answer(t *testing.T, by models.Actor, x models.Appeal, verdict string) error {
	t.Helper()
	seen, err := reasons.SeenOf(x, a.read(t))
	must(t, err)
	_, err = a.State.Answer(t.Context(), by, reasons.Answer{Marketplace: apptest.Market, Appeal: x.ID, Seen: seen, Verdict: verdict, Words: reply})
	return err
}

func (a *appealed) read(t *testing.T) models.Review {
	t.Helper()
	var r models.Review
	must(t, a.DB.Where("id = ?", a.review.ID).Take(&r).Error)
	return r
}

func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	if apptest.Code(err) != code {
		t.Errorf("%s: %v; want %q", what, err, code)
	}
}

func TestAnAppealReversesARemoval(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		a := newAppealed(t, db, "silt", "clay")
		before := a.read(t)
		v, err := a.State.ByToken(t.Context(), a.token, "192.0.2.1")
		must(t, err)
		if v.Recording || v.Why != "" || v.ReasonCode != "FAKE_EXPERIENCE" || !v.Notified || v.Classified {
			t.Errorf("the statement says %+v", v)
		}
		x, err := a.file(t)
		must(t, err)
		verifyClean(t, a.World)
		must(t, a.answer(t, a.who(t, x), x, models.AppealReverse))
		after := a.read(t)
		if after.Status != models.ReviewPublished || !after.PostedAt.Equal(before.PostedAt) || after.SellerID != before.SellerID || after.ProductID != before.ProductID || after.Body != before.Body {
			t.Errorf("the review came back as %+v", after)
		}
		var row models.Restoration
		must(t, a.DB.Where("review_id = ?", a.review.ID).Take(&row).Error)
		if row.AppealID == nil || *row.AppealID != x.ID {
			t.Errorf("the restoration is on appeal %v", row.AppealID)
		}
		if v, err = a.State.ByToken(t.Context(), a.token, "192.0.2.1"); err != nil || !v.OnAppeal || v.Appeals[0].Answer.Words != reply {
			t.Errorf("the author reads %+v, %v", v, err)
		}
		_, err = a.file(t)
		wantCode(t, "appealing what came back", err, "appeal_restored")
		verifyClean(t, a.World)
		var bodies []string
		must(t, a.DB.Model(&models.LedgerEntry{}).Where("act LIKE 'appeal.%' OR act LIKE 'statement.%'").Pluck("body", &bodies).Error)
		for _, secret := range []string{complaint, reply, a.token} {
			if strings.Contains(strings.Join(bodies, "\n"), secret) {
				t.Errorf("the ledger has %q", secret)
			}
		}
	})
}

// Nobody who touched the case answers, whichever way they come; and everybody else only once, on what there is.
func TestWhoMayNotAnswerAnAppeal(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		a := newAppealed(t, db, "silt", "clay")
		x, err := a.file(t)
		must(t, err)
		drawn := a.who(t, x)
		other := a.others[0]
		if other.ID == drawn.ID {
			other = a.others[1]
		}
		_, err = a.file(t)
		wantCode(t, "a second appeal", err, "appeal_open")
		wantCode(t, "the approver", a.answer(t, a.approver, x, models.AppealUphold), "not_drawn")
		wantCode(t, "somebody else", a.answer(t, other, x, models.AppealUphold), "not_drawn")
		wantCode(t, "the requester", a.answer(t, a.asker, x, models.AppealUphold), "no_right")
		a.grant(t, a.asker, models.RoleSupervisor, apptest.Market) // a changed role doesn't change what was done
		wantCode(t, "the requester, a supervisor now", a.answer(t, a.asker, x, models.AppealUphold), "not_drawn")
		wantCode(t, "an auditor", a.answer(t, a.Person(t, "dale", models.RoleAuditor), x, models.AppealUphold), "no_right")
		_, err = a.State.Answer(t.Context(), drawn, reasons.Answer{Marketplace: apptest.Market, Appeal: x.ID, Seen: []byte("old"), Verdict: models.AppealUphold, Words: reply})
		wantCode(t, "a stale page", err, "stale_form")
		_, err = a.State.Answer(t.Context(), drawn, reasons.Answer{Marketplace: apptest.Market, Appeal: x.ID, Verdict: "perhaps", Words: "no"})
		wantCode(t, "no answer", err, "invalid_answer")
		if e := models.AsError(err); len(e.Fields) != 2 {
			t.Errorf("the fields to mend are %v", e.Fields)
		}

		forge := func(person models.Actor) error {
			return a.raw(t, `INSERT INTO appeal_answers (marketplace_id, id, appeal_id, review_id, person_id, verdict, words, salt, digest, seal, answered_at)
				VALUES (@market, @id, @appeal, @review, @who, 'uphold', 'x', @bytes, @bytes, @bytes, @now)`, map[string]any{"appeal": x.ID, "who": person.ID})
		}
		for name, who := range map[string]models.Actor{"the approver": a.approver, "the requester": a.asker, "who wasn't drawn": other} {
			wantCode(t, name+" by raw SQL", models.Translate(forge(who)), "refused_by_database")
		}
		must(t, a.State.HandBack(t.Context(), drawn, apptest.Market, x.ID, "conflict"))
		wantCode(t, "who handed it back", a.answer(t, drawn, x, models.AppealUphold), "not_drawn")
		wantCode(t, "drawing the approver by raw SQL", models.Translate(a.raw(t, `INSERT INTO appeal_draws (marketplace_id, id, appeal_id, person_id, n, period, pool, drawn_at)
			SELECT marketplace_id, @id, appeal_id, @approver, 2, period, pool, @now FROM appeal_draws WHERE n = 1`, nil)), "refused_by_database")
		drawn = a.who(t, x)
		a.declareInterest(t, drawn)
		wantCode(t, "who has an interest by now", a.answer(t, drawn, x, models.AppealUphold), "touched")
		_, err = a.State.Sweep(t.Context())
		must(t, err)
		if left := a.who(t, x); left.ID != "" {
			t.Errorf("%s was drawn, who can't be", left.Name)
		}
		if w, err := a.State.Waiting(t.Context(), apptest.Market); err != nil || w.Nobody != 1 {
			t.Errorf("%+v wait for nobody, %v", w, err)
		}
		a.others = append(a.others, a.Person(t, "loam", models.RoleSupervisor))
		if n, err := a.State.Sweep(t.Context()); err != nil || n != 1 {
			t.Errorf("a sweep gave %d appeals away, %v", n, err)
		}
		loam := a.who(t, x)
		for i, err := range atOnce(func() error { return a.answer(t, loam, x, models.AppealUphold) }, func() error { return a.answer(t, loam, x, models.AppealReverse) }) {
			if code := apptest.Code(err); code != "" && code != "already_answered" && code != "stale_form" {
				t.Errorf("answer %d at once: %v", i, err)
			}
		}
		wantCode(t, "answering again", a.answer(t, loam, x, models.AppealReverse), "already_answered")
		verifyClean(t, a.World)
	})
}

func TestAppealsEnd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		a := newAppealed(t, db, "silt", "clay", "loam", "marl")
		for i := range 3 {
			x, err := a.file(t)
			must(t, err)
			a.Clock.Wind(15 * 24 * time.Hour)
			if w, err := a.State.Waiting(t.Context(), apptest.Market); err != nil || w.Overdue != 1 {
				t.Errorf("appeal %d: %+v, %v; want it overdue", i, w, err)
			}
			must(t, a.answer(t, a.who(t, x), x, models.AppealUphold))
		}
		_, err := a.file(t)
		wantCode(t, "a fourth appeal", err, "appeal_often")
		b := newAppealed(t, dbOf(t, db), "silt")
		b.Clock.Wind(190 * 24 * time.Hour)
		_, err = b.file(t)
		wantCode(t, "after six months", err, "appeal_late")
		wantCode(t, "after six months, by raw SQL", models.Translate(b.raw(t, `INSERT INTO appeals (marketplace_id, id, statement_id, proposal_id, review_id, wrong, words, salt, digest, filed_at, due_at)
			VALUES (@market, @id, @statement, @proposal, @review, '', 'x', @bytes, @bytes, @now, @later)`, map[string]any{"statement": b.st.ID})), "refused_by_database")
		verifyClean(t, a.World)
		verifyClean(t, b.World)
	})
}

// dbOf is another database of the same sort.
func dbOf(t *testing.T, db *dbtest.DB) *dbtest.DB {
	if models.IsPostgres(db.DB) {
		return dbtest.Postgres(t)
	}
	return dbtest.SQLite(t)
}

func TestALinkOpensOnlyItsStatement(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		a := newAppealed(t, db, "silt")
		wrong := "A" + a.token[1:]
		if wrong == a.token {
			wrong = "B" + a.token[1:]
		}
		for _, token := range []string{"", "x", wrong, a.token + "A", a.st.ID, strings.Repeat("A", 100000)} {
			_, err := a.State.ByToken(t.Context(), token, "192.0.2.7")
			wantCode(t, "a wrong token", err, "no_statement")
		}
		for range 20 {
			_, _ = a.State.ByToken(t.Context(), wrong, "192.0.2.8")
		}
		_, err := a.State.ByToken(t.Context(), a.token, "192.0.2.8")
		wantCode(t, "who guesses", err, "throttled")
		if _, err := a.State.ByToken(t.Context(), a.token, "192.0.2.9"); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		_, err = a.State.Text(t.Context(), a.approver, apptest.Market, a.st.ID, "http://x")
		wantCode(t, "the approver takes the link out", err, "touched")
		text, err := a.State.Text(t.Context(), a.others[0], apptest.Market, a.st.ID, "http://x")
		if err != nil || !strings.Contains(text, "http://x/s/"+a.token) || strings.Contains(text, "look-up 17") {
			t.Errorf("the text: %v\n%s", err, text)
		}
		var stored []string
		must(t, a.DB.Raw("SELECT CAST(id AS text) FROM statements").Scan(&stored).Error)
		if strings.Contains(strings.Join(stored, ""), a.token) {
			t.Error("the database has the token")
		}
	})
}

func TestAStatementWaitsForTheRecord(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		must(t, s.approve(t, s.approver))
		var st models.Statement
		must(t, s.DB.Where("proposal_id = ?", s.p.ID).Take(&st).Error)
		token := strings.TrimPrefix(s.State.Path(st), "/s/")
		if v, err := s.State.ByToken(t.Context(), token, "192.0.2.1"); err != nil || !v.Recording {
			t.Errorf("before the checkpoint: %+v, %v", v, err)
		}
		_, err := s.State.File(t.Context(), token, "192.0.2.1", reasons.Complaint{Words: complaint})
		wantCode(t, "appealing before the checkpoint", err, "appeal_recording")
	})
}

// What the author took back has no statement, and nobody publishes it again.
func TestWhatTheAuthorTookBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		must(t, s.withdraw(t, s.asker))
		tk, err := s.Desk.Next(t.Context(), s.asker, apptest.Market)
		if apptest.Code(err) == "queue_empty" {
			moor := s.Person(t, "wren", models.RoleModerator)
			s.asker = moor
			tk, err = s.Desk.Next(t.Context(), moor, apptest.Market)
		}
		must(t, err)
		ask := s.ask(t)
		ask.Ticket, ask.Reason = tk.ID, models.ReasonAuthorWithdrew
		for i := range ask.Evidence {
			ask.Evidence[i].Kind = "statement"
		}
		p, err := s.Desk.Request(t.Context(), s.asker, ask)
		must(t, err)
		must(t, s.Approve(t.Context(), s.approver, p))
		var n int64
		must(t, s.DB.Model(&models.Statement{}).Count(&n).Error)
		if n != 0 {
			t.Errorf("there are %d statements", n)
		}
		wantCode(t, "restoring it", s.Desk.Restore(t.Context(), s.approver, apptest.Market, s.review.ID, 1, "It was such a nice review."), "author_withdrew")
		wantCode(t, "restoring it by raw SQL", models.Translate(s.raw(t, `INSERT INTO restorations (marketplace_id, id, review_id, proposal_id, staff_id, note, created_at)
			VALUES (@market, @id, @review, @p, @approver, 'x', @now)`, map[string]any{"p": p.ID})), "refused_by_database")
		verifyClean(t, s.World)
	})
}

func (s *scene) withdraw(t *testing.T, by models.Actor) error {
	t.Helper()
	_, err := s.Desk.Withdraw(t.Context(), by, apptest.Market, s.p.ID, s.p.Digest)
	return err
}

func TestErasureTakesAppealsAlong(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		a := newAppealed(t, db, "silt", "clay")
		x, err := a.file(t)
		must(t, err)
		drawn := a.who(t, x)
		must(t, a.answer(t, drawn, x, models.AppealUphold))
		y, err := a.file(t)
		must(t, err)
		e := &erasable{scene: a.scene, admin: a.Person(t, "adam", models.RoleAdministrator), second: a.Person(t, "beryl", models.RoleAdministrator)}
		e.erase(t)
		var left int64
		must(t, a.DB.Raw("SELECT (SELECT count(*) FROM appeals WHERE words <> '' OR length(salt) > 0) + (SELECT count(*) FROM appeal_answers WHERE words <> '' OR length(salt) > 0)").Scan(&left).Error)
		if left != 0 {
			t.Errorf("%d texts are left", left)
		}
		if v, err := a.State.ByToken(t.Context(), a.token, "192.0.2.1"); err != nil || v.Why != reasons.WhyErased || len(v.Marked) > 0 {
			t.Errorf("the link shows %+v, %v", v, err)
		}
		wantCode(t, "answering what was erased", a.answer(t, a.who(t, y), y, models.AppealReverse), "review_erased")
		if a.Status(t, a.review) != models.ReviewRemoved {
			t.Error("it came back")
		}
		wantCode(t, "an erased statement's text", func() error {
			_, err := a.State.Text(t.Context(), a.Person(t, "dale", models.RoleAuditor), apptest.Market, a.st.ID, "")
			return err
		}(), "review_erased")
		verifyClean(t, a.World)
	})
}

func TestVerifyNamesTamperedAppeals(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		a := newAppealed(t, db, "silt", "clay")
		x, err := a.file(t)
		must(t, err)
		drawn := a.who(t, x)
		must(t, a.State.HandBack(t.Context(), drawn, apptest.Market, x.ID, "absent"))
		a.Clock.Wind(time.Minute)
		must(t, a.answer(t, a.who(t, x), x, models.AppealReverse))
		verifyClean(t, a.World)
		h := &history{scene: a.scene}
		owner := unguarded(t, h.World)
		for _, x := range []tampering{
			{"a statement's link", "another link", []string{`UPDATE statements SET token_hash = @hash`}},
			{"a statement's time for appeals", "statements", []string{`UPDATE statements SET appeal_until = @later`}},
			{"a statement deleted", "row that is missing", []string{`DELETE FROM statements`}},
			{"an appeal's words", "doesn't fit its words", []string{`UPDATE appeals SET words = 'It is fine.'`}},
			{"an appeal's words erased", "erased", []string{`UPDATE appeals SET words = '', salt = @none, erased_at = @now`}},
			{"an appeal's due time", "appeals", []string{`UPDATE appeals SET due_at = @later`}},
			{"an appeal deleted", "missing", []string{`DELETE FROM appeals`}},
			{"who was drawn", "appeal_draws", []string{`UPDATE appeal_draws SET person_id = @approver WHERE n = 1`}},
			{"a draw's pool", "appeal_draws", []string{`UPDATE appeal_draws SET pool = '[]'`}},
			{"a draw given back", "isn't as it says", []string{`UPDATE appeal_draws SET ended_why = 'upsetting' WHERE n = 0`}},
			{"a draw deleted", "missing", []string{`DELETE FROM appeal_draws WHERE n = 0`}},
			{"an answer's words", "doesn't fit its words", []string{`UPDATE appeal_answers SET words = 'We were right.'`}},
			{"an answer's verdict", "no valid seal", []string{`UPDATE appeal_answers SET verdict = 'uphold'`}},
			{"an answer by somebody who touched the case", "no valid seal", []string{`UPDATE appeal_answers SET person_id = @approver`}},
			{"an answer deleted", "missing", []string{`DELETE FROM appeal_answers`}},
			{"a case touched before the answer", "had touched the case", []string{`UPDATE approvals SET approver_id = (SELECT person_id FROM appeal_answers)`}},
			{"a restoration on no appeal", "restorations", []string{`UPDATE restorations SET appeal_id = NULL`}},
		} {
			t.Run(x.name, func(t *testing.T) {
				got := h.tamper(t, owner, map[string]any{"hash": []byte(strings.Repeat("x", 32)), "none": []byte{}}, x.sql...)
				if got.all == "" || !strings.Contains(got.all+"\n"+got.state, x.names) && x.name != "a case touched before the answer" {
					t.Errorf("Verify says %q, the state %q; want %q", got.all, got.state, x.names)
				}
			})
		}
		verifyClean(t, a.World)
	})
}

func TestThePairLearnsAReversedRemoval(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		a := newAppealed(t, db, "silt", "clay")
		auditor := a.Person(t, "dale", models.RoleAuditor)
		var m models.Marketplace
		must(t, a.DB.Where("id = ?", apptest.Market).Take(&m).Error)
		score := func() float64 {
			p, err := a.Board.Pair(t.Context(), auditor, m, a.asker.ID, a.Seller.ID, nil)
			must(t, err)
			if p.Cell.Wrong > 0 != p.Decisions[0].OnAppeal {
				t.Errorf("%d wrong, and the decision says %v", p.Cell.Wrong, p.Decisions[0].OnAppeal)
			}
			return p.Cell.Score
		}
		before := score()
		x, err := a.file(t)
		must(t, err)
		must(t, a.answer(t, a.who(t, x), x, models.AppealReverse))
		if after := score(); after <= before {
			t.Errorf("the pair's score went from %v to %v", before, after)
		}
	})
}

func TestExportForTheTransparencyDatabase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		a := newAppealed(t, db, "silt")
		auditor := a.Person(t, "dale", models.RoleAuditor)
		var got []map[string]any
		export := func(by models.Actor) error {
			return a.State.Export(t.Context(), by, apptest.Market, time.Time{}, a.Now(), func(p map[string]any) error {
				b, err := json.Marshal(p)
				if err != nil {
					return err
				}
				var read map[string]any
				if err := json.Unmarshal(b, &read); err != nil {
					return err
				}
				got = append(got, read)
				return dsa.Check(read)
			})
		}
		wantCode(t, "a supervisor exports", export(a.approver), "no_right")
		must(t, export(auditor))
		if len(got) != 1 || got[0]["decision_ground"] != "DECISION_GROUND_INCOMPATIBLE_CONTENT" || got[0]["source_type"] != "SOURCE_TYPE_OTHER_NOTIFICATION" {
			t.Errorf("the export: %v", got)
		}
		if n := a.Entries(t, "dsa.export", models.OutcomeDone); n != 1 {
			t.Errorf("%d exports on record", n)
		}
		var codes []models.ReasonCode
		must(t, a.DB.Find(&codes).Error)
		for _, c := range codes {
			if c.Code == models.ReasonAuthorWithdrew {
				continue
			}
			told := reasons.Told{Statement: a.st, ReasonCode: c.Code, Meaning: c.Meaning, Policy: c.Policy, DSAGround: c.DSAGround, DSACategory: c.DSACategory, DSAKeyword: c.DSAKeyword, PostedAt: a.Now(), DecidedAt: a.Now(), Territory: "DE AT"}
			if err := dsa.Check(reasons.Payload(told)); err != nil {
				t.Errorf("%s: %v", c.Code, err)
			}
			for _, l := range reasons.Languages {
				if reasons.Words(l)["facts_"+c.Code] == "" || reasons.Words(l)["clause_"+c.Code] == "" {
					t.Errorf("%s has no words in %s", c.Code, l)
				}
			}
		}
	})
}
