package app_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// What the database answers to raw SQL of the application's own account.
const (
	byGuard = "guard"             // one of our triggers
	denied  = "denied"            // PostgreSQL: the account may not
	byRule  = "rule"              // a constraint of the table
	unknown = "no such statement" // the other dialect's words
)

// refusedBy says who refused a raw statement: "" if nobody did.
func refusedBy(err error) string {
	if err == nil {
		return ""
	}
	if apptest.Code(models.Translate(err)) == "refused_by_database" {
		return byGuard
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "42501":
			return denied
		case strings.HasPrefix(pg.Code, "23"):
			return byRule
		case strings.HasPrefix(pg.Code, "42"):
			return unknown
		}
	}
	switch text := err.Error(); {
	case strings.Contains(text, "constraint failed"):
		return byRule
	case strings.Contains(text, "syntax error"), strings.Contains(text, "no such"):
		return unknown
	}
	return err.Error()
}

// statement is a raw statement and who has to refuse it on which database.
type statement struct{ name, sql, sqlite, postgres string }

const newReview = `INSERT INTO reviews (marketplace_id, id, external_id, seller_id, product_id, customer_id, rating, title, body, posted_at, version, salt, digest, status, removal_id, intake_id, created_at, updated_at)
	SELECT marketplace_id, %ID, %EXT, seller_id, product_id, customer_id, rating, title, body, posted_at, %VERSION, salt, digest, %STATUS, intake_id, created_at, updated_at FROM reviews WHERE id = @review`

func insertReview(id, external, version, status string) string {
	return strings.NewReplacer("%ID", id, "%EXT", external, "%VERSION", version, "%STATUS", status).Replace(newReview)
}

