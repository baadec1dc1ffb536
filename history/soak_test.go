package history_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm/logger"

	"evenhand/app/apptest"
	"evenhand/history"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// spy keeps the statements that pages send.
type spy struct {
	mu   sync.Mutex
	sent []string
}

func (s *spy) LogMode(logger.LogLevel) logger.Interface { return s }
func (*spy) Info(context.Context, string, ...any)       {}
func (*spy) Warn(context.Context, string, ...any)       {}
func (*spy) Error(context.Context, string, ...any)      {}
func (s *spy) Trace(_ context.Context, _ time.Time, fc func() (string, int64), _ error) {
	sql, _ := fc()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, sql)
}

// take is what was sent since the last time.
func (s *spy) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.sent
	s.sent = nil
	return out
}

// pageOf is one page of the history as a reader opens it.
type pageOf struct {
	name string
	open func() error
}

// pages are all kinds of pages, with filters as people use them and the worst that they can be.
func (l *large) pages(t testing.TB) []pageOf {
	ctx := t.Context()
	person := func(n int) string { return apptest.LargeID(apptest.LargeStaff, n) }
	var out []pageOf
	parse := func(query string) (history.Filter, error) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return history.Filter{}, err
		}
		return l.past.Parse(ctx, l.market, q)
	}
	day := func(before int) string { return l.Now().AddDate(0, 0, -before).Format(time.DateOnly) }
	for name, query := range map[string]string{
		"everything":                 "",
		"one reason":                 "reason=FAKE_EXPERIENCE",
		"a seller with many":         "seller=S-0",
		"a seller with few":          "seller=S-1500",
		"a moderator":                "moderator=" + person(0),
		"an approver":                "approver=" + person(apptest.LargeModerators),
		"a pair":                     "moderator=" + person(3) + "&approver=" + person(apptest.LargeModerators+2),
		"30 days":                    "from=" + day(30),
		"decided within 30 days":     "by=decided&from=" + day(30),
		"restored":                   "state=restored",
		"open and void":              "state=open&state=void",
		"as of a year ago":           "asof=" + day(365),
		"as of a year ago, restored": "asof=" + day(365) + "&state=restored",
		"worst: few among all":       "state=void&stars=5&verified=unknown&assigned=picked&queue=queue-3&reason=FAKE_EXPERIENCE",
		"worst: every facet":         "state=effective&state=declined&stars=1&stars=2&verified=no&reason=FAKE_EXPERIENCE&queue=queue-0&approver=" + person(apptest.LargeModerators) + "&moderator=" + person(0),
		"worst: as of, several":      "asof=" + day(100) + "&state=effective&state=open&stars=1&from=" + day(700) + "&by=decided",
		"a product and a customer":   "product=P-17&customer=C-4",
		"ids":                        "ids=R-10+R-20+" + apptest.LargeID(apptest.LargeRequest, 77),
	} {
		out = append(out, pageOf{"removals: " + name, func() error {
			f, err := parse(query)
			if err == nil {
				_, err = l.past.Search(ctx, l.auditor, f, nil)
			}
			return err
		}})
	}
	out = append(out, pageOf{"removals: a page in the middle", func() error {
		f, err := parse("")
		if err != nil {
			return err
		}
		var at time.Time
		id := apptest.LargeID(apptest.LargeRequest, 800)
		if err := l.DB.Raw("SELECT asked_at FROM removal_facts WHERE proposal_id = ?", id).Row().Scan(&at); err != nil {
			return err
		}
		_, err = l.past.Search(ctx, l.auditor, f, &models.Cursor{At: at.UTC(), ID: id})
		return err
	}})
	for name, x := range map[string]history.Subject{
		"a seller with many": {Kind: history.OfSeller, ID: apptest.LargeID(apptest.LargeSeller, 0)},
		"a seller with few":  {Kind: history.OfSeller, ID: apptest.LargeID(apptest.LargeSeller, 1500)},
		"a moderator":        {Kind: history.OfModerator, ID: person(0)},
		"an approver":        {Kind: history.OfApprover, ID: person(apptest.LargeModerators)},
		"a pair":             {Kind: history.OfPair, ID: person(0), Other: person(apptest.LargeModerators)},
	} {
		out = append(out, pageOf{"history of " + name, func() error {
			_, err := l.past.Subject(ctx, l.auditor, x, history.Filter{Marketplace: l.market}, nil)
			return err
		}})
	}
	for _, preset := range history.Presets {
		out = append(out, pageOf{"compare " + preset + " days", func() error {
			p, err := l.past.ParsePeriods(url.Values{"preset": {preset}})
			if err == nil {
				_, err = l.past.Compare(ctx, l.auditor, l.market, p)
			}
			return err
		}})
	}
	slices.SortFunc(out, func(a, b pageOf) int { return strings.Compare(a.name, b.name) })
	return out
}

