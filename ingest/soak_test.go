package ingest_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"

	"evenhand/ingest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// EVENHAND_SOAK asks for a million rows; EVENHAND_SOAK=N for N.
const envSoak = "EVENHAND_SOAK"

func soakRows(t *testing.T) int {
	switch v := os.Getenv(envSoak); v {
	case "":
		return 1_000
	case "1":
		return 1_000_000
	default:
		n, err := strconv.Atoi(v)
		if err != nil {
			t.Fatalf("%s=%q: want a number of rows", envSoak, v)
		}
		return n
	}
}

// TestSoakMillion imports generated reviews, with EVENHAND_SOAK=1 a million of them, in bounded memory, and measures
// it beside the database's own bulk load of the same rows into the same tables, indexes and triggers:
//
//	EVENHAND_PG_FSYNC=on EVENHAND_SOAK=1 scripts/postgres go test -timeout 1h -run TestSoakMillion -v ./ingest
func TestSoakMillion(t *testing.T) {
	n := soakRows(t)
	file := generated(t, n)
	for name, open := range map[string]func(testing.TB) *dbtest.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, open(t))
			for _, want := range []ingest.Counts{{Read: n, Imported: n}, {Read: n, Unchanged: n}} {
				resetPeak()
				began := time.Now()
				if got := w.mustImport(t, asAmazon, file); got != want {
					t.Errorf("import: %+v; want %+v", got, want)
				}
				report(t, fmt.Sprintf("import (%d new)", want.Imported), n, time.Since(began))
			}
			if peak := peakRSS(); n >= 1_000_000 && peak > 400<<20 {
				t.Errorf("the import took %d MiB", peak>>20)
			}
			resetPeak()
			began := time.Now()
			w.agrees(t)
			report(t, "verify", n, time.Since(began))
			bulk := open(t)
			began = time.Now()
			if models.IsPostgres(bulk.DB) {
				copyRows(t, bulk, n)
			} else {
				insertRows(t, bulk, n)
			}
			report(t, "bulk load", n, time.Since(began))
		})
	}
}

func report(t *testing.T, what string, n int, took time.Duration) {
	t.Logf("%-22s %d rows in %.1f s: %.0f rows/s, peak %d MiB", what, n, took.Seconds(), float64(n)/took.Seconds(), peakRSS()>>20)
}

// resetPeak makes Linux forget the process's peak so far.
func resetPeak() { os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) } //nolint:errcheck // other systems report none

// peakRSS is the most memory that the process has held, in bytes; 0 where nobody tells.
func peakRSS() int64 {
	b, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	kib, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(kib, 10, 64)
	return n << 10
}

var words = strings.Fields("the a it and broke works fine never arrived late seller box colour smell great awful after two weeks days bought again would not recommend money back told me quality cheap soft loud battery screen handle lid")

// invented is the i-th of the generated reviews, the same every time.
func invented(i int) (reviewer, asin string, rating int, title, text string, at time.Time) {
	r := rand.New(rand.NewPCG(7, uint64(i)))
	var b strings.Builder
	for range 10 + r.IntN(60) {
		b.WriteString(words[r.IntN(len(words))])
		b.WriteByte(' ')
	}
	text = b.String()
	at = time.UnixMilli(1_400_000_000_000 + int64(i)*17_000).UTC()
	return fmt.Sprintf("R%012X", r.IntN(1<<22)), fmt.Sprintf("B%09d", r.IntN(20_000)), 1 + r.IntN(5), text[:20], text, at
}

// generated writes so many reviews as JSON lines and returns the file's path.
func generated(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "generated.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := bufio.NewWriter(f)
	defer b.Flush()
	for i := range n {
		reviewer, asin, rating, title, text, at := invented(i)
		fmt.Fprintf(b, `{"rating": %d.0, "title": %q, "text": %q, "asin": %q, "parent_asin": %q, "user_id": %q, "timestamp": %d, "verified_purchase": true}`+"\n",
			rating, title, text, asin, asin, reviewer, at.UnixMilli())
	}
	return path
}

