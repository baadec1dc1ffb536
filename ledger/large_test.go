package ledger_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// large is how many entries the experiments with a large log have: a million in the long run.
func large() int {
	if os.Getenv("EVENHAND_SOAK") != "" {
		return 1_000_000
	}
	if n, err := strconv.Atoi(os.Getenv("EVENHAND_N")); err == nil {
		return n
	}
	if dbtest.UnderRace {
		return 2000
	}
	return 20_000
}

// fill writes n entries of an ordinary desk's size at once.
func fill(t testing.TB, db *dbtest.DB, n int) {
	t.Helper()
	rows := make([]models.LedgerEntry, 0, 1000)
	at := models.Now()
	for i := range n {
		e := &ledger.Entry{ID: models.NewID(), At: at, Marketplace: "olist", Act: "ticket.draw", SubjectType: "ticket", SubjectID: models.NewID()}
		e.Set("review", models.NewID())
		e.Set("queue", "health_beauty")
		e.Set("pool", i%25)
		row, err := ledger.NewRow(models.Actor{Kind: models.ActorPerson, ID: models.NewID()}, e)
		must(t, err)
		if rows = append(rows, row); len(rows) == cap(rows) || i == n-1 {
			must(t, db.Create(&rows).Error)
			rows = rows[:0]
		}
	}
}

// A large log is sequenced, proven from and verified: TestSoakLargeLog of scripts/soak does it with a million entries.
func TestSoakLargeLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		keys, _ := keysOf(t, "test.example/log")
		i := newInstance(t, db.DB, keys)
		n := large()
		fill(t, db, n)
		begin := time.Now()
		must(t, i.Drain(t.Context()))
		sequenced := time.Since(begin)
		must(t, db.Owner(t).Exec("ANALYZE").Error) // which a server does by itself, in time

		begin = time.Now()
		if r := i.agree(t, db.DB); r.Entries != int64(n) {
			t.Errorf("%d entries of %d", r.Entries, n)
		}
		verified := time.Since(begin)

		var ids []string
		must(t, db.Raw("SELECT entry_id FROM ledger_leaves WHERE idx % ? = 0 ORDER BY idx", n/200).Scan(&ids).Error)
		begin = time.Now()
		for _, id := range ids {
			p, err := i.Inclusion(t.Context(), id)
			must(t, err)
			must(t, tlog.CheckRecord(p.Path, p.Size, p.Root, p.Index, tlog.RecordHash([]byte(p.Body))))
		}
		inclusion := time.Since(begin) / time.Duration(len(ids))
		begin = time.Now()
		for k := range 200 {
			_, _, err := i.Consistency(t.Context(), int64(1+k*n/200))
			must(t, err)
		}
		t.Logf("%d entries: sequenced %.0f/s, verified in %.2f s, inclusion proof %v, consistency proof %v",
			n, float64(n)/sequenced.Seconds(), verified.Seconds(), inclusion.Round(time.Microsecond), (time.Since(begin) / 200).Round(time.Microsecond))
	})
}
