package crash_test

import (
	"database/sql"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evenhand/models"
	"evenhand/models/dbtest"
)

// TestSoakSetUp kills the very first start on an empty database, which sets it up, and starts once more.
func TestSoakSetUp(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program; not in -short")
	}
	for name, empty := range map[string]func(testing.TB) string{"sqlite": emptySQLite, "postgres": emptyPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(*seed, 99))
			for range runs(3, 60) {
				database := empty(t)
				for range 1 + rng.IntN(2) {
					s := start(t, database)
					time.Sleep(time.Duration(5+rng.IntN(95)) * time.Millisecond)
					s.kill()
				}
				up(t, database).kill()
				if out, err := command(t, database, "verify").CombinedOutput(); err != nil {
					t.Fatalf("evenhand verify: %v\n%s (-crash.seed=%d)", err, out, *seed)
				}
			}
		})
	}
}

func emptySQLite(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "evenhand.db")
}

// emptyPostgres makes a database that belongs to the account that connects to it.
func emptyPostgres(t testing.TB) string {
	t.Helper()
	address := os.Getenv(dbtest.EnvPostgres)
	if address == "" {
		t.Skipf("no PostgreSQL: %s isn't set (./scripts/test sets it)", dbtest.EnvPostgres)
	}
	admin, err := sql.Open("pgx", address)
	check(t, err)
	t.Cleanup(func() { _ = admin.Close() })
	name := "evenhand_crash_" + strings.ReplaceAll(models.NewID(), "-", "")
	_, err = admin.ExecContext(t.Context(), "CREATE DATABASE "+name)
	check(t, err)
	t.Cleanup(func() { _, _ = admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	u, err := url.Parse(address)
	check(t, err)
	u.Path = "/" + name
	return u.String()
}
