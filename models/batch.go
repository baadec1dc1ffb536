package models

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// Batch is several statements of one transaction that are sent together. PostgreSQL gets them in one round trip and
// runs them one after another; SQLite gets them one by one. Either way each sees what those before it did, the first
// that fails ends the batch, and the transaction with it.
//
// Statements are plain SQL that both databases take, with ? for an argument. A read may end with FOR UPDATE or
// FOR SHARE, which SQLite doesn't see: its transactions hold the only write lock from their beginning.
type Batch struct {
	tx    *gorm.DB
	steps []step
}

// step is one statement in the dialect's own words, and what to do with its answer.
type step struct {
	query     string
	args      []any
	row       func(columns []string, scan func(into ...any) error) error // for each row of a read
	otherwise error                                                      // of a write that has to change one row
}

// NewBatch makes an empty batch for a transaction that InTx began.
func NewBatch(tx *gorm.DB) *Batch { return &Batch{tx: tx} }

// Tx is the transaction, for what has to be known before a batch can be written.
func (b *Batch) Tx() *gorm.DB { return b.tx }

// Run sends what has been added, once. Afterwards the batch is empty.
func (b *Batch) Run() error {
	s, ok := b.tx.Statement.ConnPool.(*session)
	if !ok {
		return fmt.Errorf("models: a batch outside a transaction")
	}
	steps := b.steps
	b.steps = nil
	return Translate(s.run(steps))
}

// Exec adds a write that changes any number of rows.
func (b *Batch) Exec(query string, args ...any) {
	b.steps = append(b.steps, step{query: b.dialect(query), args: args})
}

// ExecOne adds a write that has to change exactly one row; the batch fails with otherwise when it doesn't.
func (b *Batch) ExecOne(otherwise error, query string, args ...any) {
	if IsPostgres(b.tx) {
		query = changedOne(query)
	}
	b.steps = append(b.steps, step{query: b.dialect(query), args: args, otherwise: otherwise})
}

// Insert adds a row of one of our tables, given as a pointer to its struct.
func (b *Batch) Insert(row any) {
	t := b.table(reflect.TypeOf(row).Elem())
	v := reflect.ValueOf(row).Elem()
	args := make([]any, len(t.fields))
	for i, f := range t.fields {
		args[i] = v.FieldByIndex(f.StructField.Index).Interface()
	}
	b.Exec(t.insert, args...)
}

// Rows are what a read of a batch found, once the batch has run.
type Rows[T any] struct{ All []T }

// One is the first row; where there is none, a NotFound error.
func (r *Rows[T]) One() (T, error) {
	if len(r.All) == 0 {
		var none T
		return none, Translate(gorm.ErrRecordNotFound)
	}
	return r.All[0], nil
}

// Read adds a query to a batch. T is the struct of a table, whose fields take the columns of their names, or the type
// of the query's only column.
func Read[T any](b *Batch, query string, args ...any) *Rows[T] {
	rows := &Rows[T]{}
	kind := reflect.TypeFor[T]()
	b.steps = append(b.steps, step{query: b.dialect(query), args: args, row: func(columns []string, scan func(...any) error) error {
		rows.All = append(rows.All, *new(T))
		into := &rows.All[len(rows.All)-1]
		if kind.Kind() != reflect.Struct {
			return scan(into)
		}
		fields, err := b.table(kind).pointers(columns, reflect.ValueOf(into).Elem())
		if err != nil {
			return err
		}
		return scan(fields...)
	}})
	return rows
}

// table is what a batch has to know about a struct of ours.
type table struct {
	fields []*schema.Field
	byName map[string]*schema.Field
	insert string
}

var tables sync.Map // reflect.Type → table

func (b *Batch) table(kind reflect.Type) table {
	if t, ok := tables.Load(kind); ok {
		return t.(table)
	}
	s, err := schema.Parse(reflect.New(kind).Interface(), &sync.Map{}, b.tx.NamingStrategy)
	if err != nil {
		panic(fmt.Sprintf("models: %s is no table: %v", kind, err)) // a mistake in the program, found by its first test
	}
	t := table{byName: s.FieldsByDBName}
	for _, name := range s.DBNames {
		t.fields = append(t.fields, s.FieldsByDBName[name])
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(s.DBNames)), ", ")
	t.insert = "INSERT INTO " + s.Table + " (" + strings.Join(s.DBNames, ", ") + ") VALUES (" + marks + ")"
	tables.Store(kind, t)
	return t
}

// pointers are where the columns of a row go.
func (t table) pointers(columns []string, into reflect.Value) ([]any, error) {
	out := make([]any, len(columns))
	for i, name := range columns {
		f, ok := t.byName[name]
		if !ok {
			return nil, fmt.Errorf("models: %s has no field for column %s", into.Type(), name)
		}
		out[i] = into.FieldByIndex(f.StructField.Index).Addr().Interface()
	}
	return out, nil
}

var (
	spelled = [2]sync.Map{} // query → the same for SQLite, for PostgreSQL
	locking = regexp.MustCompile(` FOR (UPDATE|NO KEY UPDATE|SHARE)$`)
)

// dialect spells a statement as its database wants it: $1 for ? on PostgreSQL, and no locking clause on SQLite.
func (b *Batch) dialect(query string) string {
	postgres := IsPostgres(b.tx)
	known := &spelled[0]
	if postgres {
		known = &spelled[1]
	}
	if q, ok := known.Load(query); ok {
		return q.(string)
	}
	out := locking.ReplaceAllString(query, "")
	if postgres {
		out = numbered(query)
	}
	known.Store(query, out)
	return out
}

func numbered(query string) string {
	var out strings.Builder
	n := 0
	for _, r := range query {
		if r != '?' {
			out.WriteRune(r)
			continue
		}
		n++
		out.WriteString("$" + strconv.Itoa(n))
	}
	return out.String()
}
