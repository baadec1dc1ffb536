package ledger

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"evenhand/models"
)

// Stated is a check that the state of each row is what entries have said of it.
type Stated struct {
	Name string
	Rows string     // a query for id and state of the rows of which an entry has to say one
	Of   []RowState // the same, where it is states of rows of tables
	Acts []string   // of the entries that may say one; none: of all
	// Entry gives what an entry says: of which row, and its state. One that says nothing of any gives no id.
	Entry func(e *Said) (id, state string)
	// Differs says in words that a row is in another state than entries said; either is "" where there is none.
	Differs func(id, row, said string) string
	// Run, where it isn't nil, names the first disagreement in a way of its own.
	Run func(ctx context.Context, db *gorm.DB) (string, error)
}

// RowState is the state of a table's rows.
type RowState struct {
	Table     string
	ID, State string // SQL over t; where the id is NULL there is no state
	But       string // of this state no entry has to speak; "" for none
}

func (x RowState) where() string {
	where := x.ID + " IS NOT NULL"
	if x.But != "" {
		where += " AND " + x.State + " <> '" + x.But + "'"
	}
	return where
}

// Check makes the check. Only where the sums differ does anything look for a row's entries.
func (s Stated) Check() Check {
	run := s.Run
	if run == nil {
		run = s.name
	}
	t := &tie{acts: s.Acts, entries: s.entries}
	for _, x := range s.Of {
		t.scans = append(t.scans, x.scan())
	}
	if s.Rows != "" {
		t.rows = s.rows
	}
	return Check{Name: s.Name, Run: run, tie: t}
}

// query is Rows, or the same made of Of.
func (s Stated) query() string {
	query := s.Rows
	for _, x := range s.Of {
		if query != "" {
			query += " UNION ALL "
		}
		query += "SELECT " + x.ID + ", " + x.State + " FROM " + x.Table + " t WHERE " + x.where()
	}
	return query
}

// scan adds up the states.
func (x RowState) scan() scan {
	var id, state string
	var p Print
	return scan{table: x.Table, columns: []string{x.ID, x.State}, into: []any{&id, &state}, rows: x.where(), look: func(is *part) {
		if id == "" || x.But != "" && state == x.But {
			return
		}
		p.begin(id)
		p.Text(state)
		is.sum.add(&p)
	}}
}

func (s Stated) entries(into *sum) func(*Said) {
	var p Print
	return func(e *Said) {
		if !e.Done() {
			return
		}
		if id, state := s.Entry(e); id != "" {
			p.begin(id)
			p.Text(state)
			into.add(&p)
		}
	}
}

func (s Stated) rows(ctx context.Context, db *gorm.DB, into *sum) error {
	var id, state string
	var p Print
	return models.Stream(ctx, db, []any{&id, &state}, func() error {
		p.begin(id)
		p.Text(state)
		into.add(&p)
		return nil
	}, s.Rows)
}

// name holds each row against what all entries say of it. Several that speak of one row are named together: their
// order isn't asked, since the clocks of two instances differ.
func (s Stated) name(ctx context.Context, db *gorm.DB) (string, error) {
	said, err := s.said(ctx, db)
	if err != nil {
		return "", err
	}
	var id, state string
	finding, err := Each(ctx, db, &id, []any{&state}, func() (string, error) {
		is := said[id]
		if delete(said, id); is != state {
			return s.Differs(id, state, is), nil
		}
		return "", nil
	}, s.query())
	if err != nil || finding != "" || len(said) == 0 {
		return finding, err
	}
	missing := slices.Min(slices.Collect(maps.Keys(said)))
	return s.Differs(missing, "", said[missing]), nil
}

// said is the state that entries give each row.
func (s Stated) said(ctx context.Context, db *gorm.DB) (map[string]string, error) {
	query, args := "SELECT id, body FROM ledger_entries WHERE outcome = 'done'", []any(nil)
	if len(s.Acts) > 0 {
		query, args = query+" AND act IN ?", []any{s.Acts}
	}
	said := map[string]string{}
	var entry, body string
	_, err := Each(ctx, db, &entry, []any{&body}, func() (string, error) {
		e, err := Read(entry, body)
		if err != nil {
			return "", err
		}
		id, state := s.Entry(e)
		if before := said[id]; id != "" && before != "" {
			state = min(before, state) + " and " + max(before, state)
		}
		said[strings.Clone(id)] = strings.Clone(cmp.Or(state, said[id]))
		return "", nil
	}, query, args...)
	delete(said, "")
	return said, err
}
