package app_test

import (
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

const (
	blankReview = "UPDATE reviews SET title = '', body = '', order_ref = '', salt = %NONE, erased_at = @at WHERE id = @rounds"
	markErased  = "UPDATE customers SET external_id = 'erased:' || @customer, erased_at = @at, erasure_id = @p WHERE id = @customer"
)

// What the application's own account tries with raw SQL, before an erasure was approved. refused by the guards all.
var erasingAlone = []statement{
	{"mark the customer", markErased, byGuard, byGuard},
	{"mark the customer by another's request", strings.ReplaceAll(markErased, "@p", "@proposal"), byGuard, byGuard},
	{"another name for the customer", "UPDATE customers SET external_id = 'nobody' WHERE id = @customer", byGuard, byGuard},
	{"a customer who comes in erased", "INSERT INTO customers (marketplace_id, id, external_id, created_at, erased_at) VALUES (@market, @id, 'x', @at, @at)", byGuard, byGuard},
	{"a customer named as if erased", "INSERT INTO customers (marketplace_id, id, external_id, created_at) VALUES (@market, @id, 'erased:x', @at)", byGuard, byGuard},
	{"delete the customer", "DELETE FROM customers WHERE id = @customer", byGuard, denied},
	{"blank a review", blankReview, byGuard, byGuard},
	{"blank a review without saying so", "UPDATE reviews SET title = '', body = '', order_ref = '', salt = %NONE WHERE id = @rounds", byGuard, byGuard},
	{"say that a review is erased", "UPDATE reviews SET erased_at = @at WHERE id = @rounds", byGuard, byGuard},
	{"another order", "UPDATE reviews SET order_ref = 'x' WHERE id = @rounds", byGuard, byGuard},
	{"blank a version", "UPDATE review_versions SET title = '', body = '', salt = %NONE, erased_at = @at WHERE review_id = @rounds", byGuard, byGuard},
	{"another text of a version", "UPDATE review_versions SET body = 'Lovely.' WHERE review_id = @rounds", byGuard, byGuard},
	{"blank a request", "UPDATE proposals SET payload = '', erased_at = @at WHERE subject_id = @roundstext", byGuard, byGuard},
	{"blank the erasure's request", "UPDATE proposals SET payload = '', erased_at = @at WHERE id = @p", byGuard, byGuard},
	{"blank notes", "UPDATE approvals SET note = '', note_salt = %NONE, erased_at = @at", byGuard, byGuard},
	{"another note", "UPDATE approvals SET note = 'No.'", byGuard, byGuard},
	{"another seal", "UPDATE approvals SET seal = @bytes", byGuard, byGuard},
	{"blank flags", "UPDATE flags SET text = '', erased_at = @at", byGuard, byGuard},
	{"another flag", "UPDATE flags SET text = 'It is fine.'", byGuard, byGuard},
	{"blank skips", "UPDATE skips SET note = '', erased_at = @at", byGuard, byGuard},
	{"blank restorations", "UPDATE restorations SET note = '', erased_at = @at", byGuard, byGuard},
}

// What it tries once the erasure took effect.
var afterErasure = []statement{
	{"another text", "UPDATE reviews SET body = 'Lovely.' WHERE id = @rounds", byGuard, byGuard},
	{"another text as an edit", "UPDATE reviews SET body = 'Lovely.', version = version + 1 WHERE id = @rounds", byGuard, byGuard},
	{"better stars", "UPDATE reviews SET rating = 5 WHERE id = @rounds", byGuard, byGuard},
	{"another salt", "UPDATE reviews SET salt = @bytes WHERE id = @rounds", byGuard, byGuard},
	{"another digest", "UPDATE reviews SET digest = @bytes WHERE id = @rounds", byGuard, byGuard},
	{"published again", "UPDATE reviews SET status = 'published', removal_id = NULL WHERE id = @rounds", byGuard, byGuard},
	{"removed", "UPDATE reviews SET status = 'removed', removal_id = @p WHERE id = @opened", byGuard, byGuard},
	{"not erased", "UPDATE reviews SET erased_at = NULL WHERE id = @rounds", byGuard, byGuard},
	{"erased at another time", "UPDATE reviews SET erased_at = @later WHERE id = @rounds", byGuard, byGuard},
	{"the customer's name back", "UPDATE customers SET external_id = 'customer-1' WHERE id = @customer", byGuard, byGuard},
	{"the customer back", "UPDATE customers SET external_id = 'customer-1', erased_at = NULL, erasure_id = NULL WHERE id = @customer", byGuard, byGuard},
	{"a version's text", "UPDATE review_versions SET body = 'x', erased_at = NULL WHERE review_id = @rounds", byGuard, byGuard},
	{"a version's stars", "UPDATE review_versions SET rating = 5 WHERE review_id = @rounds", byGuard, denied},
	{"a new version", `INSERT INTO review_versions (marketplace_id, review_id, version, rating, title, body, posted_at, salt, digest, replaced_at)
		SELECT marketplace_id, id, 9, rating, 'x', 'x', posted_at, salt, digest, @at FROM reviews WHERE id = @rounds`, byGuard, byGuard},
	{"a new review of theirs", strings.ReplaceAll(insertReview("@id", "'x'", "1", "'published', NULL"), "@review", "@rounds"), byGuard, byGuard},
	{"a request's words", "UPDATE proposals SET payload = '{}' WHERE subject_id = @roundstext", byGuard, byGuard},
	{"a request's words, not erased", "UPDATE proposals SET payload = '{}', erased_at = NULL WHERE subject_id = @roundstext", byGuard, byGuard},
	{"the erasure's own words", "UPDATE proposals SET payload = '', erased_at = @at WHERE id = @p", byGuard, byGuard},
	{"the erasure's own note", "UPDATE approvals SET note = '', note_salt = %NONE, erased_at = @at WHERE proposal_id = @p", byGuard, byGuard},
	{"a note", "UPDATE approvals SET note = 'x' WHERE proposal_id <> @p", byGuard, byGuard},
	{"a seal", "UPDATE approvals SET seal = @bytes WHERE proposal_id <> @p", byGuard, byGuard},
	{"another customer's review", "UPDATE reviews SET title = '', body = '', order_ref = '', salt = %NONE, erased_at = @at WHERE id = @others", byGuard, byGuard},
	{"another customer's review, with their stars", "UPDATE reviews SET rating = 1, title = '', body = '', order_ref = '', salt = %NONE, erased_at = @at WHERE id = @others", byGuard, byGuard},
	{"another customer, by the same request", strings.ReplaceAll(markErased, "@customer", "@other_customer"), byGuard, byGuard},
}

func (e *erasable) tryAll(t *testing.T, list []statement, extra map[string]any) {
	t.Helper()
	none := "x''"
	if models.IsPostgres(e.DB.DB) {
		none = "''::bytea"
	}
	for _, st := range list {
		t.Run(st.name, func(t *testing.T) {
			want := st.sqlite
			if models.IsPostgres(e.DB.DB) {
				want = st.postgres
			}
			sql := strings.ReplaceAll(st.sql, "%NONE", none)
			if models.IsPostgres(e.DB.DB) {
				sql = strings.ReplaceAll(sql, "'erased:' || @customer", "'erased:' || CAST(@customer AS text)")
			}
			if got := refusedBy(e.raw(t, sql, extra)); got != want {
				t.Errorf("refused by %q; want %q", got, want)
			}
		})
	}
}

func TestErasingByRawSQL(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := newErasable(t, db)
		p := e.request(t, e.admin)
		ids := map[string]any{
			"rounds": e.rounds.ID, "roundstext": e.rounds.ID, "opened": e.open.SubjectID, "others": e.other.ID, "customer": e.Customer.ID,
			"other_customer": e.other.CustomerID, "p": p.ID, "at": e.Now(),
		}
		e.tryAll(t, erasingAlone, ids)
		e.untouched(t)
		verifyClean(t, e.World)

		_, err := e.Erase.Approve(t.Context(), e.second, apptest.Market, p.ID, p.Digest, approverNote)
		must(t, err)
		e.tryAll(t, afterErasure, ids)
		for what, where := range e.dump(t) {
			t.Errorf("%s is still in %v", what, where)
		}
		verifyClean(t, e.World)
	})
}

