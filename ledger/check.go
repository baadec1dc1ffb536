package ledger

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// Check is one rule that ties the state of the database to the record. The packages that own tables declare theirs;
// Verify runs them after it has found the entries sound.
type Check struct {
	Name string
	// Run returns the first disagreement in words, naming the row or the entry, or "" where there is none.
	// It reads in batches: memory doesn't grow with the tables.
	Run func(ctx context.Context, db *gorm.DB) (string, error)
}

// compareBatch is how many rows Compare holds in memory at once.
const compareBatch = 1000

// Explained is a check that the rows of a table and the entries of some acts explain each other: each row has the
// entry of the same id, each of those entries its row, and the two say the same.
type Explained struct {
	Table string   // its rows' id is the id of the entry that made them
	Acts  []string // the acts that make such rows
	// Rowless says whether an entry may be without a row; nil: none may.
	Rowless func(body string) bool

	// Columns are what is compared, as SQL over t (the row) and what Joins joins to it, which mustn't narrow the rows.
	Columns, Joins string
	// Agree makes the variables that take the columns of a row, and what compares them with its entry and says what
	// differs, "" for nothing. Nil leaves it at each having the other.
	Agree func() (columns []any, differs func(entry Body) (string, error))
}

// Check makes the check: one pass over both, which the database joins.
func (x Explained) Check() Check {
	return Check{Name: x.Table, Run: func(_ context.Context, db *gorm.DB) (string, error) {
		columns, into, differs := "", []any{}, func(Body) (string, error) { return "", nil }
		if x.Agree != nil {
			columns = ", " + x.Columns
			into, differs = x.Agree()
		}
		var row, entry, body sql.NullString
		into = append([]any{&row, &entry, &body}, into...)
		return stream(db, func(rows *sql.Rows) (string, string, error) {
			err := rows.Scan(into...)
			switch {
			case !row.Valid && entry.Valid: // the row's columns are none, which err may say
				return entry.String, x.missing(entry.String, body.String), nil
			case err != nil:
				return "", "", err
			case !entry.Valid:
				return row.String, "row " + row.String + " is explained by no entry", nil
			case x.Agree == nil:
				return "", "", nil
			}
			b, err := ParseBody(body.String)
			if err != nil {
				return "", "", err
			}
			finding, err := differs(b)
			return row.String, finding, err
		}, "SELECT t.id, e.id, e.body"+columns+" FROM "+x.Table+" t FULL JOIN "+
			"(SELECT id, body FROM ledger_entries WHERE outcome = 'done' AND act IN ?) e ON e.id = t.id "+x.Joins, x.Acts)
	}}
}

func (x Explained) missing(entry, body string) string {
	if x.Rowless != nil && x.Rowless(body) {
		return ""
	}
	return "entry " + entry + " speaks of a row that is missing"
}

// Each reads the rows of a query one by one into variables, the first of them the row's id, and has look say what is
// wrong. Of several findings it returns that about the least id: a query without an order gives its rows in any.
func Each(db *gorm.DB, id *string, into []any, look func() (string, error), query string, args ...any) (string, error) {
	into = append([]any{id}, into...)
	return stream(db, func(rows *sql.Rows) (string, string, error) {
		if err := rows.Scan(into...); err != nil {
			return "", "", err
		}
		finding, err := look()
		return *id, finding, err
	}, query, args...)
}

// stream goes by rows rather than through gorm's reflection, since verify reads whole tables.
func stream(db *gorm.DB, look func(*sql.Rows) (id, finding string, err error), query string, args ...any) (string, error) {
	rows, err := db.Raw(query, args...).Rows()
	if err != nil {
		return "", err
	}
	defer rows.Close()
	least, first := "", ""
	for rows.Next() {
		id, finding, err := look(rows)
		if err != nil {
			return "", err
		}
		if finding != "" && (first == "" || id < least) {
			least, first = id, finding
		}
	}
	return first, rows.Err()
}

// Compare runs over the rows of a query in batches, keyed by id, and returns the first finding that agree makes.
// The query has to select an id column; where is a condition that narrows it, "" none.
func Compare[T any](db *gorm.DB, query func(*gorm.DB) *gorm.DB, id func(T) string, column string, agree func(T) (string, error)) (string, error) {
	last := ""
	for {
		q := query(db).Order(column).Limit(compareBatch)
		if last != "" {
			q = q.Where(column+" > ?", last)
		}
		var batch []T
		if err := q.Find(&batch).Error; err != nil {
			return "", err
		}
		for _, row := range batch {
			finding, err := agree(row)
			if err != nil || finding != "" {
				return finding, err
			}
		}
		if len(batch) < compareBatch {
			return "", nil
		}
		last = id(batch[len(batch)-1])
	}
}
