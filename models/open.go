package models

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/glebarez/sqlite"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	_ "modernc.org/sqlite/lib" // keeps the SQLite under the driver at the version go.mod pins

	"evenhand/migrations"
)

// dialectPostgres is what gorm calls it.
const dialectPostgres = "postgres"

// Open connects to `postgres://…` or `sqlite:PATH`. The caller closes it with Close.
// It doesn't look at the schema: see Ready.
func Open(rawURL string) (*gorm.DB, error) {
	dialector, conns, err := dialectorFor(rawURL)
	if err != nil {
		return nil, err
	}
	db, err := gorm.Open(dialector, &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		NowFunc:                Now,
		Logger:                 logger.NewSlogLogger(slog.Default(), logger.Config{LogLevel: logger.Silent}),
	})
	if err != nil {
		return nil, Translate(err)
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

// dialectorFor reads the URL. SQLite waits for its single writer and begins transactions immediate: deferred ones
// fail at the upgrade from reading to writing, which no timeout mends. What is overwritten or deleted is overwritten with
// zeros in the file, too, and the log is cut when it begins anew: see Scrub.
func dialectorFor(rawURL string) (gorm.Dialector, int, error) {
	switch {
	case strings.HasPrefix(rawURL, "postgres://"), strings.HasPrefix(rawURL, "postgresql://"):
		if _, err := url.Parse(rawURL); err != nil {
			return nil, 0, fmt.Errorf("database URL: not a valid postgres:// URL")
		}
		config, err := pgx.ParseConfig(rawURL)
		if err != nil {
			return nil, 0, fmt.Errorf("database URL: %w", err)
		}
		config.BuildFrontend = buffered
		return postgres.New(postgres.Config{Conn: stdlib.OpenDB(*config)}), 16, nil
	case strings.HasPrefix(rawURL, "sqlite:"):
		path := strings.TrimPrefix(rawURL, "sqlite:")
		if path == "" {
			return nil, 0, fmt.Errorf("database URL: sqlite: needs a path, as in sqlite:evenhand.db")
		}
		pragmas := "_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
			"&_pragma=secure_delete(1)&_pragma=journal_size_limit(0)&_txlock=immediate"
		return sqlite.Open("file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas), 2 + 2*runtime.NumCPU(), nil
	}
	return nil, 0, fmt.Errorf("database URL: want postgres://… or sqlite:PATH")
}

// readBuffer is how much is taken from a connection to PostgreSQL at once. The driver's own 8 KB have it ask the kernel
// eight times as often where many rows are read.
const readBuffer = 64 << 10

func buffered(r io.Reader, w io.Writer) *pgproto3.Frontend {
	return pgproto3.NewFrontend(bufio.NewReaderSize(r, readBuffer), w)
}

// Migrator gives the migrations for an open database.
func Migrator(db *gorm.DB) (*migrations.Migrator, error) {
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	d := migrations.SQLite
	if IsPostgres(db) {
		d = migrations.Postgres
	}
	return migrations.New(pool, d)
}

// Ready makes sure that the database has this binary's schema. An empty database is set up, and one whose setting up
// was broken off is set up to the end; any other that is behind or ahead is an error that says what to do, since
// changing the schema of a living database is its owner's decision.
func Ready(ctx context.Context, db *gorm.DB) error {
	m, err := Migrator(db)
	if err != nil {
		return err
	}
	s, err := m.Status(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", Translate(err))
	}
	if s.Version == 0 {
		_, err = m.Up(ctx)
		return err
	}
	behind := s.Check()
	if !errors.Is(behind, migrations.ErrBehind) || used(db.WithContext(ctx)) {
		return behind
	}
	if _, err := m.Up(ctx); err != nil { // as the application's account, which may not
		return fmt.Errorf("%w (setting it up to the end: %w)", behind, err)
	}
	return nil
}

// used says whether anything was ever done here: the ledger has an entry. The table comes with one of the migrations.
func used(db *gorm.DB) bool {
	var any bool
	err := db.Raw("SELECT EXISTS (SELECT 1 FROM ledger_entries)").Scan(&any).Error
	return any || (err != nil && gone(err))
}

// IsPostgres says which of the two dialects a statement runs on.
func IsPostgres(db *gorm.DB) bool { return db.Name() == dialectPostgres }

// Close releases the connections.
func Close(db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// Ping asks the database for a sign of life.
func Ping(ctx context.Context, db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	return Translate(pool.PingContext(ctx))
}

// ForUpdate locks the rows that a query reads until the transaction ends. On SQLite a transaction holds the only
// write lock from its beginning, so there is nothing to add.
func ForUpdate(tx *gorm.DB) *gorm.DB { return lock(tx, "UPDATE") }

// ForUpdateAlone is ForUpdate that lets others refer to the rows meanwhile, by a foreign key.
func ForUpdateAlone(tx *gorm.DB) *gorm.DB { return lock(tx, "NO KEY UPDATE") }

// ForShare keeps the rows that a query reads from being changed until the transaction ends.
func ForShare(tx *gorm.DB) *gorm.DB { return lock(tx, "SHARE") }

func lock(tx *gorm.DB, strength string) *gorm.DB {
	if !IsPostgres(tx) {
		return tx
	}
	return tx.Clauses(clause.Locking{Strength: strength})
}
