package ledger

import (
	"context"

	"gorm.io/gorm"
)

// NoRow is a check by a query for the ids of the rows that break it, and what is wrong with such a row.
func NoRow(table, says, query string, args ...any) Check {
	return Check{Name: table, Run: func(_ context.Context, db *gorm.DB) (string, error) {
		return FirstOf(db, "row", says, query, args...)
	}}
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
