package demo

import (
	"container/heap"
	"context"
	"time"

	"evenhand/models"
)

// clock is the time in the demo's world. It never goes back.
type clock struct{ at time.Time }

// Now tells the time, as a models.Clock.
func (c *clock) Now() time.Time { return c.at }

// wind moves the clock on to a time; one that has passed already leaves it.
func (c *clock) wind(to time.Time) {
	if to.After(c.at) {
		c.at = models.At(to)
	}
}

// event is something that is going to happen.
type event struct {
	at time.Time
	n  int // of two at the same time, the one that was planned first
	do func(ctx context.Context) error
}

// agenda is a heap of events, the earliest first.
type agenda []event

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || (a[i].at.Equal(a[j].at) && a[i].n < a[j].n)
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }

// Push is heap's.
func (a *agenda) Push(x any) { *a = append(*a, x.(event)) }

// Pop is heap's.
func (a *agenda) Pop() any {
	last := len(*a) - 1
	e := (*a)[last]
	*a = (*a)[:last]
	return e
}

// plan puts something on the agenda. What would happen after the history's end doesn't.
func (w *world) plan(after time.Duration, do func(ctx context.Context) error) {
	at := w.clock.at.Add(after)
	if at.After(w.end) {
		return
	}
	w.planned++
	heap.Push(&w.agenda, event{at, w.planned, do})
}

// until lets everything happen that is due by a time, and winds the clock there.
func (w *world) until(ctx context.Context, at time.Time) error {
	for len(w.agenda) > 0 && !w.agenda[0].at.After(at) {
		e := heap.Pop(&w.agenda).(event)
		w.clock.wind(e.at)
		if err := e.do(ctx); err != nil {
			return err
		}
	}
	w.clock.wind(at)
	return ctx.Err()
}
