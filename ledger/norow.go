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
// finds none.
func FirstOf(db *gorm.DB, what, says, query string, args ...any) (string, error) {
	var id []string
	err := db.Raw(query+" ORDER BY 1 LIMIT 1", args...).Scan(&id).Error
	if err != nil || len(id) == 0 {
		return "", err
	}
	return what + " " + id[0] + " " + says, nil
}