const bulkMarket = "bulk"

var (
	partyColumns  = map[string][]string{"sellers": {"name"}, "products": {"title", "category"}, "customers": nil}
	reviewColumns = strings.Fields("marketplace_id id external_id seller_id product_id customer_id order_ref verified rating title body posted_at salt digest intake_id created_at updated_at")
)

// bulkLoad hands the same rows as the import makes, table by table, ids and all, to a function that loads them.
func bulkLoad(t testing.TB, db *gorm.DB, n int, load func(table string, columns []string, rows func(yield func([]any) bool))) {
	t.Helper()
	now := models.Now()
	m := models.Marketplace{ID: bulkMarket, Name: bulkMarket, NegativeAtOrBelow: 2, ProposalTTLHours: 72, LeaseMinutes: 10, CreatedAt: now}
	if err := db.Create(&m).Error; err != nil {
		t.Fatal(err)
	}
	ids := map[string]map[string]string{}
	for _, table := range []string{"sellers", "products", "customers"} {
		ids[table] = map[string]string{}
		load(table, append(strings.Fields("marketplace_id id external_id created_at"), partyColumns[table]...), func(yield func([]any) bool) {
			for i := range n {
				reviewer, asin, _, _, _, _ := invented(i)
				external, rest := asin, []any{"listing " + asin, "uncategorised"}
				if table == "customers" {
					external = reviewer
				}
				if ids[table][external] != "" {
					continue
				}
				ids[table][external] = models.NewID()
				if !yield(append([]any{bulkMarket, ids[table][external], external, now}, rest[:len(partyColumns[table])]...)) {
					return
				}
			}
		})
	}
	intake := models.NewID()
	load("reviews", reviewColumns, func(yield func([]any) bool) {
		for i := range n {
			reviewer, asin, rating, title, text, at := invented(i)
			digest, err := ledger.Digest([]any{i, "a stand-in of the same size"})
			if err != nil {
				t.Fatal(err)
			}
			if !yield([]any{
				bulkMarket, models.NewID(), fmt.Sprintf("%x", digest), ids["sellers"][asin], ids["products"][asin], ids["customers"][reviewer],
				"", true, int16(rating), title, text, at, digest[:16], digest, intake, now, now,
			}) {
				return
			}
		}
	})
}

// copyRows is PostgreSQL's COPY, each table in a transaction of its own.
func copyRows(t testing.TB, db *dbtest.DB, n int) {
	pool, err := db.DB.DB()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	bulkLoad(t, db.DB, n, func(table string, columns []string, rows func(yield func([]any) bool)) {
		err := conn.Raw(func(c any) error {
			in := make(chan []any, 1000)
			go func() {
				defer close(in)
				rows(func(row []any) bool { in <- row; return true })
			}()
			_, err := c.(*stdlib.Conn).Conn().CopyFrom(t.Context(), pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
				return <-in, nil
			}))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// insertRows is SQLite's prepared insert, each table in one transaction.
func insertRows(t testing.TB, db *dbtest.DB, n int) {
	bulkLoad(t, db.DB, n, func(table string, columns []string, rows func(yield func([]any) bool)) {
		err := models.InTx(context.Background(), db.DB, func(tx *gorm.DB) error {
			stmt, err := tx.Statement.ConnPool.PrepareContext(t.Context(), fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table,
				strings.Join(columns, ", "), strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")))
			if err != nil {
				return err
			}
			defer stmt.Close()
			return insertAll(t.Context(), stmt, rows)
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func insertAll(ctx context.Context, stmt *sql.Stmt, rows func(yield func([]any) bool)) (err error) {
	rows(func(row []any) bool {
		_, err = stmt.ExecContext(ctx, row...)
		return err == nil
	})
	return err
}