// plans are what the database does for each statement that a page sent.
func (l *large) plans(t testing.TB, sent []string, how string) []string {
	t.Helper()
	var out []string
	for _, sql := range sent {
		if !strings.HasPrefix(sql, "SELECT") && !strings.HasPrefix(sql, "WITH") {
			continue
		}
		lines := l.plan(t, how+" "+sql)
		out = append(out, sql+"\n  "+strings.Join(lines, "\n  "))
	}
	return out
}

// plan reads the last column of each row, which is what both databases say a plan in.
func (l *large) plan(t testing.TB, sql string) []string {
	t.Helper()
	pool, err := l.DB.DB.DB()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if sql, ok := strings.CutPrefix(sql, "EXPLAIN "); ok && models.IsPostgres(l.DB.DB) && strings.HasPrefix(sql, "/* small */") {
		if _, err := conn.ExecContext(t.Context(), "SET enable_seqscan = off"); err != nil {
			t.Fatal(err)
		}
		defer conn.ExecContext(t.Context(), "RESET enable_seqscan") //nolint:errcheck // the test's own connection
	}
	rows, err := conn.QueryContext(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		var line string
		into := make([]any, len(columns))
		for i := range into {
			into[i] = new(any)
		}
		into[len(into)-1] = &line
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	return out
}

// TestSoakHistory measures every page on 1,000,000 reviews and 100,000 removals:
//
//	EVENHAND_SOAK=1 scripts/postgres go test -v -run SoakHistory ./history
//
// EVENHAND_PLANS=1 prints the plans, too.
func TestSoakHistory(t *testing.T) {
	if os.Getenv("EVENHAND_SOAK") == "" {
		t.Skip("EVENHAND_SOAK isn't set")
	}
	for name, open := range map[string]func(testing.TB) *dbtest.DB{"postgres": dbtest.Postgres, "sqlite": dbtest.SQLite} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			l := fillLarge(t, open(t), soakReviews(), 100_000)
			t.Logf("filled in %s", time.Since(begin).Round(time.Second))
			for _, p := range l.pages(t) {
				l.measure(t, p)
			}
		})
	}
}

func (l *large) measure(t *testing.T, p pageOf) {
	t.Helper()
	const runs = 30
	var took []time.Duration
	for range runs {
		begin := time.Now()
		if err := p.open(); err != nil {
			t.Errorf("%s: %v", p.name, err)
			return
		}
		took = append(took, time.Since(begin))
		if len(took) < runs {
			l.spy.take()
		}
	}
	slices.Sort(took)
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
	t.Logf("%-40s p50 %9s  p99 %9s", p.name, ms(took[runs/2]), ms(took[runs-1]))
	if sent := l.spy.take(); os.Getenv("EVENHAND_PLANS") != "" && models.IsPostgres(l.DB.DB) {
		for _, plan := range l.plans(t, sent, "EXPLAIN (ANALYZE, BUFFERS)") {
			t.Log(plan)
		}
	}
}

func soakReviews() int {
	if os.Getenv("EVENHAND_SOAK") == "small" {
		return 200_000
	}
	return 1_000_000
}
