package models

import (
	"context"
	"database/sql"
	"slices"

	"gorm.io/gorm"
)

// TryLock takes a lock that belongs to the transaction, without waiting, and says whether it has it. Where the
// transaction hangs for longer than idle, as PostgreSQL writes it ("5s"), the server ends it and frees the lock.
// SQLite's transactions hold the one write lock already.
func TryLock(tx *gorm.DB, number int64, idle string) (bool, error) {
	if !IsPostgres(tx) {
		return true, nil
	}
	if err := tx.Exec("SELECT set_config('idle_in_transaction_session_timeout', ?, true)", idle).Error; err != nil {
		return false, err
	}
	var got bool
	err := tx.Raw("SELECT pg_try_advisory_xact_lock(?)", number).Scan(&got).Error
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
