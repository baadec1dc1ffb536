// Package demo makes a synthetic marketplace with a history: reviews, a desk at work on them for months, two
// moderators in whose removals a seller is favoured, honest ones, and work that waits for every role. Nobody in it
// exists. Everything is done through the product's own acts, under a clock that is wound through the months, so the
// ledger agrees with the database and every page shows what it would show at a real desk. The same seed gives the
// same people and sellers, and, where the history ends at the same time, the same marketplace: each day's draws are its
// own.
package demo

import (
	"context"
	"fmt"
	"time"

	"evenhand/models"
)

// Options say which marketplace to make.
type Options struct {
	Seed  uint64    // the same one gives the same people, keys and draws
	Size  Size      // zero: Full
	Now   time.Time // when the history ends; zero: now
	Looks *int      // how many decisions in 10,000 get a second look; nil: models.FirstLooks
}

// Size is how much there is.
type Size struct {
	Days     int // of history
	Flagged  int // reviews that were reported, over all days
	Silent   int // reviews that nobody reported
	Backlog  int // reported on the last day, beyond the share of a day
	LastDay  int // decisions on the last day
	Proposed int // requests that wait in the end, at least
}

// Full is the demo's size.
var Full = Size{Days: 120, Flagged: 1700, Silent: 2200, Backlog: 95, LastDay: 25, Proposed: 14}

// Account is one of the sign-ins that the demo prints.
type Account struct{ Role, Email, Password string }

// Pair is a moderator and a seller that the demo's history favours.
type Pair struct{ Moderator, Seller string }

// Demo is a folder with a finished demo.
type Demo struct {
	Dir      string
	Accounts []Account
	Planted  []Pair // by their names
	SealKey  []byte
	Reused   bool // it was there already
}

// DatabaseURL is where the demo's database is.
func (d Demo) DatabaseURL() string { return "sqlite:" + path(d.Dir, databaseFile) }

// Prepare makes a demo in a folder, or gives the finished one that is there. What it leaves behind is a whole demo or
// nothing: the marketplace comes about in memory and is put into the folder last.
func Prepare(ctx context.Context, dir string, o Options) (Demo, error) {
	found, err := find(dir)
	if err != nil || found != nil {
		return deref(found), err
	}
	if o.Size == (Size{}) {
		o.Size = Full
	}
	if o.Now.IsZero() {
		o.Now = models.Now()
	}
	f, err := begin(dir, o.Seed)
	if err != nil {
		return Demo{}, err
	}
	d, err := prepare(ctx, f, o)
	if err != nil {
		return Demo{}, f.giveUp(fmt.Errorf("preparing the demo: %w", err))
	}
	return d, nil
}

func deref(d *Demo) Demo {
	if d == nil {
		return Demo{}
	}
	return *d
}

func prepare(ctx context.Context, f *folder, o Options) (Demo, error) {
	db, err := openMemory(ctx)
	if err != nil {
		return Demo{}, err
	}
	defer models.Close(db) //nolint:errcheck // it is in memory
	w, err := newWorld(db, f.key, o)
	if err != nil {
		return Demo{}, err
	}
	if err := w.live(ctx); err != nil {
		return Demo{}, err
	}
	d := Demo{Dir: f.dir, Accounts: w.accounts(), Planted: w.planted(), SealKey: f.key}
	return d, f.finish(ctx, db, d)
}
