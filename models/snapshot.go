package models

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"
)

// TryLock takes a lock that belongs to the transaction, without waiting, and says whether it has it. Where the
// transaction hangs for longer than idle, as PostgreSQL writes it ("5s"), the server ends it and frees the lock.
// SQLite's transactions hold the one write lock already.
func TryLock(tx *gorm.DB, number int64, idle string) (bool, error) {
	if !IsPostgres(tx) {
		return true, nil
	}
	var got bool
	err := tx.Raw("SELECT pg_try_advisory_xact_lock(?) FROM (SELECT set_config('idle_in_transaction_session_timeout', ?, true)) x", number, idle).Scan(&got).Error
	return got, err
}

// Snapshot runs fn on one unchanging view of the database, read-only: what it reads in two statements was true at the
// same moment. It doesn't hold up writers. A transaction that is there already is used as it is.
func Snapshot(ctx context.Context, db *gorm.DB, fn func(tx *gorm.DB) error) error {
	if _, in := db.Statement.ConnPool.(*session); in {
		return fn(db.WithContext(ctx))
	}
	return Translate(db.WithContext(ctx).Transaction(fn, &sql.TxOptions{Isolation: snapshotIsolation(db), ReadOnly: true}))
}

// Views is Snapshot on up to n connections at once: what is read on one fits what is read on another meanwhile. Where
// the pool has fewer to spare, fn gets fewer, and one at least. SQLite can't share a moment between connections, nor can
// a transaction that is there already: fn then gets that one.
func Views(ctx context.Context, db *gorm.DB, n int, fn func(views []*gorm.DB) error) error {
	_, in := db.Statement.ConnPool.(*session)
	if in || !IsPostgres(db) {
		return Snapshot(ctx, db, func(tx *gorm.DB) error { return fn([]*gorm.DB{tx}) })
	}
	first, end, err := openView(ctx, ctx, db, "SELECT 1")
	if err != nil {
		return Translate(err)
	}
	defer end()
	var id string
	if err := first.Raw("SELECT pg_export_snapshot()").Scan(&id).Error; err != nil {
		return Translate(err)
	}
	views := []*gorm.DB{first}
	soon, cancel := context.WithTimeout(ctx, spareWithin)
	defer cancel()
	for len(views) < n {
		view, end, err := openView(ctx, soon, db, "SET TRANSACTION SNAPSHOT '"+id+"'")
		if err != nil && soon.Err() != nil && ctx.Err() == nil {
			break // there is none to spare
		}
		if err != nil {
			return Translate(err)
		}
		defer end()
		views = append(views, view)
	}
	return Translate(fn(views))
}

// spareWithin is how long a pool may take for more connections than one.
const spareWithin = time.Second

// forWholeTables sets a transaction up on PostgreSQL for reading all there is: joins in memory, in one process, and no
// compiling of queries that run once. What is read in the order of ids lies together, so that a page from an index costs
// no more than the next one; with the usual guess a page of the log is found by reading all of it.
// A table is read from where it begins, whoever else reads it.
const forWholeTables = "SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true), " +
	"set_config('max_parallel_workers_per_gather', '0', true), set_config('random_page_cost', '1.1', true), " +
	"set_config('synchronize_seqscans', 'off', true)"

// openView begins a read-only transaction on a connection that the pool gives until soon ends, with a statement that has
// to come first. end gives it back; there is nothing to commit.
func openView(ctx, soon context.Context, db *gorm.DB, statement string) (opened *gorm.DB, end func(), err error) {
	pool, err := db.DB()
	if err != nil {
		return nil, nil, err
	}
	conn, err := pool.Conn(soon)
	if err != nil {
		return nil, nil, err
	}
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: snapshotIsolation(db), ReadOnly: true})
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	end = func() { _, _ = tx.Rollback(), conn.Close() }
	opened = db.Session(&gorm.Session{NewDB: true, Context: ctx})
	opened.Statement.ConnPool = &view{tx, conn}
	for _, s := range []string{statement, forWholeTables} {
		if err := opened.Exec(s).Error; err != nil {
			end()
			return nil, nil, err
		}
	}
	return opened, end, nil
}

// snapshotIsolation: SQLite's read transactions are snapshots as they are.
func snapshotIsolation(db *gorm.DB) sql.IsolationLevel {
	if IsPostgres(db) {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

// mostParameters bounds how many values one statement takes; SQLite's own bound is 32,766.
const mostParameters = 1000

// DeleteIn deletes the rows whose column is one of values.
func DeleteIn(tx *gorm.DB, table, column string, values []string) error {
	for chunk := range slices.Chunk(values, mostParameters) {
		if err := tx.Exec("DELETE FROM "+table+" WHERE "+column+" IN ?", chunk).Error; err != nil {
			return err
		}
	}
	return nil
}
