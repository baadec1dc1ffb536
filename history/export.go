package history

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Formats of an export.
const (
	FormatCSV   = "csv"
	FormatJSONL = "jsonl"
)

// exportPage is how many requests an export holds in memory at once.
const exportPage = 500

// Exported is what an export's entry says of it.
type Exported struct {
	Entry  string
	AsOf   time.Time // everything in it is as it was known before this moment
	Digest string    // of the filter
	Count  int
}

// Export hands everything that the filter finds to yield, newest first. Before the first row leaves, an entry says who
// took what out: the filter's digest, the format and how many rows it is. All rows are as of one moment, the entry's own
// where the filter has none, so that what changes meanwhile doesn't show in one half alone.
func (h *Reader) Export(ctx context.Context, actor models.Actor, f Filter, format string, begin func(Exported) error, yield func([]Row) error) error {
	entry := &ledger.Entry{Marketplace: f.Marketplace, Act: "removal.export", SubjectType: "marketplace", SubjectID: f.Marketplace}
	var x Exported
	err := h.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := h.rights.Authorize(tx, actor, f.Marketplace, rbac.Object{Kind: "removal"}, "export"); err != nil {
			return err
		}
		x.Digest = f.Digest()
		if f.AsOf.IsZero() {
			f.AsOf = entry.At.Add(time.Microsecond)
		}
		var n int64
		if err := f.matching(tx, "").Count(&n).Error; err != nil {
			return err
		}
		x.Entry, x.AsOf, x.Count = entry.ID, f.AsOf, int(n)
		entry.Set("format", format)
		entry.Set("filter", x.Digest)
		entry.Set("count", x.Count)
		entry.Set("asof", f.AsOf.UTC().Format(time.RFC3339Nano))
		return nil
	})
	if err != nil {
		return err
	}
	if err := begin(x); err != nil {
		return err
	}
	return h.stream(h.db.WithContext(ctx), f, yield)
}

// stream reads page by page, by key: memory doesn't grow with the export, and no transaction stays open for a slow client.
func (h *Reader) stream(db *gorm.DB, f Filter, yield func([]Row) error) error {
	var last *fact
	for {
		q := f.facts(db)
		if last != nil {
			q = q.Where("(f.asked_at, f.proposal_id) < (?, ?)", last.AskedAt, last.ProposalID)
		}
		var found []fact
		if err := q.Order("f.asked_at DESC, f.proposal_id DESC").Limit(exportPage).Find(&found).Error; err != nil {
			return models.Translate(err)
		}
		rows, err := h.fill(db, f, found)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			if err := yield(rows); err != nil {
				return err
			}
		}
		if len(found) < exportPage {
			return nil
		}
		last = &found[len(found)-1]
	}
}
