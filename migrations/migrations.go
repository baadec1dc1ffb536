// Package migrations brings a database to the schema that this binary was built for, and refuses to work on one
// that a newer binary has changed.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// Dialect names the folder of SQL that fits a database.
type Dialect string

const (
	Postgres Dialect = "postgres"
	SQLite   Dialect = "sqlite"
)

// ErrNewer says that the database was migrated by a newer binary.
var ErrNewer = errors.New("the database is newer than this program")

// ErrBehind says that the database lacks migrations that this binary needs.
var ErrBehind = errors.New("the database is older than this program")

// Status is where a database stands. Version 0 is an empty database.
type Status struct {
	Version int64
	Latest  int64
}

// Check returns nil when the database has exactly the schema of this binary, else ErrBehind or ErrNewer.
func (s Status) Check() error {
	switch {
	case s.Version > s.Latest:
		return fmt.Errorf("%w: it is at version %d, this program knows %d; use the newer program", ErrNewer, s.Version, s.Latest)
	case s.Version < s.Latest:
		return fmt.Errorf("%w: it is at version %d, this program needs %d; run `evenhand migrate up`", ErrBehind, s.Version, s.Latest)
	}
	return nil
}

// Migrator moves one database between versions.
type Migrator struct {
	provider *goose.Provider
	latest   int64
}

// New prepares the migrations of a dialect for db. On PostgreSQL an advisory lock lets one instance migrate at a time.
func New(db *sql.DB, d Dialect) (*Migrator, error) {
	folder, err := fs.Sub(files, string(d))
	if err != nil {
		return nil, err
	}
	opts := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(reasonCodes()),
	}
	gd := goose.DialectSQLite3
	if d == Postgres {
		gd = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(gd, db, folder, opts...)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	sources := p.ListSources()
	return &Migrator{provider: p, latest: sources[len(sources)-1].Version}, nil
}

// Status reads where the database stands, and changes nothing but goose's own version table.
func (m *Migrator) Status(ctx context.Context) (Status, error) {
	v, err := m.provider.GetDBVersion(ctx)
	if err != nil {
		return Status{}, err
	}
	return Status{Version: v, Latest: m.latest}, nil
}

// Up applies what is missing and returns how many migrations that were. A newer database is refused untouched.
func (m *Migrator) Up(ctx context.Context) (int, error) {
	s, err := m.Status(ctx)
	if err != nil {
		return 0, err
	}
	if err := s.Check(); errors.Is(err, ErrNewer) {
		return 0, err
	}
	done, err := m.provider.Up(ctx)
	return len(done), err
}

// DownTo undoes every migration above version.
func (m *Migrator) DownTo(ctx context.Context, version int64) (int, error) {
	if version < 0 || version > m.latest {
		return 0, fmt.Errorf("there is no version %d: choose one from 0 to %d", version, m.latest)
	}
	s, err := m.Status(ctx)
	if err != nil {
		return 0, err
	}
	if err := s.Check(); errors.Is(err, ErrNewer) {
		return 0, err
	}
	done, err := m.provider.DownTo(ctx, version)
	return len(done), err
}
