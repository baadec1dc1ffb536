package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/glebarez/sqlite"
	"gorm.io/gorm"
)

// InTx runs fn in one transaction: the only place that begins one. fn's error rolls back and comes out translated.
//
// The transaction has a connection to itself, so that a Batch can use it past database/sql. On PostgreSQL, BEGIN goes
// with the first statement or batch and COMMIT with what AtCommit holds, each in one round trip.
func InTx(ctx context.Context, db *gorm.DB, fn func(tx *gorm.DB) error) error {
	s, err := newSession(ctx, db)
	if err != nil {
		return Translate(err)
	}
	defer s.end()
	tx := db.Session(&gorm.Session{NewDB: true, Context: ctx})
	tx.Statement.ConnPool = s
	s.last = NewBatch(tx)
	if err := fn(tx); err != nil {
		return Translate(err)
	}
	return translateCommit(s.commit())
}

// AtCommit is the batch that goes to the database with the COMMIT of tx, after everything else: for writes that
// nothing in the transaction reads again. InTx runs it; who has to read what it holds runs it before.
func AtCommit(tx *gorm.DB) *Batch { return tx.Statement.ConnPool.(*session).last }

// rollbackWithin is how long a ROLLBACK may take before its connection is given up.
const rollbackWithin = 5 * time.Second

var (
	errNested = errors.New("models: a transaction inside a transaction")
	errUndone = errors.New("models: the transaction had failed before, and COMMIT rolled it back")
)

// session is a connection with a transaction on it. gorm sends its statements through it.
type session struct {
	ctx      context.Context
	conn     *sql.Conn
	dialect  gorm.Dialector
	postgres bool
	turn     turn   // at SQLite's one write lock
	open     bool   // BEGIN has been sent, and COMMIT hasn't been answered
	last     *Batch // see AtCommit
}

func newSession(ctx context.Context, db *gorm.DB) (*session, error) {
	if _, nested := db.Statement.ConnPool.(*session); nested {
		return nil, errNested
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	s := &session{ctx: ctx, dialect: db.Dialector, postgres: IsPostgres(db)}
	if d, ok := db.Dialector.(*sqlite.Dialector); ok {
		if s.turn, err = takeTurn(ctx, d); err != nil {
			return nil, err
		}
	}
	if s.conn, err = pool.Conn(ctx); err != nil {
		s.turn.end()
		return nil, err
	}
	if s.postgres {
		return s, nil
	}
	// SQLite takes its one write lock here, and waits for other processes. A deferred transaction fails at the upgrade
	// from reading to writing, which no waiting mends.
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		s.turn.end()
		return nil, errors.Join(err, s.conn.Close())
	}
	s.open = true
	return s, nil
}

// begin opens the transaction for a statement that doesn't come in a batch.
func (s *session) begin() error {
	if s.open {
		return nil
	}
	s.open = true
	_, err := s.conn.ExecContext(s.ctx, "BEGIN")
	return err
}

// run sends statements and hands each its answer; the first that fails is the error.
func (s *session) run(steps []step) error {
	if len(steps) == 0 {
		return nil
	}
	if s.postgres {
		return s.pipeline(steps, false)
	}
	return s.inTurn(steps)
}

func (s *session) commit() error {
	steps := s.last.steps
	if s.postgres {
		if !s.open && len(steps) == 0 {
			return nil
		}
		return s.pipeline(steps, true)
	}
	if err := s.inTurn(steps); err != nil {
		return err
	}
	if err := s.ctx.Err(); err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(context.WithoutCancel(s.ctx), "COMMIT"); err != nil {
		return err
	}
	s.open = false
	return nil
}

// said is what gorm makes of a driver's error.
func (s *session) said(err error) error {
	if t, ok := s.dialect.(gorm.ErrorTranslator); ok && err != nil {
		return t.Translate(err)
	}
	return err
}

// end rolls back what wasn't committed and gives the connection back. One that can't even roll back is dropped, and
// its server rolls back.
func (s *session) end() {
	defer s.turn.end()
	defer s.conn.Close() //nolint:errcheck // the pool's business
	if !s.open {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), rollbackWithin)
	defer cancel()
	if _, err := s.conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		s.drop()
	}
}

// drop has the pool forget the connection.
func (s *session) drop() {
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
}

// What gorm asks of a connection.

func (s *session) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	return s.conn.PrepareContext(ctx, query)
}

func (s *session) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	return s.conn.ExecContext(ctx, query, args...)
}

func (s *session) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	return s.conn.QueryContext(ctx, query, args...)
}

func (s *session) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := s.begin(); err != nil {
		s.drop() // no row can carry our error: the query then fails on the connection that is gone
	}
	return s.conn.QueryRowContext(ctx, query, args...)
}
