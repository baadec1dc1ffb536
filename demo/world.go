package demo

import (
	"context"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"

	"evenhand/app"
	"evenhand/models"
)

// world is the product at work, and the people and events around it.
type world struct {
	*app.App
	clock *clock
	end   time.Time
	size  Size
	looks int // how many decisions in 10,000 get a second look
	rng   *rand.Rand

	markets     []*market
	moderators  []*person
	supervisors []*person
	others      []*person
	signIns     []*person

	items     map[string]*item // by the review's id
	asked     []*asked
	agenda    agenda
	planned   int
	numbers   int            // what was last given out: order look-ups, reviews, customers
	left      int            // requests that nobody has got to yet: some are asked about
	heldUntil time.Time      // of the last hold
	gathered  bool           // the reviews of the attack are asked about
	slips     map[string]int // refused attempts so far, by kind
}

// newWorld makes up marketplaces and people, at the beginning of their history.
func newWorld(db *gorm.DB, key []byte, o Options) (*world, error) {
	end := models.At(o.Now)
	w := &world{
		clock: &clock{at: end.Add(-day*time.Duration(o.Size.Days) - 12*time.Hour)}, end: end, size: o.Size,
		rng:   rand.New(rand.NewPCG(o.Seed, 1)),
		items: map[string]*item{}, slips: map[string]int{}, looks: models.FirstLooks,
	}
	if o.Looks != nil {
		w.looks = *o.Looks
	}
	a, err := app.New(db, app.Options{SealKey: key, Now: w.clock.Now, Passwords: passwords, NewID: newIDs(o.Seed, w.clock)})
	if err != nil {
		return nil, err
	}
	w.App = a
	w.markets = []*market{
		newMarket(w.rng, large, "Marktplatz (demo)", largeSellers, o.Size.Days, 1-smallShare),
		newMarket(w.rng, small, "Back Yard (demo)", smallSellers, min(smallSince, o.Size.Days), smallShare),
	}
	w.markets[0].favour()
	w.hire()
	return w, nil
}

const day = 24 * time.Hour

// live lets the history happen.
func (w *world) live(ctx context.Context) error {
	for _, m := range w.markets {
		if err := w.found(ctx, m); err != nil {
			return err
		}
	}
	if err := w.join(ctx); err != nil {
		return err
	}
	if err := w.openBooks(ctx); err != nil {
		return err
	}
	w.planDeclarations()
	w.planRules()
	for d := w.size.Days; d > 0; d-- {
		if err := w.workday(ctx, w.end.Add(-day*time.Duration(d))); err != nil {
			return err
		}
	}
	if err := w.lastDay(ctx); err != nil {
		return err
	}
	if err := w.rules(ctx); err != nil {
		return err
	}
	return w.Sequencer.Drain(ctx)
}

// number gives out the next number.
func (w *world) number() int {
	w.numbers++
	return w.numbers
}

// between draws a time span.
func (w *world) between(least, most time.Duration) time.Duration {
	return least + time.Duration(w.rng.Int64N(int64(most-least)))
}

func (w *world) chance(p float64) bool { return w.rng.Float64() < p }

// one draws one of a list.
func one[T any](w *world, of []T) T { return of[w.rng.IntN(len(of))] }
