package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"evenhand/models"
)

// Result of a verification. Disagreement is "" where record and database agree.
type Result struct {
	Entries      int
	Checks       int
	Disagreement string
}

// verifyBatch is how many entries are held in memory at once.
const verifyBatch = 1000

// Verify reads every entry and every row that the checks tie to entries, trusts nothing that it can compute itself,
// and names the first disagreement. Its error is a failure to read, not a finding.
func Verify(ctx context.Context, db *gorm.DB, checks []Check) (Result, error) {
	var r Result
	db = db.WithContext(ctx)
	finding, err := verifyEntries(db, &r.Entries)
	if err != nil || finding != "" {
		r.Disagreement = finding
		return r, models.Translate(err)
	}
	for _, c := range checks {
		finding, err := c.Run(ctx, db)
		if err != nil {
			return r, fmt.Errorf("checking %s: %w", c.Name, models.Translate(err))
		}
		r.Checks++
		if finding != "" {
			r.Disagreement = c.Name + ": " + finding
			return r, nil
		}
	}
	return r, nil
}

// verifyEntries recomputes the hash of every entry and holds its columns against its body.
func verifyEntries(db *gorm.DB, n *int) (string, error) {
	last := ""
	for {
		q := db.Order("id").Limit(verifyBatch)
		if last != "" {
			q = q.Where("id > ?", last)
		}
		var batch []models.LedgerEntry
		if err := q.Find(&batch).Error; err != nil {
			return "", err
		}
		for _, e := range batch {
			if finding := verifyEntry(e); finding != "" {
				return "entry " + e.ID + ": " + finding, nil
			}
		}
		*n += len(batch)
		if len(batch) < verifyBatch {
			return "", nil
		}
		last = batch[len(batch)-1].ID
	}
}

func verifyEntry(e models.LedgerEntry) string {
	if !bytes.Equal(LeafHash([]byte(e.Body)), e.Hash) {
		return "its body was changed: the hash doesn't fit"
	}
	var b Body
	dec := json.NewDecoder(bytes.NewReader([]byte(e.Body)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil {
		return "its body isn't an entry: " + err.Error()
	}
	again, err := Canonical(json.RawMessage(e.Body))
	if err != nil || string(again) != e.Body {
		return "its body isn't canonical JSON"
	}
	said := []string{b.ID, b.At, b.Marketplace, b.Actor.Kind, b.Actor.ID, b.Act, b.Subject.Type, b.Subject.ID, b.Outcome, b.Code}
	stored := []string{e.ID, e.At.UTC().Format(timeFormat), e.MarketplaceID, e.ActorKind, e.ActorID, e.Act, e.SubjectType, e.SubjectID, e.Outcome, e.Code}
	if !slices.Equal(said, stored) {
		return "its columns say something else than its body"
	}
	return ""
}

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
		q := query(db).Order(column).Limit(verifyBatch)
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
		if len(batch) < verifyBatch {
			return "", nil
		}
		last = id(batch[len(batch)-1])
	}
}
