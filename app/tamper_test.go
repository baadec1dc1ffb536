package app_test

import (
	"errors"
	"strings"
	"testing"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/staff"
)

// history is a scene with one of each: a request that was approved (the scene's), one that was declined, one that was
// approved and undone, a review that was kept and one that was skipped, and a person who has lost a role.
type history struct {
	*scene
	declined, restored models.Proposal
	kept               models.Review
}

func newHistory(t *testing.T, db *dbtest.DB) *history {
	t.Helper()
	h := &history{scene: newScene(t, db)}
	must(t, h.approve(t, h.approver))
	h.declined = h.secondRequest(t)
	must(t, h.Desk.AskBack(t.Context(), h.approver, apptest.Market, h.declined.ID, "Which account was it?"))
	must(t, h.Desk.Answer(t.Context(), h.asker, apptest.Market, h.declined.ID, "The one of yesterday."))
	_, err := h.Desk.Decline(t.Context(), h.approver, apptest.Market, h.declined.ID, h.declined.Digest, "The order is there after all.")
	must(t, err)
	h.restored = h.secondRequest(t)
	must(t, h.Approve(t.Context(), h.approver, h.restored))
	must(t, h.Desk.Restore(t.Context(), h.approver, apptest.Market, h.restored.SubjectID, 1, "The author showed the invoice."))
	h.kept = h.Review(t, h.Seller, 2)
	tk, err := h.Desk.Next(t.Context(), h.asker, apptest.Market)
	must(t, err)
	must(t, h.Desk.Keep(t.Context(), h.asker, apptest.Market, tk.ID, h.kept.Digest))
	h.Review(t, h.Seller, 2)
	tk, err = h.Desk.Next(t.Context(), h.asker, apptest.Market)
	must(t, err)
	must(t, h.Desk.Skip(t.Context(), h.asker, apptest.Market, tk.ID, "language", ""))
	silt := h.Person(t, "silt", models.RoleSupervisor)
	h.declareInterest(t, silt)
	h.revoke(t, silt, models.RoleSupervisor)
	must(t, h.Staff.Disable(t.Context(), models.Command("staff"), "silt@example.test"))
	_, err = h.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{Email: email(h.asker), Role: models.RoleModerator, Marketplace: apptest.Market, Queues: []string{"kitchen"}})
	must(t, err)
	verifyClean(t, h.World)
	return h
}

// errUndo takes a tampering back.
var errUndo = errors.New("undo")

// unguarded is one connection of the database's owner, with every trigger and foreign key off.
func unguarded(t *testing.T, w *apptest.World) *gorm.DB {
	t.Helper()
	db := w.DB.Owner(t)
	pool, err := db.DB()
	must(t, err)
	pool.SetMaxOpenConns(1)
	off := "SET session_replication_role = replica"
	if !models.IsPostgres(db) {
		off = "PRAGMA foreign_keys = 0"
	}
	must(t, db.Exec(off).Error)
	return db
}

// found is what Verify says, and what the checks of the state alone say, to whoever could make the log fit.
type found struct{ all, state string }

