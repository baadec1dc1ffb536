package ledger

import (
	"context"

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
