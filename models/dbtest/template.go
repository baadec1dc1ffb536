package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"evenhand/migrations"
	"evenhand/models"
)

// The application's account on the test server.
const (
	appRole     = "evenhand_test_app"
	appPassword = "test-only"
)

var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "evenhand-dbtest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrate("sqlite:"+path, ""); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// migrate sets a database up and, where role isn't empty, grants that role what the application needs.
func migrate(dbURL, role string) error {
	db, err := models.Open(dbURL)
	if err != nil {
		return err
	}
	defer models.Close(db) //nolint:errcheck // nothing is lost with it
	ctx := context.Background()
	if err := models.Ready(ctx, db); err != nil {
		return err
	}
	pool, err := db.DB()
	if err != nil {
		return err
	}
	if role != "" {
		return migrations.GrantApp(ctx, pool, role)
	}
	_, err = pool.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

var postgresTemplate = sync.OnceValues(func() (string, error) {
	admin := os.Getenv(EnvPostgres)
	db, err := sql.Open("pgx", admin)
	if err != nil {
		return "", err
	}
	defer db.Close()
	name, err := templateName()
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	conn, err := db.Conn(ctx) // the advisory lock belongs to one connection
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(7421)"); err != nil {
		return "", err
	}
	defer conn.ExecContext(ctx, "SELECT pg_advisory_unlock(7421)") //nolint:errcheck // closing the connection frees it too
	return name, buildTemplate(ctx, conn, admin, name)
})

func buildTemplate(ctx context.Context, conn *sql.Conn, admin, name string) error {
	var have bool
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&have); err != nil || have {
		return err
	}
	draft := name + "_draft"
	for _, stmt := range []string{
		fmt.Sprintf("DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '%s') THEN CREATE ROLE %s LOGIN PASSWORD '%s'; END IF; END $$", appRole, appRole, appPassword),
		"DROP DATABASE IF EXISTS " + draft,
		"CREATE DATABASE " + draft,
	} {
		if _, err := conn.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	if err := migrate(withDatabase(admin, draft, ""), appRole); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, "ALTER DATABASE "+draft+" RENAME TO "+name)
	return err
}

// templateName changes with the schema, so that a server that is kept between runs never serves an old one.
func templateName() (string, error) {
	h := sha256.New()
	dir, err := moduleRoot()
	if err != nil {
		return "", err
	}
	err = fs.WalkDir(os.DirFS(filepath.Join(dir, "migrations")), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, "migrations", path))
		fmt.Fprintf(h, "%s %x\n", path, sha256.Sum256(b))
		return err
	})
	return fmt.Sprintf("evenhand_template_%x", h.Sum(nil)[:6]), err
}

// moduleRoot finds the project's folder at or above the test's working directory; a test module within it has a go.mod
// of its own.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, e := os.Stat(filepath.Join(dir, "migrations", "migrations.go")); e == nil {
			return dir, nil
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		err = fmt.Errorf("no project above the working directory")
	}
	return "", err
}

// cloneTemplate makes a database and returns its name and how to drop it.
func cloneTemplate(admin string) (string, func() error, error) {
	template, err := postgresTemplate()
	if err != nil {
		return "", nil, err
	}
	name := "evenhand_test_" + strings.ReplaceAll(models.NewID(), "-", "")
	if err := execOn(admin, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, template)); err != nil {
		return "", nil, err
	}
	return name, func() error { return execOn(admin, fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name)) }, nil
}

func execOn(dbURL, stmt string) error {
	db, err := sql.Open("pgx", dbURL)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(stmt)
	return err
}
