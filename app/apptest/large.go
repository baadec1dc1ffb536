package apptest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// How many of each there are in a large marketplace, whatever its size.
const (
	LargeSellers    = 2000
	LargeModerators = 40
	LargeApprovers  = 12
)

// The kinds of ids in a large marketplace; the n-th of a kind has the id that LargeID gives.
const (
	LargeSeller = 0x10 + iota
	LargeProduct
	LargeCustomer
	LargeReview
	LargeRequest
	LargeTicket
	LargeDecision
	LargeApproval
	LargeStaff
	LargeRestoration
)

// LargeID is the id of the n-th of a kind.
func LargeID(kind, n int) string { return fmt.Sprintf("%08x-0000-7000-8000-%012x", kind, n) }

// FillLarge makes the world's marketplace a large one by bulk SQL, without guards: what pages do to it is measured, and
// nothing in it is sealed or on record. Times go from two years ago to now.
func (w *World) FillLarge(t testing.TB, reviews, removals int) {
	t.Helper()
	owner := w.DB.Owner(t)
	begin := w.Now().AddDate(-2, 0, 0).Truncate(24 * time.Hour)
	statements := bulk(models.IsPostgres(owner), begin, reviews, removals)
	err := owner.Connection(func(tx *gorm.DB) error {
		guards, err := disarm(tx)
		if err != nil {
			return err
		}
		for _, s := range append(statements, guards...) {
			if err := tx.Exec(s).Error; err != nil {
				return fmt.Errorf("%s: %w", s[:min(len(s), 300)], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// disarm drops SQLite's triggers but for those that queue an entry, and gives what makes them again. PostgreSQL has a
// setting for that.
func disarm(tx *gorm.DB) ([]string, error) {
	if models.IsPostgres(tx) {
		return nil, nil
	}
	var found []struct{ Name, SQL string }
	if err := tx.Raw("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name <> 'ledger_entries'").Scan(&found).Error; err != nil {
		return nil, err
	}
	var again []string
	for _, x := range found {
		if err := tx.Exec("DROP TRIGGER " + x.Name).Error; err != nil {
			return nil, err
		}
		again = append(again, x.SQL)
	}
	return again, nil
}

// bulk are the statements that fill a large marketplace: everything that the pages read, in the shares that a desk has.
func bulk(postgres bool, begin time.Time, reviews, removals int) []string {
	d := SpellingOf(postgres)
	decisions := removals * 4
	day := func(n int) string { return fmt.Sprintf("(i * 730.0 / %d)", n) }
	at := func(days string) string { return d.at(begin, days) }
	out := []string{d.off}
	add := func(n int, into, columns string) {
		out = append(out, "INSERT INTO "+into+" SELECT "+columns+" FROM "+d.Series(n))
	}
	m := "'" + Market + "'"
	pick := func(k, n int) string { return fmt.Sprintf("CAST(%d * %s AS %s)", n, d.random(k), d.integer) }
	skewed := func(k, n int) string {
		r := d.random(k)
		return fmt.Sprintf("CAST(%d * %s * %s * %s - 0.5 AS %s)", n, r, r, r, d.integer)
	}
	low := func(n string) string { return "abs(" + n + ")" }
	blob := d.blob
	add(LargeSellers, "sellers (marketplace_id, id, external_id, name, created_at)", m+", "+d.ID(LargeSeller, "i")+", 'S-' || i, 'Shop ' || i, "+at("0"))
	add(5000, "products (marketplace_id, id, external_id, title, category, created_at)", m+", "+d.ID(LargeProduct, "i")+", 'P-' || i, 'Thing ' || i, 'kitchen', "+at("0"))
	add(max(reviews/5, 1), "customers (marketplace_id, id, external_id, created_at)", m+", "+d.ID(LargeCustomer, "i")+", 'C-' || i, "+at("0"))
	add(LargeModerators+LargeApprovers, "staff (id, email, name, password_hash, created_at)", d.ID(LargeStaff, "i")+", 'p' || i || '@example.test', 'Person ' || i, '', "+at("0"))
	add(reviews, "reviews (marketplace_id, id, external_id, seller_id, product_id, customer_id, verified, rating, title, body, posted_at, salt, digest, intake_id, created_at, updated_at)",
		m+", "+d.ID(LargeReview, "i")+", 'R-' || i, "+d.ID(LargeSeller, low(skewed(1, LargeSellers)))+", "+d.ID(LargeProduct, pick(2, 4999))+", "+
			d.ID(LargeCustomer, pick(3, max(reviews/5-1, 0)))+", CASE i % 3 WHEN 0 THEN "+d.yes+" WHEN 1 THEN "+d.no+" END, 1 + "+low(skewed(4, 5))+
			", 'Stopped working', 'Stopped working after two weeks. Nobody answers. "+strings.Repeat("It was a fine thing before. ", 6)+"', "+at(day(reviews))+", "+blob+", "+blob+", "+d.ID(LargeReview, "i")+", "+at(day(reviews))+", "+at(day(reviews)))
	reason := "(SELECT code FROM reason_codes WHERE version = 1 AND position = 1 + CAST(i % 8 AS " + d.integer + "))"
	every := reviews / removals
	rnd := d.random(9)
	state := "CASE WHEN " + rnd + " < 0.62 THEN 'effective' WHEN " + rnd + " < 0.82 THEN 'declined' WHEN " + rnd + " < 0.88 THEN 'withdrawn' WHEN " + rnd +
		" < 0.96 THEN 'expired' WHEN " + rnd + " < 0.98 THEN 'void' ELSE 'open' END"
	asked := day(removals)
	later := "(" + asked + " + 2 * " + d.random(10) + ")"
	requester := d.ID(LargeStaff, low(skewed(5, LargeModerators)))
	approver := d.ID(LargeStaff, fmt.Sprintf("(%d + %s)", LargeModerators, low(skewed(6, LargeApprovers))))
	review := d.ID(LargeReview, fmt.Sprintf("(i * %d)", every))
	payload := `'{"evidence":[],"justification":"` + strings.Repeat("The order look-up finds no order. ", 8) + `","reason":"X"}'`
	add(removals, "tickets (marketplace_id, id, review_id, seller_id, queue, state, opened_at, due_at)",
		m+", "+d.ID(LargeTicket, "i")+", "+review+", "+d.ID(LargeSeller, "0")+", 'queue-' || (i % 8), 'closed', "+at(asked)+", "+at(asked))
	add(removals, "proposals (marketplace_id, id, kind, subject_type, subject_id, subject_version, payload, digest, seal, requester_id, state, quorum, created_at, expires_at, decided_at)",
		m+", "+d.ID(LargeRequest, "i")+", 'review.remove', 'review', CAST("+review+" AS text), 1, "+payload+", "+blob+", "+blob+", "+requester+", "+state+", 1, "+at(asked)+", "+at("("+asked+" + 3)")+
			", CASE WHEN "+rnd+" < 0.98 THEN "+at(later)+" END")
	out = append(out, "INSERT INTO removal_requests (marketplace_id, proposal_id, review_id, review_version, seller_id, ticket_id, requester_id, reason_code, reason_version, rating, created_at) "+
		"SELECT "+m+", "+d.ID(LargeRequest, "i")+", "+review+", 1, r.seller_id, "+d.ID(LargeTicket, "i")+", "+requester+", "+reason+", 1, r.rating, "+at(asked)+
		" FROM "+d.Series(removals)+" JOIN reviews r ON r.marketplace_id = "+m+" AND r.id = "+review)
	out = append(out, "INSERT INTO approvals (marketplace_id, id, proposal_id, approver_id, verdict, note, digest, seal, created_at) "+
		"SELECT "+m+", "+d.ID(LargeApproval, "i")+", "+d.ID(LargeRequest, "i")+", "+approver+", CASE WHEN "+rnd+" < 0.62 THEN 'approve' ELSE 'decline' END, 'Checked.', "+blob+", "+blob+", "+at(later)+
		" FROM "+d.Series(removals)+" WHERE "+rnd+" < 0.82")
	out = append(out, "INSERT INTO restorations (marketplace_id, id, review_id, proposal_id, staff_id, note, created_at) "+
		"SELECT "+m+", "+d.ID(LargeRestoration, "i")+", "+review+", "+d.ID(LargeRequest, "i")+", "+approver+", 'Back.', "+at("("+later+" + 5)")+
		" FROM "+d.Series(removals)+" WHERE "+rnd+" < 0.04")
	add(decisions, "decisions (marketplace_id, id, ticket_id, review_id, review_version, seller_id, moderator_id, queue, rating, action, assigned, proposal_id, decided_at)",
		m+", CASE WHEN i % 4 = 0 THEN "+d.ID(LargeRequest, "(i / 4)")+" ELSE "+d.ID(LargeDecision, "i")+" END, "+d.ID(LargeTicket, "(i / 4)")+", "+review+", 1, "+d.ID(LargeSeller, low(skewed(1, LargeSellers)))+", "+requester+
			", 'queue-' || (i % 8), 1 + "+low(skewed(4, 5))+", CASE WHEN i % 4 = 0 THEN 'remove' ELSE 'keep' END, CASE WHEN i % 5 = 0 THEN 'picked' ELSE 'random' END, CASE WHEN i % 4 = 0 THEN "+d.ID(LargeRequest, "(i / 4)")+" END, "+at(day(decisions)))
	out = append(out, backfill(postgres))
	return append(out, d.done...)
}

// Spelling is what the two databases spell differently.
type Spelling struct {
	off, blob, yes, no, integer string
	done                        []string
	Series                      func(n int) string
	ID                          func(kind int, n string) string // LargeID in SQL
	at                          func(begin time.Time, days string) string
	random                      func(k int) string // 0 to 1, by i
}

// SpellingOf is a database's.
func SpellingOf(postgres bool) Spelling {
	if postgres {
		return pg
	}
	return lite
}

var pg = Spelling{
	off: "SET session_replication_role = replica", blob: "'\\x00'::bytea", yes: "true", no: "false", integer: "bigint",
	done:   []string{"SET session_replication_role = origin", "VACUUM ANALYZE"},
	Series: func(n int) string { return fmt.Sprintf("generate_series(0::bigint, %d) i", n-1) },
	ID: func(kind int, n string) string {
		return fmt.Sprintf("('%08x-0000-7000-8000-' || lpad(to_hex(%s), 12, '0'))::uuid", kind, n)
	},
	at: func(begin time.Time, days string) string {
		return fmt.Sprintf("(timestamptz '%s' + (%s) * interval '1 day')", begin.Format(time.RFC3339), days)
	},
	random: func(k int) string {
		return fmt.Sprintf("(((i + 7) * %d %% 4294967296) / 4294967296.0::float8)", 2654435761+int64(k)*2246822519)
	},
}

var lite = Spelling{
	off: "PRAGMA foreign_keys = 0", blob: "x'00'", yes: "1", no: "0", integer: "integer",
	done: []string{"ANALYZE"},
	Series: func(n int) string {
		return fmt.Sprintf("(WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < %d) SELECT i FROM s)", n-1)
	},
	ID: func(kind int, n string) string {
		return fmt.Sprintf("printf('%08x-0000-7000-8000-%%012x', %s)", kind, n)
	},
	at: func(begin time.Time, days string) string {
		return fmt.Sprintf("(strftime('%%Y-%%m-%%d %%H:%%M:%%S', '%s', ((%s) * 86400.0) || ' seconds') || '+00:00')", begin.Format("2006-01-02 15:04:05"), days)
	},
	random: func(k int) string {
		return fmt.Sprintf("(((i + 7) * %d %% 4294967296) / 4294967296.0)", 2654435761+int64(k)*2246822519)
	},
}

// backfill is the migration's own statement that makes the facts of what is there.
func backfill(postgres bool) string {
	dialect := "sqlite"
	if postgres {
		dialect = "postgres"
	}
	_, here, _, _ := runtime.Caller(0)
	b, err := os.ReadFile(filepath.Join(filepath.Dir(here), "../../migrations", dialect, "00013_history.sql"))
	if err != nil {
		panic(err)
	}
	_, rest, _ := strings.Cut(string(b), "INSERT INTO removal_facts")
	statement, _, _ := strings.Cut(rest, ";")
	return "INSERT INTO removal_facts" + statement
}
