package demo

import (
	"context"
	"fmt"
	"iter"
	"time"

	"gorm.io/gorm"

	"evenhand/ingest"
	"evenhand/ledger"
	"evenhand/models"
)

// records are reviews that come in from nowhere.
type records []ingest.Record

// Records gives them in order.
func (r records) Records(ctx context.Context) iter.Seq2[ingest.Record, error] {
	return func(yield func(ingest.Record, error) bool) {
		for _, rec := range r {
			if !yield(rec, ctx.Err()) {
				return
			}
		}
	}
}

// Size is 0: nobody watches a bar.
func (records) Size() int64 { return 0 }

// oldShare of the reviews that nobody flags were there before the history begins.
const oldShare = 0.4

// openBooks brings in what was there before.
func (w *world) openBooks(ctx context.Context) error {
	m := w.markets[0]
	w.clock.wind(w.clock.at.Add(time.Hour))
	return w.bring(ctx, m, w.makeUp(m, 0, int(float64(w.size.Silent)*oldShare*m.share)))
}

// bring has reviews imported, and the flagged ones among them reported.
func (w *world) bring(ctx context.Context, m *market, items []*item) error {
	if len(items) == 0 {
		return nil
	}
	if err := w.run(ctx, m, items); err != nil {
		return err
	}
	reports := make([]models.Flagged, 0, len(items))
	for _, it := range items {
		w.items[it.row.ID] = it
		m.books[it.seller.id] = append(m.books[it.seller.id], it)
		if it.flagged {
			reports = append(reports, reportsOf(it, len(w.items))...)
		}
	}
	return w.report(ctx, m, reports)
}

// run imports records and reads back what became of them.
func (w *world) run(ctx context.Context, m *market, items []*item) error {
	recs, byID := make(records, len(items)), make(map[string]*item, len(items))
	ids := make([]string, len(items))
	for i, it := range items {
		recs[i] = ingest.Record{Review: it.review}
		ids[i], byID[it.review.ID] = it.review.ID, it
	}
	n, err := w.Intake.Run(ctx, by, ingest.Options{Marketplace: m.id, Format: "demo"}, recs)
	if err != nil {
		return err
	}
	if n.Imported != len(items) {
		return fmt.Errorf("%d reviews came in of %d", n.Imported, len(items))
	}
	var rows []models.Review
	err = w.DB.WithContext(ctx).Select("marketplace_id", "id", "external_id", "seller_id", "version", "digest").
		Where("marketplace_id = ? AND external_id IN ?", m.id, ids).Find(&rows).Error
	for _, row := range rows {
		byID[row.ExternalID].row = row
	}
	return models.Translate(err)
}

// report puts reports on record; each review is reported for the first time and gets a ticket.
func (w *world) report(ctx context.Context, m *market, reports []models.Flagged) error {
	if len(reports) == 0 {
		return nil
	}
	entry := &ledger.Entry{Marketplace: m.id, Act: "reviews.flag", SubjectType: "marketplace", SubjectID: m.id}
	return w.Ledger.Act(ctx, by, entry, func(tx *gorm.DB) error {
		entry.Set("count", len(reports))
		n, err := w.Desk.Flag(tx, entry.At, reports)
		m.open += n
		return err
	})
}
