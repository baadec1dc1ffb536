package ingest

import (
	"bytes"
	"context"
	"slices"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// checkBatch is how many entries or reviews are held in memory at once.
const checkBatch = 100

// checkOrphans makes sure that every review came in by an entry.
func checkOrphans(_ context.Context, db *gorm.DB) (string, error) {
	return ledger.FirstOf(db, "review", "came in by no entry", `
		SELECT (SELECT min(CAST(r.id AS text)) FROM reviews r WHERE r.marketplace_id = x.marketplace_id AND r.intake_id = x.intake_id)
		  FROM (SELECT DISTINCT marketplace_id, intake_id FROM reviews) x
		  LEFT JOIN ledger_entries e ON e.id = x.intake_id AND e.marketplace_id = x.marketplace_id AND e.act = ? AND e.outcome = 'done'
		 WHERE e.id IS NULL`, actImport)
}

// intake is what an entry claims to have brought in, and the reviews that say they came in by it.
type intake struct {
	market string
	count  float64
	root   string
	digest [][]byte
}

// checkIntakes holds every intake's entry against its reviews: their number, and the root over their first versions.
func checkIntakes(_ context.Context, db *gorm.DB) (string, error) {
	return eachEntry(db, actImport, func(entries []models.LedgerEntry) (string, error) {
		intakes, order := map[string]*intake{}, []string{}
		for _, e := range entries {
			b, err := ledger.ParseBody(e.Body)
			if err != nil {
				return "entry " + e.ID + " can't be read", nil //nolint:nilerr // the finding says it
			}
			in := &intake{market: e.MarketplaceID}
			in.count, _ = b.Data["count"].(float64)
			in.root, _ = b.Data["root"].(string)
			intakes[e.ID], order = in, append(order, e.ID)
		}
		if err := gather(db, entries, intakes); err != nil {
			return "", err
		}
		for _, id := range order {
			in := intakes[id]
			if in.count != float64(len(in.digest)) {
				return "entry " + id + " brought in another number of reviews than there are", nil
			}
			if in.root != root(in.digest) {
				return "entry " + id + " brought in other reviews than there are: the root doesn't fit", nil
			}
		}
		return "", nil
	})
}

// eachEntry runs over the entries of an act, a batch at a time.
func eachEntry(db *gorm.DB, act string, look func([]models.LedgerEntry) (string, error)) (string, error) {
	last := ""
	for {
		q := db.Where("act = ? AND outcome = ?", act, models.OutcomeDone).Order("id").Limit(checkBatch)
		if last != "" {
			q = q.Where("id > ?", last)
		}
		var entries []models.LedgerEntry
		if err := q.Find(&entries).Error; err != nil || len(entries) == 0 {
			return "", err
		}
		if finding, err := look(entries); err != nil || finding != "" {
			return finding, err
		}
		last = entries[len(entries)-1].ID
	}
}

// gather finds the first versions of the reviews that came in by entries, in the order of the reviews' ids.
func gather(db *gorm.DB, entries []models.LedgerEntry, intakes map[string]*intake) error {
	var id, market string
	var digest []byte
	_, err := ledger.Each(db.Statement.Context, db, &id, []any{&market, &digest}, func() (string, error) {
		if in := intakes[id]; in.market == market { // others are orphans
			in.digest = append(in.digest, bytes.Clone(digest))
		}
		return "", nil
	}, `SELECT r.intake_id, r.marketplace_id, coalesce(v.digest, r.digest) FROM reviews r
		  LEFT JOIN review_versions v ON v.marketplace_id = r.marketplace_id AND v.review_id = r.id AND v.version = 1
		 WHERE r.marketplace_id IN ? AND r.intake_id IN ? ORDER BY r.intake_id, r.id`,
		slices.Compact(slices.Sorted(slices.Values(each(entries, func(e models.LedgerEntry) string { return e.MarketplaceID })))),
		each(entries, func(e models.LedgerEntry) string { return e.ID }))
	return err
}
