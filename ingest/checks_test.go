package ingest_test

import (
	"regexp"
	"strings"
	"testing"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/ingest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// tamper runs statements as the database's owner, past all triggers.
func tamper(t *testing.T, db *dbtest.DB, statements ...string) {
	t.Helper()
	owner := db.Owner(t)
	for _, table := range []string{"reviews", "review_versions", "ledger_entries"} {
		if models.IsPostgres(owner) {
			statements = append([]string{"ALTER TABLE " + table + " DISABLE TRIGGER USER"}, statements...)
			continue
		}
		var triggers []string
		owner.Raw("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", table).Scan(&triggers)
		for _, name := range triggers {
			statements = append([]string{"DROP TRIGGER " + name}, statements...)
		}
	}
	for _, s := range statements {
		if res := owner.Exec(s); res.Error != nil {
			t.Fatalf("%s: %v", s, res.Error)
		}
	}
}

// TestChecksFindTampering brings the small folder in, edits one review twice, and changes one thing behind the
// program's back.
func TestChecksFindTampering(t *testing.T) {
	uuid := `[0-9a-f-]{36}`
	edited := "(SELECT id FROM reviews WHERE version = 3)"
	for name, c := range map[string]struct{ statement, says string }{
		"nothing":                      {"SELECT 1", "^$"},
		"a text":                       {"UPDATE reviews SET body = 'all fine' WHERE rating = 1", "^review " + uuid + " was changed"},
		"a rating":                     {"UPDATE reviews SET rating = 5 WHERE rating = 2", "^review " + uuid + " was changed"},
		"a time":                       {"UPDATE reviews SET posted_at = created_at WHERE rating = 2", "^review " + uuid + " was changed"},
		"whose it is":                  {"UPDATE reviews SET seller_id = (SELECT id FROM sellers WHERE external_id = 's1') WHERE external_id = 'r2:o2'", "^review " + uuid + " was changed"},
		"a replaced text":              {"UPDATE review_versions SET body = 'x' WHERE version = 1", "^a replaced text of review " + uuid + " was changed"},
		"a replaced time":              {"UPDATE review_versions SET posted_at = replaced_at WHERE version = 2", "^a replaced text of review " + uuid + " was changed"},
		"a replaced text is gone":      {"DELETE FROM review_versions WHERE version = 1", "^review " + uuid + " lacks a text"},
		"all replaced texts are gone":  {"DELETE FROM review_versions", "^review " + uuid + " lacks a text"},
		"a review is gone":             {"DELETE FROM reviews WHERE external_id = 'r2:o2'", "^entry " + uuid + " brought in another number"},
		"a review in another intake":   {"UPDATE reviews SET intake_id = (SELECT id FROM ledger_entries WHERE act = 'marketplace.add' ORDER BY id LIMIT 1) WHERE rating = 5", "^review " + uuid + " came in by no entry"},
		"an intake's entry is gone":    {"DELETE FROM ledger_entries WHERE act = 'reviews.import'", "^review " + uuid + " came in by no entry"},
		"an edit's entry is gone":      {"DELETE FROM ledger_entries WHERE act = 'review.edit'", "^version 2 of review " + uuid + " is explained by no entry"},
		"one of two edits' is gone":    {"DELETE FROM ledger_entries WHERE id = (SELECT id FROM ledger_entries WHERE act = 'review.edit' ORDER BY id DESC LIMIT 1)", "^version 3 of review " + uuid + " is explained by no entry"},
		"an edit is undone":            {"UPDATE reviews SET (rating, title, body, posted_at, salt, digest, version) = (SELECT rating, title, body, posted_at, salt, digest, version FROM review_versions WHERE version = 2) WHERE id = " + edited + "; DELETE FROM review_versions WHERE version = 2", "^entry " + uuid + " speaks of an edit that isn't there"},
		"an entry of another's review": {"UPDATE ledger_entries SET subject_id = 'x' WHERE act = 'review.edit'", "^(version 2 of review|entry) "},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				w := newWorld(t, db)
				for _, dir := range []string{olistFolder(t, nil), editedFolder(t), olistFolder(t, nil)} {
					w.mustImport(t, asOlist, dir)
				}
				tamper(t, db, strings.Split(c.statement, "; ")...)
				if got := found(t, db.DB); !regexp.MustCompile(c.says).MatchString(got) {
					t.Errorf("found %q; want %s", got, c.says)
				}
			})
		})
	}
}

// found is the first finding of the intake's own checks.
func found(t *testing.T, db *gorm.DB) string {
	t.Helper()
	for _, c := range ingest.Checks() {
		finding, err := c.Run(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		if finding != "" {
			return finding
		}
	}
	return ""
}

// A review with a fresh digest that fits its new text is still not the one that the entry brought in.
func TestChecksFindExchangedReview(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		w.mustImport(t, asOlist, olistFolder(t, nil))
		owner := db.Owner(t)
		tamper(t, db)
		var r models.Review
		owner.Where("external_id = 'r2:o2'").Take(&r)
		r.Body, r.Salt = "Perfect.", ledger.NewSalt()
		digest, err := ledger.Commit(r.Salt, r.Content())
		if err != nil {
			t.Fatal(err)
		}
		owner.Model(&models.Review{}).Where("id = ?", r.ID).Updates(map[string]any{"body": r.Body, "salt": r.Salt, "digest": digest})
		if got := found(t, db.DB); !strings.Contains(got, "the root doesn't fit") {
			t.Errorf("found %q", got)
		}
	})
}

// What the rest of the product's tests bring in and edit is what the checks expect.
func TestChecksAgreeWithWorld(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := w.Review(t, w.Seller, 1)
	if err := w.Edit(t.Context(), r, "Works again."); err != nil {
		t.Fatal(err)
	}
	w.agrees(t)
	if apptest.Market != "olist" {
		t.Error("the tests import into the marketplace that the world has")
	}
}
