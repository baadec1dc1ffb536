package app_test

import (
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// inTurn runs statements on a connection of their own, which SQLite's pragmas and temporary tables belong to, and
// returns who refused the last one. Those before it have to pass.
func inTurn(t *testing.T, s *scene, statements ...string) string {
	t.Helper()
	db, err := models.Open(s.DB.URL)
	must(t, err)
	defer models.Close(db) //nolint:errcheck // nothing is lost with it
	pool, err := db.DB()
	must(t, err)
	pool.SetMaxOpenConns(1)
	for i, statement := range statements {
		err = rawOn(t, db, s, statement, nil)
		if err != nil && i < len(statements)-1 {
			t.Errorf("%s: %v", statement, err)
		}
	}
	return refusedBy(err)
}

// REPLACE deletes rows without asking the triggers that guard against deleting.
func TestReplaceOnSQLite(t *testing.T) {
	t.Parallel()
	s := newScene(t, dbtest.SQLite(t))
	p := s.askForTwo(t)
	must(t, s.Approve(t.Context(), s.approver, p))
	other := s.Review(t, s.Seller, 5)
	copyOf := func(table, columns, values, where string) string {
		return "INSERT OR REPLACE INTO " + table + " (" + columns + ") SELECT " + values + " FROM " + table + " WHERE " + where
	}
	const proposal = "marketplace_id, id, kind, subject_type, subject_id, subject_version, payload, digest, seal, requester_id, state, quorum, created_at, expires_at"
	const approval = "marketplace_id, id, proposal_id, approver_id, verdict, note, digest, seal, created_at"
	const entry = "id, marketplace_id, at, actor_kind, actor_id, act, subject_type, subject_id, outcome, code, body, hash"
	for name, statement := range map[string]string{
		"the review, as removed":                "INSERT OR REPLACE" + insertReview("id", "external_id", "1", "'removed', @proposal")[len("INSERT"):],
		"the review, by its id":                 "INSERT OR REPLACE" + insertReview("id", "'x'", "1", "'published', NULL")[len("INSERT"):],
		"the review, by its external id":        "INSERT OR REPLACE" + insertReview("@id", "external_id", "1", "'published', NULL")[len("INSERT"):],
		"the review, in REPLACE's short form":   "REPLACE" + insertReview("id", "external_id", "1", "'published', NULL")[len("INSERT"):],
		"the request, with another requester":   copyOf("proposals", proposal, "marketplace_id, id, kind, subject_type, subject_id, subject_version, payload, digest, seal, @approver, state, 1, created_at, expires_at", "id = @proposal"),
		"the request, by another on the review": copyOf("proposals", proposal, "marketplace_id, @id, kind, subject_type, subject_id, subject_version, payload, digest, seal, @approver, 'open', 1, created_at, expires_at", "id = @proposal"),
		"the approval, by its id":               copyOf("approvals", approval, "marketplace_id, id, proposal_id, approver_id, 'approve', 'another note', digest, seal, created_at", "proposal_id = @proposal"),
		"the approval, by its person":           copyOf("approvals", approval, "marketplace_id, @id, proposal_id, approver_id, 'approve', 'another note', digest, seal, created_at", "proposal_id = @proposal"),
		"an entry":                              copyOf("ledger_entries", entry, "id, marketplace_id, at, actor_kind, actor_id, act, subject_type, subject_id, outcome, code, '{}', hash", "act = 'removal.approve'"),
		"an account, by its e-mail":             copyOf("staff", "id, email, name, password_hash, created_at", "@id, email, name, password_hash, created_at", "id = @approver"),
		"an account, by its id":                 copyOf("staff", "id, email, name, password_hash, created_at", "id, 'mine@example.test', name, password_hash, created_at", "id = @approver"),
		"a grant":                               copyOf("role_grants", "id, staff_id, role, marketplace_id, valid_from, granted_by, created_at", "id, @asker, role, '*', valid_from, granted_by, created_at", "staff_id = @approver"),
		"a ticket":                              copyOf("tickets", "marketplace_id, id, review_id, seller_id, queue, state, opened_at, due_at", "marketplace_id, id, review_id, seller_id, queue, 'closed', opened_at, due_at", "review_id = @review"),
		"a decision":                            copyOf("decisions", "marketplace_id, id, ticket_id, review_id, review_version, seller_id, moderator_id, queue, rating, action, assigned, decided_at", "marketplace_id, id, ticket_id, review_id, review_version, seller_id, moderator_id, queue, rating, 'keep', assigned, decided_at", "review_id = @review"),
		"another review, by updating its id":    "UPDATE OR REPLACE reviews SET id = @review WHERE id = '" + other.ID + "'",
		"the review's status":                   "UPDATE OR REPLACE reviews SET status = 'removed', removal_id = @proposal WHERE id = @review",
		"the review's status, ignoring errors":  "UPDATE OR IGNORE reviews SET status = 'removed', removal_id = @proposal WHERE id = @review",
		"the request's id":                      "UPDATE OR REPLACE proposals SET id = @id WHERE id = @proposal",
		"the ticket's review":                   "UPDATE OR REPLACE tickets SET review_id = @review WHERE review_id = '" + other.ID + "'",
		"the account's e-mail":                  "UPDATE OR REPLACE staff SET email = 'sand@example.test' WHERE id = @asker",
	} {
		t.Run(name, func(t *testing.T) {
			err := s.raw(t, statement, nil)
			if got := refusedBy(err); got != byGuard {
				t.Errorf("refused by %q (%v); want the guard", got, err)
			}
			s.stillPublished(t)
		})
	}
	verifyClean(t, s.World)
}

func TestTricksOnSQLite(t *testing.T) {
	t.Parallel()
	const mark = "UPDATE main.reviews SET status = 'removed', removal_id = @proposal WHERE id = @review"
	const shadow = "CREATE TEMP TABLE proposals AS SELECT * FROM main.proposals"
	const approved = "UPDATE temp.proposals SET state = 'approved', quorum = 0"
	for name, statements := range map[string][]string{
		"a temporary table of requests":       {shadow, approved, mark},
		"temporary tables of both":            {shadow, approved, "CREATE TEMP TABLE approvals AS SELECT * FROM main.approvals", mark},
		"a temporary trigger":                 {"CREATE TEMP TRIGGER x AFTER UPDATE ON main.tickets BEGIN UPDATE reviews SET status = 'removed', removal_id = 'x'; END", "UPDATE tickets SET priority = 9"},
		"no foreign keys":                     {"PRAGMA foreign_keys = 0", mark},
		"no checks":                           {"PRAGMA ignore_check_constraints = 1", "UPDATE reviews SET status = 'gone' WHERE id = @review"},
		"no checks, a review without removal": {"PRAGMA ignore_check_constraints = 1", "UPDATE reviews SET status = 'removed' WHERE id = @review"},
		"no checks, a request without quorum": {"PRAGMA ignore_check_constraints = 1", `INSERT INTO proposals (marketplace_id, id, kind, subject_type, subject_id, subject_version, payload, digest, seal, requester_id, state, quorum, created_at, expires_at)
			SELECT marketplace_id, @id, kind, subject_type, 'x', subject_version, payload, digest, seal, requester_id, 'open', 0, created_at, expires_at FROM proposals WHERE id = @proposal`},
		"no foreign keys, an approval by nobody":       {"PRAGMA foreign_keys = 0", forgedApproval("'nobody'", "@digest", "@now")},
		"an approval by the requester in capitals":     {"PRAGMA foreign_keys = 0", forgedApproval("upper(@asker)", "@digest", "@now")},
		"an approval by the requester, as bytes":       {"PRAGMA foreign_keys = 0", forgedApproval("CAST(@asker AS blob)", "@digest", "@now")},
		"the state, as bytes":                          {"UPDATE proposals SET state = CAST('approved' AS blob) WHERE id = @proposal"},
		"the status, as bytes, without checks":         {"PRAGMA ignore_check_constraints = 1", "UPDATE reviews SET status = CAST('removed' AS blob) WHERE id = @review"},
		"the status in capitals, without checks":       {"PRAGMA ignore_check_constraints = 1", "UPDATE reviews SET status = 'REMOVED' WHERE id = @review"},
		"triggers that don't follow from triggers":     {"PRAGMA recursive_triggers = 0", mark},
		"an entry past the guard, foreign keys off":    {"PRAGMA foreign_keys = 0", "DELETE FROM ledger_entries WHERE act = 'removal.request'"},
		"the review past the guard, foreign keys off":  {"PRAGMA foreign_keys = 0", "DELETE FROM reviews WHERE id = @review"},
		"the request past the guard, foreign keys off": {"PRAGMA foreign_keys = 0", "DELETE FROM proposals WHERE id = @proposal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, dbtest.SQLite(t))
			if got := inTurn(t, s, statements...); got != byGuard {
				t.Errorf("refused by %q; want the guard", got)
			}
			s.stillPublished(t)
			verifyClean(t, s.World)
		})
	}
	// SQLite has no accounts: whoever holds the file can drop a guard. Verify names what was done without it.
	t.Run("dropping the guard is named", func(t *testing.T) {
		t.Parallel()
		s := newScene(t, dbtest.SQLite(t))
		got := inTurn(t, s, "DROP TRIGGER reviews_removal_approved", mark)
		if got != "" || s.Status(t, s.review) != models.ReviewRemoved {
			t.Errorf("without the guard: refused by %q", got)
		}
		names(t, s.World, s.review.ID, "removed")
		if err := s.Desk.Restore(t.Context(), s.approver, apptest.Market, s.review.ID, 1, "Nobody had approved this."); err != nil {
			t.Errorf("restoring it: %v", err)
		}
	})
}
