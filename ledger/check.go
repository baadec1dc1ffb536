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

// compareBatch is how many rows Compare holds in memory at once.
const compareBatch = 1000

// Explained is a check that the rows of a table and the entries of some acts explain each other: each row has the
// entry of the same id, each of those entries its row. agree compares the two and says what differs.
type Explained struct {
	Table string   // its rows' id is the id of the entry that made them
	Acts  []string // the acts that make such rows
	// Where narrows the rows or the entries that take part, as SQL over e (the entry); "" takes all.
	Where string
}

// Check makes the two-way check.
func (x Explained) Check() Check {
	return Check{Name: x.Table, Run: func(_ context.Context, db *gorm.DB) (string, error) {
		var id []string
		err := db.Raw("SELECT t.id FROM "+x.Table+" t LEFT JOIN ledger_entries e ON e.id = t.id AND e.outcome = 'done' AND e.act IN ? WHERE e.id IS NULL ORDER BY t.id LIMIT 1", x.Acts).
			Scan(&id).Error
		if err != nil {
			return "", err
		}
		if len(id) > 0 {
			return "row " + id[0] + " is explained by no entry", nil
		}
		where := ""
		if x.Where != "" {
			where = " AND (" + x.Where + ")"
		}
		err = db.Raw("SELECT e.id FROM ledger_entries e LEFT JOIN "+x.Table+" t ON t.id = e.id WHERE e.outcome = 'done' AND e.act IN ?"+where+" AND t.id IS NULL ORDER BY e.id LIMIT 1", x.Acts).
			Scan(&id).Error
		if err != nil || len(id) == 0 {
			return "", err
		}
		return "entry " + id[0] + " speaks of a row that is missing", nil
	}}
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
