package ledger

import (
	"context"

	"gorm.io/gorm"
)

// Rows is a check of each row of a table by itself.
type Rows struct {
	Table   string
	Columns string // what it is told of a row, as SQL over t, the row's id first
	// Look gives the variables that take the columns and what says what is wrong with a row, "" for nothing.
	Look func() (id *string, columns []any, look func() (string, error))
}

// Check makes the check. Of several findings it names that about the least id.
func (x Rows) Check() Check {
	return Check{Name: x.Table, Run: x.name, tie: &tie{scans: []scan{x.scan()}}}
}

func (x Rows) name(ctx context.Context, db *gorm.DB) (string, error) {
	id, columns, look := x.Look()
	return Each(ctx, db, id, columns, look, "SELECT "+x.Columns+" FROM "+x.Table+" t")
}

func (x Rows) scan() scan {
	id, columns, look := x.Look()
	return scan{table: x.Table, columns: splitColumns(x.Columns), into: append([]any{id}, columns...), look: func(is *part) {
		if !is.wrong {
			finding, err := look()
			is.wrong = finding != "" || err != nil // the check says which
		}
	}}
}
