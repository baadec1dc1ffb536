package apptest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"

	"evenhand/models"
)

// table is some rows of a table, as the driver has them.
type table struct {
	name    string
	columns []string
	rows    [][]any
}

// readTable reads the rows of a table whose id isn't less than that.
func readTable(tx *gorm.DB, name, id, least string) (*table, error) {
	rows, err := tx.Raw("SELECT * FROM "+name+" WHERE "+id+" >= ?", least).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	t := &table{name: name}
	if t.columns, err = rows.Columns(); err != nil {
		return nil, err
	}
	for rows.Next() {
		row, into := make([]any, len(t.columns)), make([]any, len(t.columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		t.rows = append(t.rows, row)
	}
	return t, rows.Err()
}

func entryTable(entries []models.LedgerEntry) *table {
	t := &table{name: "ledger_entries", columns: []string{
		"id", "marketplace_id", "at", "actor_kind", "actor_id", "act", "subject_type", "subject_id", "outcome", "code", "body", "hash",
	}}
	for _, e := range entries {
		t.rows = append(t.rows, []any{
			e.ID, e.MarketplaceID, e.At, e.ActorKind, e.ActorID, e.Act, e.SubjectType, e.SubjectID, e.Outcome, e.Code, e.Body, e.Hash,
		})
	}
	return t
}

func pendingTable(entries []models.LedgerEntry) *table {
	t := &table{name: "ledger_pending", columns: []string{"entry_id"}}
	for _, e := range entries {
		t.rows = append(t.rows, []any{e.ID})
	}
	return t
}

// fill writes rows in bulk and without guards, on the connection that tx is, all of them or none.
func fill(tx *gorm.DB, tables ...*table) error {
	conn, ok := tx.Statement.ConnPool.(*sql.Conn)
	if !ok {
		return errors.New("fill wants one connection")
	}
	if !models.IsPostgres(tx) {
		return tx.Transaction(func(tx *gorm.DB) error { return insert(tx, tables) })
	}
	return conn.Raw(func(driver any) error {
		ctx := context.Background()
		begun, err := driver.(*stdlib.Conn).Conn().Begin(ctx)
		if err != nil {
			return err
		}
		defer begun.Rollback(ctx) //nolint:errcheck // of what is committed there is nothing to undo
		if _, err := begun.Exec(ctx, "SET LOCAL session_replication_role = replica"); err != nil {
			return err
		}
		for _, t := range tables {
			if _, err := begun.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromRows(t.rows)); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
		return begun.Commit(ctx)
	})
}

func insert(tx *gorm.DB, tables []*table) error {
	for _, t := range tables {
		statement, err := tx.Statement.ConnPool.PrepareContext(context.Background(),
			"INSERT INTO "+t.name+" ("+strings.Join(t.columns, ", ")+") VALUES (?"+strings.Repeat(", ?", len(t.columns)-1)+")")
		if err != nil {
			return err
		}
		for _, row := range t.rows {
			if _, err := statement.ExecContext(context.Background(), row...); err != nil {
				return errors.Join(err, statement.Close())
			}
		}
		if err := statement.Close(); err != nil {
			return err
		}
	}
	return nil
}
