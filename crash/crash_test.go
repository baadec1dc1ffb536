// Package crash_test kills the real program, again and again, at moments that nobody chose, and asks afterwards what
// became of what people were told: every act that somebody was told of is there exactly once, nothing is half done,
// the record agrees with the database, and the log goes on from where every checkpoint kept before says it was.
//
// A run is: clients approve, decline, ask, keep and skip over HTTP; SIGKILL; a restart; the questions. On PostgreSQL
// the database's own server is stopped at once and started again as well, while the program stays up or is killed with
// it, and one of two instances is killed while the other goes on.
//
// What this can't show is a loss of power: what a killed process has written, the operating system still has.
package crash_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models/dbtest"
)

// envSoak asks for the long experiment, as elsewhere.
const envSoak = "EVENHAND_SOAK"

var seed = flag.Uint64("crash.seed", uint64(time.Now().UnixNano()%1e9), "draws the moments of the crashes")

// perDesk is after how many runs a new database is begun: verifying reads all of it.
const perDesk = 10

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "evenhand-crash")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	built = filepath.Join(dir, "evenhand")
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// TestSoakCrash is the experiment; with EVENHAND_SOAK=1 in 220 runs, otherwise in a few.
//
//	scripts/soak SoakCrash
func TestSoakCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program; not in -short")
	}
	t.Logf("the moments follow from -crash.seed=%d", *seed)
	report := &table{}
	t.Cleanup(func() { t.Logf("\n%s", report) }) // after the parallel ones
	var pg *postgres
	own := func(t testing.TB) *dbtest.DB {
		if pg == nil {
			pg = newPostgres(t)
		}
		return pg.database(t)
	}
	for i, s := range []series{
		{"sqlite, killed", runs(3, 100), dbtest.SQLite, killed},
		{"postgres, killed", runs(3, 80), dbtest.Postgres, killed},
		{"postgres, database stopped", runs(1, 20), own, func(t *testing.T, e *experiment) { databaseStopped(t, e, pg) }},
		{"postgres, one of two killed", runs(1, 20), dbtest.Postgres, oneOfTwoKilled},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t, rand.New(rand.NewPCG(*seed, uint64(i))), report)
		})
	}
}

// series is one kind of crash, so many times.
type series struct {
	name string
	runs int
	open func(testing.TB) *dbtest.DB
	once func(*testing.T, *experiment)
}

func (s series) run(t *testing.T, rng *rand.Rand, report *table) {
	e := &experiment{rng: rng, row: &row{name: s.name}}
	defer report.add(e.row)
	for i := range s.runs {
		if i%perDesk == 0 {
			e.leave()
			e.desk = newDesk(t, s.open(t))
		}
		e.row.runs++
		s.once(t, e)
		if t.Failed() {
			t.Fatalf("run %d of %d", i+1, s.runs)
		}
	}
}

// runs is few in the ordinary tests, and many where they were asked for.
func runs(few, many int) int {
	if os.Getenv(envSoak) != "" {
		return many
	}
	return few
}

// experiment is a series of runs.
type experiment struct {
	rng  *rand.Rand
	row  *row
	desk *desk
}

// leave ends the servers of a database that is done with.
func (e *experiment) leave() {
	if e.desk != nil {
		for _, s := range e.desk.servers {
			s.kill()
		}
	}
}

// span draws a time.
func (e *experiment) span(least, most time.Duration) time.Duration {
	return least + time.Duration(e.rng.Int64N(int64(most-least)))
}

const market = "/m/" + apptest.Market
