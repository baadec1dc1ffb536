package ingest

import (
	"encoding/json"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"evenhand/models"
)

// This file is what the two dialects spell differently when many rows go in or are looked for at once. Statements
// have one text for any number of rows, so that PostgreSQL's and the driver's caches of statements stay small.

// column is a column of many rows to insert.
type column struct {
	name  string
	array string // the type of PostgreSQL's array that carries the values
	cast  string // the column's own type there, where the array's isn't it
	slice any
	at    func(i int) any
}

func columnOf[T any](name, array, cast string, values []T) column {
	return column{name: name, array: array, cast: cast, slice: values, at: func(i int) any { return values[i] }}
}

// uuids are passed as text: the driver has no arrays of them as strings.
func uuids(name string, values []string) column { return columnOf(name, "text", "::uuid", values) }

func texts(name string, values []string) column { return columnOf(name, "text", "", values) }

// repeated is the same value n times.
func repeated[T any](v T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// insertNew inserts n rows except those whose keys are taken, in their order, and says of which rows, by key, it did.
// key is the column of texts that tells rows apart.
func insertNew(tx *gorm.DB, table, key string, n int, columns []column) (map[string]bool, error) {
	if models.IsPostgres(tx) {
		return insertArrays(tx, table, key, n, columns)
	}
	return insertEach(tx, table, key, n, columns)
}

// insertArrays inserts all rows with one statement of one array for each column.
func insertArrays(tx *gorm.DB, table, key string, n int, columns []column) (map[string]bool, error) {
	var names, values, arrays []string
	var args []any
	for i, c := range columns {
		names = append(names, c.name)
		values = append(values, c.name+c.cast)
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", i+1, c.array))
		args = append(args, c.slice)
	}
	list := strings.Join(names, ", ")
	query := fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM unnest(%s) AS t (%s) ON CONFLICT DO NOTHING RETURNING %s",
		table, list, strings.Join(values, ", "), strings.Join(arrays, ", "), list, key)
	rows, err := tx.Statement.ConnPool.QueryContext(tx.Statement.Context, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	in := make(map[string]bool, n)
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			return nil, err
		}
		in[k] = true
	}
	return in, rows.Err()
}

// insertEach inserts row by row with one prepared statement: with SQLite in the process there is no way to save.
func insertEach(tx *gorm.DB, table, key string, n int, columns []column) (map[string]bool, error) {
	var names []string
	var keys column
	for _, c := range columns {
		names = append(names, c.name)
		if c.name == key {
			keys = c
		}
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	query := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s) ON CONFLICT DO NOTHING", table, strings.Join(names, ", "), marks)
	ctx := tx.Statement.Context
	stmt, err := tx.Statement.ConnPool.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer stmt.Close()
	in, args := make(map[string]bool, n), make([]any, len(columns))
	for i := range n {
		for j, c := range columns {
			args[j] = c.at(i)
		}
		res, err := stmt.ExecContext(ctx, args...)
		if err != nil {
			return nil, err
		}
		if done, err := res.RowsAffected(); err != nil {
			return nil, err
		} else if done == 1 {
			in[keys.at(i).(string)] = true
		}
	}
	return in, nil
}

// lookUp queries a table, as r, for one row for each of many keys in a marketplace; cast is the key's type on
// PostgreSQL. There each key is looked up by itself: before it has statistics of a new table, any other form of the
// query reads the whole marketplace.
func lookUp(db *gorm.DB, table, key, cast, marketplace string, keys []string) (*gorm.DB, error) {
	list, err := json.Marshal(keys)
	if models.IsPostgres(db) {
		return db.Table(fmt.Sprintf(
			"json_array_elements_text(?::json) AS w (key) CROSS JOIN LATERAL (SELECT * FROM %s WHERE marketplace_id = ? AND %s = w.key::%s LIMIT 1) AS r",
			table, key, cast), string(list), marketplace), err
	}
	return db.Table(fmt.Sprintf("json_each(?) AS w CROSS JOIN %s AS r ON r.marketplace_id = ? AND r.%s = w.value", table, key),
		string(list), marketplace), err
}
