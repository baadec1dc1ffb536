package demo

import (
	"context"
	"slices"
	"time"

	"evenhand/models"
)

// A day's hours, from its end on the clock: reviews come in, and the desk works on them late into the evening. The
// last day ends before its evening.
const (
	comesIn  = -10 * time.Hour
	opens    = -9 * time.Hour
	closes   = 4 * time.Hour
	closesBy = -20 * time.Minute
	leftOver = 10 // tickets that the desk leaves for the next day
)

// workday is one day before the last.
func (w *world) workday(ctx context.Context, noon time.Time) error {
	share := 1 / float64(w.size.Days)
	if err := w.bringDay(ctx, noon.Add(comesIn), share, 0); err != nil {
		return err
	}
	n := -leftOver
	for _, m := range w.markets {
		n += m.open
	}
	if err := w.session(ctx, noon.Add(opens), noon.Add(closes), n); err != nil {
		return err
	}
	return w.Sequencer.Drain(ctx) // one checkpoint a day; a server signs at every act
}

// bringDay lets a day's reviews come in: a share of all, and so many flagged ones more in the large marketplace.
func (w *world) bringDay(ctx context.Context, at time.Time, share float64, more int) error {
	if err := w.until(ctx, at); err != nil {
		return err
	}
	if _, err := w.Desk.SweepDraws(ctx); err != nil {
		return err
	}
	for _, m := range w.markets {
		if w.end.Sub(at) > day*time.Duration(m.since+1) {
			continue
		}
		days := share * float64(w.size.Days) / float64(m.since) // a younger marketplace's come in fewer days
		flagged := w.about(float64(w.size.Flagged) * m.share * days)
		silent := w.about(float64(w.size.Silent) * (1 - oldShare) * m.share * days)
		if err := w.bring(ctx, m, w.makeUp(m, flagged+int(float64(more)*m.share), silent)); err != nil {
			return err
		}
	}
	return nil
}

// about is a whole number that is x on average, and up to 30 % off.
func (w *world) about(x float64) int {
	return int(x*(0.7+0.6*w.rng.Float64()) + w.rng.Float64())
}

// session has moderators take n tickets at times spread over some hours.
func (w *world) session(ctx context.Context, from, to time.Time, n int) error {
	times := make([]time.Duration, max(n, 0))
	for i := range times {
		times[i] = w.between(0, to.Sub(from))
	}
	slices.Sort(times)
	for _, t := range times {
		if err := w.until(ctx, from.Add(t)); err != nil {
			return err
		}
		m := w.marketAtWork()
		if err := w.takeOne(ctx, m, w.onShift(m)); err != nil {
			return err
		}
	}
	return w.until(ctx, to)
}

// marketAtWork draws a marketplace by what waits there.
func (w *world) marketAtWork() *market {
	total := 0
	for _, m := range w.markets {
		total += m.open
	}
	x := w.rng.IntN(max(total, 1))
	for _, m := range w.markets {
		if x -= m.open; x < 0 {
			return m
		}
	}
	return w.markets[0]
}

// onShift draws a moderator by how much they work.
func (w *world) onShift(m *market) *person {
	for {
		if p := one(w, w.moderators); p.worksIn(m.id) && w.chance(p.hours) {
			return p
		}
	}
}

// lastDay leaves work for everybody: tickets, and requests that wait.
func (w *world) lastDay(ctx context.Context) error {
	if err := w.bringDay(ctx, w.end.Add(comesIn), 1/float64(w.size.Days), w.size.Backlog); err != nil {
		return err
	}
	if err := w.bring(ctx, w.markets[0], w.dangerous(w.markets[0])); err != nil {
		return err
	}
	if err := w.bring(ctx, w.markets[0], w.attack(w.markets[0])); err != nil {
		return err
	}
	if err := w.until(ctx, w.end.Add(opens)); err != nil {
		return err
	}
	if err := w.sayShifts(ctx); err != nil {
		return err
	}
	if err := w.session(ctx, w.end.Add(opens), w.end.Add(-4*time.Hour), w.size.LastDay); err != nil {
		return err
	}
	const (
		most       = 60 // tickets, to get those requests
		leastInbox = 3  // of them drawn for the supervisor whose account is printed
	)
	for range most {
		first, all := w.waiting()
		inbox, err := w.Desk.Waiting(ctx, w.supervisors[0].Actor, large)
		if err != nil {
			return err
		}
		if first > 0 && all >= w.size.Proposed && inbox >= leastInbox && w.gathered && w.heldUntil.After(w.end.Add(leastHeld)) {
			break
		}
		p := w.moderators[0]
		if first > 0 {
			p = w.onShift(w.markets[0])
		}
		if err := w.until(ctx, w.clock.at.Add(w.between(time.Minute, 150*time.Second))); err != nil {
			return err
		}
		if err := w.takeOne(ctx, w.markets[0], p); err != nil {
			return err
		}
	}
	return w.until(ctx, w.end.Add(closesBy))
}

// waiting counts the requests of the first moderator, whose account is printed, and of all that wait in the large
// marketplace.
func (w *world) waiting() (first, all int) {
	for _, a := range w.asked {
		if a.state != models.ProposalOpen || a.market.id != large || !w.clock.at.Before(a.proposal.ExpiresAt) {
			continue
		}
		all++
		if a.by == w.moderators[0] {
			first++
		}
	}
	return first, all
}