// tamper runs statements on an unguarded connection, asks Verify, and takes them back.
func (h *history) tamper(t *testing.T, db *gorm.DB, extra map[string]any, statements ...string) found {
	t.Helper()
	var f found
	err := models.InTx(t.Context(), db, func(tx *gorm.DB) error {
		if !models.IsPostgres(tx) {
			dropTriggers(t, tx)
		}
		for _, statement := range statements {
			if err := rawOn(t, tx, h.scene, statement, extra); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		}
		r, err := h.Verify(t.Context(), tx)
		if err != nil {
			t.Errorf("Verify: %v", err)
		}
		f.all = r.Disagreement
		if f.state, _, err = ledger.State(t.Context(), tx, h.Checks(true)); err != nil {
			t.Errorf("State: %v", err)
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Errorf("taking it back: %v", err)
	}
	return f
}

func dropTriggers(t *testing.T, tx *gorm.DB) {
	t.Helper()
	var triggers []string
	must(t, tx.Raw("SELECT name FROM sqlite_master WHERE type = 'trigger'").Scan(&triggers).Error)
	for _, name := range triggers {
		must(t, tx.Exec("DROP TRIGGER "+name).Error)
	}
}

// tampering is what the owner of the database does, and words of what Verify says to it.
type tampering struct {
	name  string
	names string
	sql   []string
}

var tamperings = []tampering{
	{"an entry's body", "its body was changed", []string{`UPDATE ledger_entries SET body = replace(body, 'removal.approve', 'removal.decline') WHERE act = 'removal.approve' AND outcome = 'done'`}},
	{"an entry's actor", "its columns say something else", []string{`UPDATE ledger_entries SET actor_id = @asker WHERE act = 'removal.approve'`}},
	{"an entry's outcome", "its columns say something else", []string{`UPDATE ledger_entries SET outcome = 'refused' WHERE act = 'removal.approve'`}},
	{"an entry's time", "its columns say something else", []string{`UPDATE ledger_entries SET at = @later WHERE act = 'removal.request'`}},
	{"an entry's marketplace", "its columns say something else", []string{`UPDATE ledger_entries SET marketplace_id = @other WHERE act = 'removal.request'`}},
	{"the entry of an approval deleted", "is explained by no entry", []string{`DELETE FROM ledger_entries WHERE act = 'removal.approve'`}},
	{"the entry of a request deleted", "is explained by no entry", []string{`DELETE FROM ledger_entries WHERE act = 'removal.request'`}},
	{"the entry of a decline deleted", "is explained by no entry", []string{`DELETE FROM ledger_entries WHERE act = 'removal.decline'`}},
	{"the entry of a decision deleted", "is explained by no entry", []string{`DELETE FROM ledger_entries WHERE act = 'ticket.keep'`}},
	{"the entry of a revocation deleted", "grant.revoke", []string{`DELETE FROM ledger_entries WHERE act = 'grant.revoke'`}},
	{"every entry deleted", "is explained by no entry", []string{`DELETE FROM ledger_entries`}},

	{"an approval's note", "no valid seal", []string{`UPDATE approvals SET note = 'I was on holiday.'`}},
	{"an approval's person", "no valid seal", []string{`UPDATE approvals SET approver_id = @asker WHERE proposal_id = @proposal`}},
	{"an approval's time", "no valid seal", []string{`UPDATE approvals SET created_at = @later`}},
	{"a decline made an approval", "no valid seal", []string{`UPDATE approvals SET verdict = 'approve' WHERE verdict = 'decline'`}},
	{"an approval deleted", "row that is missing", []string{`DELETE FROM approvals WHERE proposal_id = @proposal`}},
	{"an approval deleted with its entry", "but the record has it open", []string{`DELETE FROM ledger_entries WHERE id IN (SELECT id FROM approvals WHERE proposal_id = @proposal)`, `DELETE FROM approvals WHERE proposal_id = @proposal`}},
	{"an approval forged", "is explained by no entry", []string{`INSERT INTO approvals (marketplace_id, id, proposal_id, approver_id, verdict, note, digest, seal, created_at) SELECT marketplace_id, @id, proposal_id, @asker, verdict, note, digest, seal, created_at FROM approvals WHERE proposal_id = @proposal`}},

	{"a request's words", "was changed: its digest", []string{`UPDATE proposals SET payload = replace(payload, 'a day old', 'years old')`}},
	{"a request's requester", "was changed: its digest", []string{`UPDATE proposals SET requester_id = @approver`}},
	{"a request's quorum", "was changed: its digest", []string{`UPDATE proposals SET quorum = 2`}},
	{"a request's expiry", "was changed: its digest", []string{`UPDATE proposals SET expires_at = @later`}},
	{"a request's digest", "was changed: its digest", []string{`UPDATE proposals SET digest = @bytes`}},
	{"a request's seal", "no valid seal", []string{`UPDATE proposals SET seal = @bytes WHERE id = @proposal`}},
	{"a request's payload, so that it isn't JSON", "payload", []string{`UPDATE proposals SET payload = 'x'`}},
	{"a declined request opened again", "but the record has it declined", []string{`UPDATE proposals SET state = 'open' WHERE state = 'declined'`}},
	{"a declined request in effect", "but the record has it declined", []string{`UPDATE proposals SET state = 'effective' WHERE state = 'declined'`}},
	{"a request deleted", "row that is missing", []string{`DELETE FROM proposals WHERE id = @proposal`}},
	{"a list row's reason", "says something else than its entry", []string{`UPDATE removal_requests SET reason_code = 'PERSONAL_DATA' WHERE proposal_id = @proposal`}},
	{"a list row's stars", "says something else than its entry", []string{`UPDATE removal_requests SET rating = 5`}},
	{"a list row's seller", "something else than", []string{`UPDATE removal_requests SET seller_id = @id`}},
	{"a list row's requester", "says something else than its entry", []string{`UPDATE removal_requests SET requester_id = @approver`}},
	{"a list row deleted", "speaks of a row that is missing", []string{`DELETE FROM removal_requests WHERE proposal_id = @declined`}},

	{"a question's text", "isn't what was committed to", []string{`UPDATE proposal_messages SET text = 'Fine by me.' WHERE kind = 'question'`}},
	{"a question's text and commitment", "proposal_messages", []string{`UPDATE proposal_messages SET text_digest = (SELECT digest FROM proposals WHERE id = @proposal)`}},
	{"a question's author", "says something else than its entry", []string{`UPDATE proposal_messages SET author_id = @asker WHERE kind = 'question'`}},
	{"a question made an answer", "says something else than its entry", []string{`UPDATE proposal_messages SET kind = 'answer' WHERE kind = 'question'`}},
	{"a question about another request", "says something else than its entry", []string{`UPDATE proposal_messages SET proposal_id = @proposal`}},
	{"a question's time", "says something else than its entry", []string{`UPDATE proposal_messages SET created_at = @later`}},
	{"an answer blanked", "proposal_messages", []string{`UPDATE proposal_messages SET text = '', text_salt = text_salt WHERE kind = 'answer'`}},
	{"an answer erased", "proposal_messages", []string{`UPDATE proposal_messages SET text = '', erased_at = @now WHERE kind = 'answer'`}},
	{"an answer deleted", "row that is missing", []string{`DELETE FROM proposal_messages WHERE kind = 'answer'`}},
	{"an opening by another", "evidence_openings", []string{`UPDATE evidence_openings SET staff_id = @asker`}},
	{"an opening of another piece", "evidence_openings", []string{`UPDATE evidence_openings SET item = 3`}},
	{"an opening deleted", "row that is missing", []string{`DELETE FROM evidence_openings`}},
	{"an opening deleted with its entry", "hadn't opened all the evidence", []string{`DELETE FROM ledger_entries WHERE act = 'evidence.open'`, `DELETE FROM evidence_openings`}},
	{"fewer pieces of evidence", "says something else than its entry", []string{`UPDATE removal_requests SET evidence = 0`}},

	{"a review marked removed", "although no effective request", []string{`UPDATE reviews SET status = 'removed', removal_id = @declined WHERE id = @kept`}},
	{"a review removed by a request for another", "although no effective request", []string{`UPDATE reviews SET status = 'removed', removal_id = @proposal WHERE id = @kept`}},
	{"a restored review removed by its old request", "although no effective request", []string{`UPDATE reviews SET status = 'removed', removal_id = @restored WHERE id = @back`}},
	{"a removed review marked published", "nobody restored it", []string{`UPDATE reviews SET status = 'published', removal_id = NULL WHERE id = @review`}},
	{"a review's stars", "its digest doesn't fit what it says", []string{`UPDATE reviews SET rating = 5 WHERE id = @kept`}},
	{"a review's words", "review", []string{`UPDATE reviews SET body = 'Lovely.' WHERE id = @kept`}},
	{"a review's seller", "review", []string{`UPDATE reviews SET seller_id = @id WHERE id = @kept`}},
	{"a review's digest and salt", "review", []string{`UPDATE reviews SET digest = @bytes, salt = @bytes WHERE id = @kept`}},
	{"a review edited by nobody", "review", []string{
		`INSERT INTO review_versions (marketplace_id, review_id, version, rating, title, body, posted_at, salt, digest, replaced_at)
			SELECT marketplace_id, id, version, rating, title, body, posted_at, salt, digest, @now FROM reviews WHERE id = @kept`,
		`UPDATE reviews SET rating = 5, version = version + 1 WHERE id = @kept`}},
	{"a review from nowhere", "review", []string{strings.ReplaceAll(insertReview("@id", "'x'", "1", "'published', NULL"), "@review", "@kept")}},
	{"a review held", "another status than its remedies give it", []string{`UPDATE reviews SET status = 'held' WHERE id = @kept`}},
	{"a removed review deleted", "review", []string{`DELETE FROM reviews WHERE id = @review`}},
	{"a restoration deleted", "restor", []string{`DELETE FROM restorations`}},
	{"a restoration by another", "says something else than its entry", []string{`UPDATE restorations SET staff_id = @asker`}},
	{"a restoration forged", "is explained by no entry", []string{`INSERT INTO restorations (marketplace_id, id, review_id, proposal_id, staff_id, note, created_at) SELECT marketplace_id, @id, @review, @proposal, staff_id, note, created_at FROM restorations`}},

	{"a decision's moderator", "decisions", []string{`UPDATE decisions SET moderator_id = @approver WHERE action = 'keep'`}},
	{"a decision's action", "decisions", []string{`UPDATE decisions SET action = 'keep', proposal_id = NULL WHERE proposal_id = @proposal`}},
	{"a decision's seller", "decisions", []string{`UPDATE decisions SET seller_id = @id WHERE action = 'keep'`}},
	{"a decision's stars", "decisions", []string{`UPDATE decisions SET rating = 5 WHERE action = 'keep'`}},
	{"a decision's time", "decisions", []string{`UPDATE decisions SET decided_at = @later WHERE action = 'keep'`}},
	{"a decision's ticket", "decisions", []string{`UPDATE decisions SET ticket_id = @id WHERE action = 'keep'`}},
	{"a decision deleted", "row that is missing", []string{`DELETE FROM decisions WHERE action = 'keep'`}},
	{"a skip's reason", "skips", []string{`UPDATE skips SET reason = 'upsetting'`}},
	{"a skip deleted", "row that is missing", []string{`DELETE FROM skips`}},

	{"a grant forged", "is explained by no entry", []string{`INSERT INTO role_grants (id, staff_id, role, marketplace_id, valid_from, granted_by, created_at, seal) SELECT @id, @asker, 'supervisor', '*', @now, 'me', @now, seal FROM role_grants LIMIT 1`}},
	{"a grant's role", "role_grants", []string{`UPDATE role_grants SET role = 'supervisor' WHERE staff_id = @asker`}},
	{"a grant's person", "role_grants", []string{`UPDATE role_grants SET staff_id = @asker WHERE staff_id = @approver`}},
	{"a grant's marketplace", "role_grants", []string{`UPDATE role_grants SET marketplace_id = '*' WHERE staff_id = @approver`}},
	{"a grant's end", "role_grants", []string{`UPDATE role_grants SET valid_to = @later WHERE staff_id = @approver`}},
	{"a grant's giver", "role_grants", []string{`UPDATE role_grants SET granted_by = 'evenhand import' WHERE staff_id = @approver`}},
	{"a grant's queues", "role_grants", []string{`DELETE FROM grant_queues`}},
	{"a grant revoked silently", "grant.revoke", []string{`UPDATE role_grants SET revoked_at = @now, revoked_by = 'me' WHERE staff_id = @approver`}},
	{"a grant given back", "grant.revoke", []string{`UPDATE role_grants SET revoked_at = NULL, revoked_by = NULL WHERE revoked_at IS NOT NULL`}},
	{"a grant revoked at another time", "grant.revoke", []string{`UPDATE role_grants SET revoked_at = @later WHERE revoked_at IS NOT NULL`}},
	{"a grant deleted", "row that is missing", []string{`DELETE FROM role_grants WHERE staff_id = @approver`}},
	{"an account made", "is explained by no entry", []string{`INSERT INTO staff (id, email, name, password_hash, created_at) VALUES (@id, 'mine@example.test', 'mine', 'x', @now)`}},
	{"an account disabled silently", "staff.disable", []string{`UPDATE staff SET disabled_at = @now WHERE id = @approver`}},
	{"an account enabled", "staff.disable", []string{`UPDATE staff SET disabled_at = NULL`}},
	{"an interest's seller", "interests", []string{`UPDATE interests SET seller_id = @id`}},
	{"an interest ended silently", "interest.end", []string{`UPDATE interests SET ended_at = @now`}},
	{"an interest deleted", "row that is missing", []string{`DELETE FROM interests`}},
}

func TestVerifyNamesWhatTheOwnerChanged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHistory(t, db)
		owner := unguarded(t, h.World)
		ids := map[string]any{"declined": h.declined.ID, "restored": h.restored.ID, "back": h.restored.SubjectID, "kept": h.kept.ID}
		for _, x := range tried(tamperings) {
			t.Run(x.name, func(t *testing.T) {
				got := h.tamper(t, owner, ids, x.sql...)
				if got.all == "" || !strings.Contains(got.all+"\n"+got.state, x.names) {
					t.Errorf("Verify says %q, the state %q; want %q", got.all, got.state, x.names)
				}
			})
		}
		t.Run("an entry, complete with its hash and columns", func(t *testing.T) {
			got := h.tamper(t, owner, nil, h.rewritten(t)...)
			if !strings.Contains(got.all, "was changed since it was numbered") || !strings.Contains(got.state, "says something else than its entry") {
				t.Errorf("Verify says %q, the state %q", got.all, got.state)
			}
		})
		verifyClean(t, h.World) // all of it was taken back
	})
}

// tried are the tamperings that are tried: all of them, and under the race detector, which makes verify ten times as slow
// and which verifyClean shows it to in every test, some.
func tried[T any](all []T) []T {
	if !dbtest.UnderRace {
		return all
	}
	var some []T
	for i := 0; i < len(all); i += 12 {
		some = append(some, all[i])
	}
	return some
}

// rewritten puts another person into the entry of the scene's approval, everywhere it says who it was.
func (h *history) rewritten(t *testing.T) []string {
	t.Helper()
	var e models.LedgerEntry
	must(t, h.DB.Where("act = 'removal.approve' AND subject_id = ?", h.p.ID).Take(&e).Error)
	body := strings.ReplaceAll(e.Body, h.approver.ID, h.asker.ID)
	hash := hexOf(ledger.LeafHash([]byte(body)))
	literal := "x'" + hash + "'"
	if models.IsPostgres(h.DB.DB) {
		literal = `decode('` + hash + `', 'hex')`
	}
	return []string{"UPDATE ledger_entries SET actor_id = '" + h.asker.ID + "', body = '" + body + "', hash = " + literal + " WHERE id = '" + e.ID + "'"}
}