var rawStatements = []statement{
	{"mark it removed", "UPDATE reviews SET status = 'removed' WHERE id = @review", byGuard, byGuard},
	{"mark it removed, naming the open request", "UPDATE reviews SET status = 'removed', removal_id = @proposal WHERE id = @review", byGuard, byGuard},
	{"mark it removed, naming a request that isn't there", "UPDATE reviews SET status = 'removed', removal_id = @id WHERE id = @review", byGuard, byGuard},
	{"mark it removed together with an edit", "UPDATE reviews SET status = 'removed', removal_id = @proposal, version = version + 1, body = '' WHERE id = @review", byGuard, byGuard},
	{"hold it", "UPDATE reviews SET status = 'held' WHERE id = @review", byGuard, byGuard},
	{"redact it", "UPDATE reviews SET status = 'redacted' WHERE id = @review", byGuard, byGuard},
	{"a status that doesn't exist", "UPDATE reviews SET status = 'gone' WHERE id = @review", byGuard, byGuard},
	{"no status", "UPDATE reviews SET status = NULL WHERE id = @review", byRule, byRule},
	{"a removal on a published review", "UPDATE reviews SET removal_id = @proposal WHERE id = @review", byGuard, byGuard},
	{"delete it", "DELETE FROM reviews WHERE id = @review", byGuard, denied},
	{"truncate all", "TRUNCATE reviews CASCADE", unknown, denied},
	{"better stars", "UPDATE reviews SET rating = 5 WHERE id = @review", byGuard, byGuard},
	{"no words", "UPDATE reviews SET body = '', title = '' WHERE id = @review", byGuard, byGuard},
	{"better stars as an edit that keeps nothing", "UPDATE reviews SET rating = 5, version = version + 1 WHERE id = @review", byGuard, byGuard},
	{"an edit two versions on", "UPDATE reviews SET rating = 5, version = version + 2 WHERE id = @review", byGuard, byGuard},
	{"another digest", "UPDATE reviews SET digest = @bytes WHERE id = @review", byGuard, byGuard},
	{"another salt", "UPDATE reviews SET salt = @bytes WHERE id = @review", byGuard, byGuard},
	{"another seller", "UPDATE reviews SET seller_id = @id WHERE id = @review", byGuard, byGuard},
	{"another product", "UPDATE reviews SET product_id = @id WHERE id = @review", byGuard, byGuard},
	{"redact it, naming the open request", "UPDATE reviews SET status = 'redacted', redaction_id = @proposal WHERE id = @review", byGuard, byGuard},
	{"label it, naming the open request", "UPDATE reviews SET label_id = @proposal WHERE id = @review", byGuard, byGuard},
	{"move it, naming the open request", "UPDATE reviews SET move_id = @proposal, home_seller_id = seller_id, home_product_id = product_id WHERE id = @review", byGuard, byGuard},
	{"a home that it hasn't", "UPDATE reviews SET home_seller_id = seller_id, home_product_id = product_id WHERE id = @review", byGuard, byGuard},
	{"another marketplace", "UPDATE reviews SET marketplace_id = @other WHERE id = @review", byGuard, denied},
	{"another external id", "UPDATE reviews SET external_id = 'gone' WHERE id = @review", byGuard, denied},
	{"another intake", "UPDATE reviews SET intake_id = @id WHERE id = @review", byGuard, denied},
	{"bring one in as removed", insertReview("@id", "'x'", "1", "'removed', @proposal"), byGuard, byGuard},
	{"bring one in as held", insertReview("@id", "'x'", "1", "'held', NULL"), byGuard, byGuard},
	{"bring one in at version 2", insertReview("@id", "'x'", "2", "'published', NULL"), byGuard, byGuard},
	{"bring it in once more", insertReview("id", "'x'", "1", "'published', NULL"), byGuard, byRule},
	{"an upsert that removes", insertReview("id", "'x'", "1", "'published', NULL") +
		" ON CONFLICT (marketplace_id, id) DO UPDATE SET status = 'removed', removal_id = @proposal", byGuard, byGuard},
	{"an upsert that betters the stars", insertReview("id", "'x'", "1", "'published', NULL") +
		" ON CONFLICT (marketplace_id, id) DO UPDATE SET rating = 5", byGuard, byGuard},

	{"open to effective", "UPDATE proposals SET state = 'effective' WHERE id = @proposal", byGuard, byGuard},
	{"open to approved without approvals", "UPDATE proposals SET state = 'approved' WHERE id = @proposal", byGuard, byGuard},
	{"a state that doesn't exist", "UPDATE proposals SET state = 'done' WHERE id = @proposal", byGuard, byGuard},
	{"no quorum", "UPDATE proposals SET quorum = 0 WHERE id = @proposal", byGuard, denied},
	{"another requester", "UPDATE proposals SET requester_id = @approver WHERE id = @proposal", byGuard, denied},
	{"another digest of the request", "UPDATE proposals SET digest = @bytes WHERE id = @proposal", byGuard, denied},
	{"another seal of the request", "UPDATE proposals SET seal = @bytes WHERE id = @proposal", byGuard, denied},
	{"another payload", "UPDATE proposals SET payload = '{}' WHERE id = @proposal", byGuard, byGuard},
	{"a later expiry", "UPDATE proposals SET expires_at = @later WHERE id = @proposal", byGuard, denied},
	{"another subject", "UPDATE proposals SET subject_id = @id WHERE id = @proposal", byGuard, denied},
	{"another version", "UPDATE proposals SET subject_version = 2 WHERE id = @proposal", byGuard, denied},
	{"delete the request", "DELETE FROM proposals WHERE id = @proposal", byGuard, denied},
	{"a request that starts approved", `INSERT INTO proposals (marketplace_id, id, kind, subject_type, subject_id, subject_version, payload, digest, seal, requester_id, state, quorum, created_at, expires_at)
		SELECT marketplace_id, @id, kind, subject_type, 'x', subject_version, payload, digest, seal, requester_id, 'approved', quorum, created_at, expires_at FROM proposals WHERE id = @proposal`, byGuard, byGuard},
	{"an upsert on the request", `INSERT INTO proposals (marketplace_id, id, kind, subject_type, subject_id, subject_version, payload, digest, seal, requester_id, state, quorum, created_at, expires_at)
		SELECT marketplace_id, id, kind, subject_type, subject_id, subject_version, payload, digest, seal, requester_id, state, quorum, created_at, expires_at FROM proposals WHERE id = @proposal
		ON CONFLICT (marketplace_id, id) DO UPDATE SET state = 'approved'`, byGuard, byGuard},

	{"the requester's approval", forgedApproval("@asker", "@digest", "@now"), byGuard, byGuard},
	{"an approval of something else", forgedApproval("@approver", "@bytes", "@now"), byGuard, byGuard},
	{"an approval by nobody", forgedApproval("@id", "@digest", "@now"), byGuard, byGuard},
	{"an approval after the end", forgedApproval("@approver", "@digest", "@much_later"), byGuard, byGuard},
	{"edit entries", "UPDATE ledger_entries SET body = '{}' WHERE act = 'removal.request'", byGuard, denied},
	{"delete entries", "DELETE FROM ledger_entries", byGuard, denied},
	{"truncate entries", "TRUNCATE ledger_entries", unknown, denied},
	{"delete approvals", "DELETE FROM approvals", "", denied}, // there are none: no row, no trigger
	{"an account's password", "UPDATE staff SET password_hash = (SELECT password_hash FROM staff WHERE id = @asker) WHERE id = @approver", byGuard, denied},
	{"an account's e-mail", "UPDATE staff SET email = 'mine@example.test' WHERE id = @approver", byGuard, denied},
	{"delete an account", "DELETE FROM staff WHERE id = @approver", byGuard, denied},
	{"a role edited", "UPDATE role_grants SET role = 'supervisor' WHERE staff_id = @asker", byGuard, denied},
	{"a role moved", "UPDATE role_grants SET staff_id = @asker WHERE staff_id = @approver", byGuard, denied},
	{"a role that ends later", "UPDATE role_grants SET valid_to = @later WHERE staff_id = @approver", byGuard, denied},
	{"a moderator who audits too", `INSERT INTO role_grants (id, staff_id, role, marketplace_id, valid_from, granted_by, created_at, seal)
		VALUES (@id, @asker, 'auditor', '*', @now, 'me', @now, @bytes)`, byGuard, byGuard},
	{"a role that doesn't exist", `INSERT INTO role_grants (id, staff_id, role, marketplace_id, valid_from, granted_by, created_at, seal)
		VALUES (@id, @asker, 'root', '*', @now, 'me', @now, @bytes)`, byGuard, byGuard},
}

func forgedApproval(approver, digest, at string) string {
	return "INSERT INTO approvals (marketplace_id, id, proposal_id, approver_id, verdict, note, digest, seal, created_at) VALUES (@market, @id, @proposal, " +
		approver + ", 'approve', 'Checked the order look-up.', " + digest + ", @bytes, " + at + ")"
}

func TestRawSQLOfTheApplicationsAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		for _, st := range rawStatements {
			t.Run(st.name, func(t *testing.T) {
				want := st.sqlite
				if models.IsPostgres(db.DB) {
					want = st.postgres
				}
				err := s.raw(t, st.sql, map[string]any{"much_later": s.p.ExpiresAt})
				if got := refusedBy(err); got != want {
					t.Errorf("refused by %q (%v); want %q", got, err, want)
				}
				s.stillPublished(t)
			})
		}
		verifyClean(t, s.World)
		must(t, s.approve(t, s.approver)) // nothing of it has harmed the ordinary way
	})
}
