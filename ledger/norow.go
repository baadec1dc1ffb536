package ledger

import (
	"context"
	"slices"

	"gorm.io/gorm"
)

// NoRow is a check by a query for the ids of the rows that break it, and what is wrong with such a row.
func NoRow(table, says, query string, args ...any) Check {
	return Check{Name: table, Run: func(_ context.Context, db *gorm.DB) (string, error) {
		return FirstOf(db, "row", says, query, args...)
	}}
}

// NoRowIs is NoRow by a condition, SQL over t, that a row of a table has to meet to break it.
func NoRowIs(table, says, condition string) Check {
	return NoRow(table, says, "SELECT t.id FROM "+table+" t WHERE "+condition).OnlyIf(table, condition)
}

// OnlyIf says that the check can find something only if a row of a table meets a condition, SQL over t; several times: if
// one of them holds. Verify, which reads the table anyway, needn't run the check otherwise.
func (c Check) OnlyIf(table, condition string) Check {
	t := tie{unsure: true}
	if c.tie != nil {
		t = *c.tie
	}
	t.scans = append(slices.Clip(t.scans), scan{table: table, rows: condition})
	c.tie = &t
	return c
}

// FirstOf names the first row of a query for the ids of rows in which something is wrong: "what id says"; "" where it
// finds none. It asks for the least of all: asked for the first one only, PostgreSQL plans for finding it soon, and where
// nothing is wrong it has to go through everything.
func FirstOf(db *gorm.DB, what, says, query string, args ...any) (string, error) {
	var least *string
	err := db.Raw("WITH wrong (id) AS ("+query+") SELECT min(CAST(id AS text)) FROM wrong", args...).Row().Scan(&least)
	if err != nil || least == nil {
		return "", err
	}
	return what + " " + *least + " " + says, nil
}
