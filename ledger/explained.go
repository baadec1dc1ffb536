package ledger

import (
	"context"

	"gorm.io/gorm"
)

// Explained is a check that the rows of a table and the entries of some acts explain each other: each row has the
// entry of the same id, each of those entries its row, and the two say the same.
type Explained struct {
	Table string   // its rows' id is the id of the entry that made them
	ID    string   // the column with that id, where it isn't called id
	Acts  []string // the acts that make such rows
	// Rowless says whether an entry may be without a row, or have one; nil: none may.
	Rowless func(e *Said) bool

	// Columns are what is compared, as SQL over t.
	Columns string
	// Agree gives the variables that take the columns, what prints a row and says what is wrong with it in itself, "" for
	// nothing, and what prints the same of an entry. Nil leaves it at each having the other.
	Agree func() (columns []any, row func(*Print) string, entry func(*Print, *Said))
}

// agree is Agree with the id in front of all it prints.
func (x Explained) agree(id *string) ([]any, func(*Print) string, func(*Print, *Said)) {
	if x.Agree == nil {
		return nil, func(p *Print) string { p.begin(*id); return "" }, func(p *Print, e *Said) { p.begin(e.ID) }
	}
	columns, row, entry := x.Agree()
	return columns, func(p *Print) string {
			p.begin(*id)
			return row(p)
		}, func(p *Print, e *Said) {
			p.begin(e.ID)
			entry(p, e)
		}
}

func (x Explained) columns() string {
	if x.Columns == "" {
		return ""
	}
	return ", " + x.Columns
}

func (x Explained) id() string {
	if x.ID == "" {
		return "t.id"
	}
	return "t." + x.ID
}

// Check makes the check. Where the sums of what rows and entries say are the same, there is nothing to name; otherwise
// one pass over both, which the database joins, names the first disagreement.
func (x Explained) Check() Check {
	return Check{Name: x.Table, Run: x.name, tie: &tie{acts: x.Acts, entries: x.entries, scans: []scan{x.scan()}}}
}

// entries adds up what entries say.
func (x Explained) entries(into *sum) func(*Said) {
	var id string
	var p Print
	_, _, entry := x.agree(&id)
	return func(e *Said) {
		switch {
		case !e.Done():
		case x.Rowless != nil && x.Rowless(e):
			into.unsure = true
		default:
			entry(&p, e)
			into.add(&p)
		}
	}
}

// scan adds up what rows say, and tells whether each is right in itself.
func (x Explained) scan() scan {
	var id string
	var p Print
	columns, row, _ := x.agree(&id)
	return scan{
		table: x.Table, columns: append([]string{x.id()}, splitColumns(x.Columns)...), into: append([]any{&id}, columns...),
		look: func(is *part) {
			if is.wrong {
				return
			}
			if is.wrong = row(&p) != ""; !is.wrong {
				is.sum.add(&p)
			}
		},
	}
}

// name holds each row against its entry.
func (x Explained) name(ctx context.Context, db *gorm.DB) (string, error) {
	var is, id, entry, body string
	var ours, theirs Print
	columns, row, said := x.agree(&id)
	return Each(ctx, db, &is, append([]any{&id, &entry, &body}, columns...), func() (string, error) {
		switch {
		case entry == "":
			return "row " + id + " is explained by no entry", nil
		case id == "":
			return x.missing(entry, body)
		}
		if finding := row(&ours); finding != "" {
			return finding, nil
		}
		e, err := Read(entry, body)
		if err != nil {
			return "", err
		}
		if said(&theirs, e); ours.equal(&theirs) {
			return "", nil
		}
		return "row " + id + " says something else than its entry", nil
	}, "SELECT COALESCE("+x.id()+", e.id), "+x.id()+", e.id, e.body"+x.columns()+" FROM "+x.Table+" t FULL JOIN "+
		"(SELECT id, body FROM ledger_entries WHERE outcome = 'done' AND act IN ?) e ON e.id = "+x.id(), x.Acts)
}

func (x Explained) missing(entry, body string) (string, error) {
	if x.Rowless != nil {
		e, err := Read(entry, body)
		if err != nil || x.Rowless(e) {
			return "", err
		}
	}
	return "entry " + entry + " speaks of a row that is missing", nil
}
