package ledger

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"evenhand/models"
)

// Check is one rule that ties the state of the database to the record. The packages that own tables declare theirs;
// Verify runs them after it has found the entries sound.
type Check struct {
	Name string
	// Run returns the first disagreement in words, naming the row or the entry, or "" where there is none.
	// It reads in batches: memory doesn't grow with the tables.
	Run func(ctx context.Context, db *gorm.DB) (string, error)

	tie *tie // a quicker way to learn that there is none, where there is one
}

// compareBatch is how many rows Compare holds in memory at once.
const compareBatch = 1000

// Each reads the rows of a query one by one into variables, the first of them the row's id, and has look say what is
// wrong. Of several findings it returns that about the least id: a query without an order gives its rows in any.
func Each(ctx context.Context, db *gorm.DB, id *string, into []any, look func() (string, error), query string, args ...any) (string, error) {
	least, first := "", ""
	err := models.Stream(ctx, db, append([]any{id}, into...), func() error {
		finding, err := look()
		if finding != "" && (first == "" || *id < least) {
			least, first = strings.Clone(*id), finding
		}
		return err
	}, query, args...)
	return first, err
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
