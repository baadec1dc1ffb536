package ingest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// The acts that importing puts on record.
const (
	actImport = "reviews.import"
	actEdit   = "review.edit"
)

// batch is what one transaction brings in. Nothing of it counts before the transaction has committed.
type batch struct {
	*run
	entry   *ledger.Entry
	recs    []Record // each review once
	fresh   []models.Review
	changed []match
	same    []match
	rejects []Record
	ids     parties
	edited  int
	flags   []models.Flagged
	flagged int
}

// How often a batch is begun again after the database was gone for a moment or had to break a deadlock.
const (
	attempts   = 5
	firstPause = 50 * time.Millisecond
)

// write brings records in, each review once.
func (r *run) write(ctx context.Context, recs []Record) error {
	slices.SortFunc(recs, func(a, b Record) int { return strings.Compare(a.Review.ID, b.Review.ID) })
	pause := firstPause
	for try := 1; ; try++ {
		err := r.try(ctx, recs)
		again := models.IsKind(err, models.Unavailable)
		if authorErased(err) {
			clear(r.known["customers"]) // whom this import has met before is a new customer now
			again = true
		}
		if try == attempts || !again {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
			pause *= 2
		}
	}
}

// authorErased says whether the database refused a review because its author was erased at this very moment.
func authorErased(err error) bool {
	e := models.AsError(err)
	return err != nil && e.Code == "refused_by_database" && strings.Contains(e.Detail, "the author of this review was erased")
}

// try looks without a transaction for what there is to do, and opens one only for that.
func (r *run) try(ctx context.Context, recs []Record) error {
	seen, err := sift(r.db.WithContext(ctx), r.market.ID, recs)
	if err != nil {
		return err
	}
	todo, err := r.todo(r.db.WithContext(ctx), seen)
	if err != nil {
		return err
	}
	b := &batch{run: r, recs: todo, ids: parties{}}
	if len(todo) > 0 {
		b.entry = &ledger.Entry{Marketplace: r.market.ID, Act: actImport, SubjectType: "marketplace", SubjectID: r.market.ID}
		err = r.ledger.Act(ctx, r.actor, b.entry, b.apply)
	}
	if err != nil && !errors.Is(err, errNothing) {
		return err
	}
	return r.count(b, len(recs), append(seen.rejects, b.rejects...))
}

// todo are the records that need a transaction.
func (r *run) todo(db *gorm.DB, s sifted) ([]Record, error) {
	out := s.fresh
	for _, m := range s.changed {
		out = append(out, m.Record)
	}
	unflagged, err := r.unflagged(db, s.same)
	for _, m := range unflagged {
		out = append(out, m.Record)
	}
	return out, err
}

// count notes what has been committed.
func (r *run) count(b *batch, n int, rejects []Record) error {
	for table, ids := range b.ids {
		r.known.add(table, ids)
	}
	r.counts.Imported += len(b.fresh) + b.edited
	r.counts.Unchanged += n - len(b.fresh) - b.edited - len(rejects)
	for _, rec := range rejects {
		if err := r.reject(rec, rec.Reason); err != nil {
			return err
		}
	}
	return nil
}

// apply does it all in the transaction, looking again: another import may have been here since. Locks are taken in
// one order by everybody: what reviews refer to, new reviews by the marketplace's id, stored ones by ours, proposals.
func (b *batch) apply(tx *gorm.DB) error {
	for todo := b.recs; len(todo) > 0; {
		s, err := sift(tx, b.market.ID, todo)
		if err != nil {
			return err
		}
		b.changed, b.same = append(b.changed, s.changed...), append(b.same, s.same...)
		b.rejects = append(b.rejects, s.rejects...)
		if todo, err = b.insert(tx, s.fresh); err != nil {
			return err
		}
	}
	if err := b.lock(tx); err != nil {
		return err
	}
	for _, m := range b.changed {
		if err := b.edit(tx, m); err != nil {
			return err
		}
	}
	if err := b.flag(tx); err != nil {
		return err
	}
	return b.record()
}

// lock keeps the stored reviews of the batch still that are going to be edited or flagged.
func (b *batch) lock(tx *gorm.DB) error {
	var ids []string
	for _, m := range b.changed {
		ids = append(ids, m.ID)
	}
	if b.options.FlagNegative {
		for _, m := range b.same {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.SortFunc(b.changed, func(x, y match) int { return strings.Compare(x.ID, y.ID) })
	var locked []string
	return models.ForUpdate(tx.Model(&models.Review{})).Where("marketplace_id = ? AND id IN ?", b.market.ID, ids).
		Order("id").Pluck("id", &locked).Error
}

// record says in the batch's entry what it did.
func (b *batch) record() error {
	if len(b.fresh)+b.edited+b.flagged == 0 {
		return errNothing
	}
	b.entry.Set("format", b.options.Format)
	b.entry.Set("count", len(b.fresh))
	b.entry.Set("root", root(each(b.fresh, func(r models.Review) []byte { return r.Digest })))
	if b.edited > 0 {
		b.entry.Set("edited", b.edited)
	}
	if b.flagged > 0 {
		b.entry.Set("flagged", b.flagged)
	}
	return nil
}
