// Package dbtest gives a test a migrated database of its own, on SQLite and on PostgreSQL alike.
//
// PostgreSQL is the server at EVENHAND_TEST_POSTGRES, which ./scripts/test starts; without it those tests are skipped
// and say so. On PostgreSQL the test works as the application's least-privileged account, as production does.
package dbtest

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"gorm.io/gorm"

	"evenhand/models"
)

// EnvPostgres names the server to test on: a postgres:// URL of an account that may create databases and roles.
const EnvPostgres = "EVENHAND_TEST_POSTGRES"

// DB is a database of the test's own, gone when the test ends.
type DB struct {
	*gorm.DB
	URL      string // as the application connects
	OwnerURL string // as the schema's owner connects; the same on SQLite
}

// Each runs fn as a parallel subtest on each kind of database.
func Each(t *testing.T, fn func(t *testing.T, db *DB)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB) *DB{"sqlite": SQLite, "postgres": Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, open(t))
		})
	}
}

// SQLite copies a migrated file, made once per test process.
func SQLite(t testing.TB) *DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "evenhand.db")
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("migrating SQLite: %v", err)
	}
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	dbURL := "sqlite:" + path
	return &DB{DB: open(t, dbURL), URL: dbURL, OwnerURL: dbURL}
}

// Postgres clones a migrated database, made once per version of the schema.
func Postgres(t testing.TB) *DB {
	t.Helper()
	admin := os.Getenv(EnvPostgres)
	if admin == "" {
		t.Skipf("no PostgreSQL: %s isn't set (./scripts/test starts a server and sets it)", EnvPostgres)
	}
	name, drop, err := cloneTemplate(admin)
	if err != nil {
		t.Fatalf("preparing PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Errorf("dropping the test's database: %v", err)
		}
	})
	d := &DB{URL: withDatabase(admin, name, appRole), OwnerURL: withDatabase(admin, name, "")}
	d.DB = open(t, d.URL)
	return d
}

// Owner connects as the schema's owner: what an attacker on the database's side could do.
func (d *DB) Owner(t testing.TB) *gorm.DB {
	t.Helper()
	return open(t, d.OwnerURL)
}

func open(t testing.TB, dbURL string) *gorm.DB {
	t.Helper()
	db, err := models.Open(dbURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = models.Close(db) })
	if pool, err := db.DB(); err == nil {
		pool.SetMaxOpenConns(8)
	}
	return db
}

// withDatabase points a server's URL to a database and, where role isn't empty, to an account without a password.
func withDatabase(admin, name, role string) string {
	u, err := url.Parse(admin)
	if err != nil {
		return admin
	}
	u.Path = "/" + name
	if role != "" {
		u.User = url.UserPassword(role, appPassword)
	}
	return u.String()
}