// The database can't check seals: an approval forged by raw SQL lets the marking pass there, and verify names it.
func TestErasureByAForgedApproval(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := newErasable(t, db)
		p := e.request(t, e.admin)
		ids := map[string]any{"p": p.ID, "proposal": p.ID, "digest": p.Digest, "approver": e.second.ID, "customer": e.Customer.ID, "at": e.Now()}
		must(t, e.raw(t, forgedApproval("@approver", "@digest", "@now"), ids))
		must(t, e.raw(t, "UPDATE proposals SET state = 'approved' WHERE id = @p", ids))
		must(t, e.raw(t, strings.ReplaceAll(markErased, "'erased:' || @customer", "'erased:' || CAST(@customer AS text)"), ids))
		names(t, e.World, "approvals", "explained by no entry")
	})
}

// What staff write about an erased review later is theirs. Blanking it under the erasure's name passes the database,
// which doesn't know what was there when, and verify misses it in the count.
func TestBlankingMoreThanTheErasureDid(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := newErasable(t, db)
		e.erase(t)
		must(t, e.Desk.Restore(t.Context(), e.approver, apptest.Market, e.rounds.ID, e.rounds.Version, "The reason didn't hold after all."))
		verifyClean(t, e.World)
		ids := map[string]any{"at": *e.read(t, e.rounds.ID).ErasedAt}
		must(t, e.raw(t, "UPDATE restorations SET note = '', erased_at = @at WHERE erased_at IS NULL", ids))
		names(t, e.World, "blanked 1 restorations", "2 are blank")
	})
}
