package ledger_test

import (
	"slices"
	"strings"
	"testing"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// Entries that lie on the disk in the opposite order, so that most aren't in verify's window when their number comes, are
// verified all the same, and so is that one of them is gone.
func TestVerifyReadsEntriesThatLieInAnotherOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		keys, _ := keysOf(t, "test.example/log")
		i := newInstance(t, db.DB, keys)
		n := int64(30_000)
		if dbtest.UnderRace {
			n = 3000
		}
		var rows []models.LedgerEntry
		at := models.Now()
		for range n {
			e := &ledger.Entry{ID: models.NewID(), At: at, Marketplace: "olist", Act: "ticket.draw", SubjectType: "ticket", SubjectID: models.NewID()}
			row, err := ledger.NewRow(models.Actor{Kind: models.ActorPerson, ID: models.NewID()}, e)
			must(t, err)
			rows = append(rows, row)
		}
		slices.Reverse(rows)
		must(t, db.CreateInBatches(&rows, 1000).Error)
		must(t, i.Drain(t.Context()))
		if r := i.agree(t, db.DB); r.Entries != n {
			t.Errorf("%d entries of %d", r.Entries, n)
		}
		gone := rows[n/2].ID
		owner := db.Owner(t)
		if models.IsPostgres(owner) {
			must(t, owner.Exec("ALTER TABLE ledger_entries DISABLE TRIGGER ALL").Error)
		} else {
			must(t, owner.Exec("DROP TRIGGER ledger_entries_no_delete").Error)
			must(t, owner.Exec("PRAGMA foreign_keys = 0").Error)
		}
		must(t, owner.Exec("DELETE FROM ledger_entries WHERE id = ?", gone).Error)
		r, err := ledger.Verify(t.Context(), db.DB, ledger.Trusted{Public: keys.Public}, nil)
		if err != nil || !strings.Contains(r.Disagreement, gone) || !strings.Contains(r.Disagreement, "missing") {
			t.Errorf("%q, %v", r.Disagreement, err)
		}
	})
}
