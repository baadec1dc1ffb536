// Package ingest brings a marketplace's reviews in and guarantees that each comes in once, is on record with a
// commitment to its text, and that no import takes away what the desk decided: a changed text is a new version that
// voids what was asked about the old one, and a removed review stays removed.
package ingest

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// Voider ends what was asked about a review whose text has just changed. *approval.Engine is one.
type Voider interface {
	Void(tx *gorm.DB, actor models.Actor, marketplace, subjectID string, kinds ...string) error
}

// Flagger opens tickets. *moderation.Desk is one.
type Flagger interface {
	Flag(tx *gorm.DB, at time.Time, reports []models.Flagged) (int, error)
}

// Intake is the way in.
type Intake struct {
	db      *gorm.DB
	now     models.Clock
	ledger  *ledger.Ledger
	voider  Voider
	flagger Flagger
}

// New makes the intake of a database.
func New(db *gorm.DB, now models.Clock, l *ledger.Ledger, v Voider, f Flagger) *Intake {
	return &Intake{db: db, now: now, ledger: l, voider: v, flagger: f}
}

// Options are what one import is told beside its files.
type Options struct {
	Marketplace  string
	Format       string // for the record
	FlagNegative bool   // open a ticket for each negative review that never had one

	// Reject, where not nil, is handed every record that can't be taken.
	Reject func(Record) error
	// Added, where not nil, hears that the marketplace is a new one.
	Added func(marketplace string)
}

// Counts says what came of the records read: Read is the sum of the other three. A record of a file that reviews
// refer to counts only where it is rejected. Imported are new and edited reviews, each one's every version.
type Counts struct {
	Read      int `json:"read"`
	Imported  int `json:"imported"`
	Unchanged int `json:"unchanged"`
	Rejected  int `json:"rejected"`
}

// How much is written in one transaction.
const (
	batchRows  = 500
	batchBytes = 4 << 20
)

// run is one import on its way.
type run struct {
	*Intake
	actor   models.Actor
	options Options
	market  *models.Marketplace // nil until the first batch
	known   known
	counts  Counts
	pending []Record
	bytes   int
}

// Run brings in what a source has, in batches of one transaction and one entry each. Stopped anywhere, by an error,
// the end of ctx or of the process, it leaves whole batches behind, and running it again does the rest. A record
// that can't be taken is handed to Options.Reject, and the import goes on; an error of the source ends it after what
// was read before has been brought in. Imports of the same reviews may run at once.
func (in *Intake) Run(ctx context.Context, actor models.Actor, o Options, src Source) (Counts, error) {
	if err := checkMarketplaceID(o.Marketplace); err != nil {
		return Counts{}, err
	}
	r := &run{Intake: in, actor: actor, options: o, known: newKnown()}
	for rec, err := range src.Records(ctx) {
		if ctx.Err() != nil {
			return r.counts, ctx.Err()
		}
		if err != nil {
			if flushErr := r.flush(ctx); flushErr != nil {
				err = flushErr
			}
			return r.counts, err
		}
		if err := r.add(ctx, rec); err != nil {
			return r.counts, err
		}
	}
	err := r.flush(ctx)
	return r.counts, err
}

// add takes one record, and writes a batch when it is full.
func (r *run) add(ctx context.Context, rec Record) error {
	r.counts.Read++
	if rec.Reason != "" {
		return r.reject(rec, rec.Reason)
	}
	r.pending = append(r.pending, rec)
	r.bytes += len(rec.Review.Title) + len(rec.Review.Body)
	if len(r.pending) < batchRows && r.bytes < batchBytes {
		return nil
	}
	return r.flush(ctx)
}

func (r *run) reject(rec Record, reason string) error {
	r.counts.Rejected++
	if r.options.Reject == nil {
		return nil
	}
	rec.Reason = reason
	return r.options.Reject(rec)
}

// flush writes what is pending. A review that is in it twice comes in twice, one after the other.
func (r *run) flush(ctx context.Context) error {
	if r.market == nil && len(r.pending) > 0 {
		if err := r.openMarket(ctx); err != nil {
			return err
		}
	}
	for rest := r.pending; len(rest) > 0; {
		var once []Record
		once, rest = firstOfEach(rest)
		if err := r.write(ctx, once); err != nil {
			return err
		}
	}
	clear(r.pending)
	r.pending, r.bytes = r.pending[:0], 0
	return nil
}

// firstOfEach parts records into the first of each review and what comes after.
func firstOfEach(recs []Record) (once, rest []Record) {
	seen := make(map[string]bool, len(recs))
	for _, rec := range recs {
		if seen[rec.Review.ID] {
			rest = append(rest, rec)
			continue
		}
		seen[rec.Review.ID] = true
		once = append(once, rec)
	}
	return once, rest
}
