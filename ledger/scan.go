package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"evenhand/models"
)

// scan is what a check asks of each row of a table.
type scan struct {
	table   string
	columns []string // SQL over t
	into    []any    // the variables that take them
	rows    string   // SQL over t: a condition on the rows that are asked for; "" for all. look may be told of others, too
	look    func(*part)
}

// part is what one scan came to.
type part struct {
	sum   sum
	wrong bool // a row is wrong in itself, or may be
	done  bool // every row was read
}

// pass is one reading of a table for all checks that ask something of its rows: what costs is the reading.
type pass struct {
	table    string
	columns  []string
	into     []any
	copies   []func()
	rows     []string
	all      bool // some want every row
	looks    []func()
	suspects []suspect
	parts    []*part
}

// suspect is a condition under which a row may be wrong, and whom to tell.
type suspect struct {
	condition string
	told      *part
}

// mask is SQL for the conditions that a row meets, one bit each, at most 31.
func mask(suspects []suspect) string {
	bits := make([]string, len(suspects))
	for i, s := range suspects {
		bits[i] = fmt.Sprintf("CASE WHEN %s THEN %d ELSE 0 END", s.condition, 1<<i)
	}
	return strings.Join(bits, " + ")
}

// add has a scan take part, and gives what it will come to.
func (p *pass) add(s scan) *part {
	is := &part{}
	p.parts = append(p.parts, is)
	p.all = p.all || s.rows == ""
	p.rows = append(p.rows, s.rows)
	if s.look == nil {
		p.suspects = append(p.suspects, suspect{s.rows, is})
		return is
	}
	for i, column := range s.columns {
		p.column(column, s.into[i])
	}
	p.looks = append(p.looks, func() { s.look(is) })
	return is
}

// column selects a column once for all that ask for it.
func (p *pass) column(column string, into any) {
	if i := slices.Index(p.columns, column); i >= 0 {
		if again := copies(into, p.into[i]); again != nil {
			p.copies = append(p.copies, again)
			return
		}
	}
	p.columns, p.into = append(p.columns, column), append(p.into, into)
}

// copies hands a value on from one variable to another, where they are of one type.
func copies(to, from any) func() {
	switch to := to.(type) {
	case *string:
		return copyOf(to, from)
	case *int:
		return copyOf(to, from)
	}
	return nil
}

func copyOf[T any](to *T, from any) func() {
	if from, ok := from.(*T); ok {
		return func() { *to = *from }
	}
	return nil
}

// run reads the table.
func (p *pass) run(ctx context.Context, db *gorm.DB) error {
	columns, into := p.columns, p.into
	met := 0
	if len(p.suspects) > 0 {
		columns, into = append(slices.Clip(columns), mask(p.suspects)), append(slices.Clip(into), &met)
	}
	query := "SELECT " + strings.Join(columns, ", ") + " FROM " + p.table + " t"
	if !p.all {
		query += " WHERE " + anyOf(p.rows)
	}
	err := models.Stream(ctx, db, into, func() error {
		for _, hand := range p.copies {
			hand()
		}
		for _, look := range p.looks {
			look()
		}
		for i := 0; met>>i != 0; i++ {
			if s := p.suspects[i]; met>>i&1 != 0 {
				s.told.wrong = true
			}
		}
		return nil
	}, query)
	if err != nil {
		return fmt.Errorf("reading %s: %w", p.table, err)
	}
	for _, is := range p.parts {
		is.done = true
	}
	return nil
}

func anyOf(conditions []string) string { return "((" + strings.Join(conditions, ") OR (") + "))" }

// splitColumns takes a list of columns apart.
func splitColumns(list string) (columns []string) {
	depth, from := 0, 0
	for i, c := range list {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			columns, from = append(columns, strings.TrimSpace(list[from:i])), i+1
		}
	}
	if rest := strings.TrimSpace(list[from:]); rest != "" {
		columns = append(columns, rest)
	}
	return columns
}
