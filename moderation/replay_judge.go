package moderation

import (
	"fmt"
	"time"

	"evenhand/ledger"
	"evenhand/models"
)

// judge says how a draw was steered, "" where it wasn't.
func (x *deskReplay) judge(w *drawnNow) string {
	seed, wrong := seedFor(x.seeds, w.Period, w.commit, w.DrawnAt)
	if wrong != "" {
		return wrong
	}
	pool, err := ledger.ParseStrings(w.Pool)
	if err != nil || len(pool) == 0 || len(pool) > poolSize {
		return fmt.Sprintf("is from %d tickets; it has to be from 1 to %d", len(pool), poolSize)
	}
	chosen, lost, err := replayPick(seed, w.PersonID, w.N, w.Attempts, pool)
	if err != nil || chosen != w.TicketID {
		return "gave out ticket " + w.TicketID + "; the seed gives " + chosen
	}
	lo, hi := w.DrawnAt.Add(-tolerance), w.DrawnAt.Add(tolerance)
	for _, id := range lost {
		if k := x.tickets[id]; k != nil {
			if free, _ := k.around(lo, hi, x.lease(hi)); free {
				return "passed over ticket " + id + " as taken, which nobody had taken"
			}
		}
	}
	if why := x.poolFinding(w, pool, lo, hi); why != "" {
		return why
	}
	return x.secondRoll(w, lo, hi)
}

// lease is how long a hold surely lasts that hadn't lapsed at a time: the shortest that it can have been made for, since
// the setting may have changed after the ticket was taken.
func (x *deskReplay) lease(at time.Time) time.Duration {
	known, _ := models.SettingNamed("lease_minutes")
	least := known.Max
	for _, v := range x.past.Between("lease_minutes", at.Add(-time.Duration(known.Max)*time.Minute), at) {
		least = min(least, v.(int))
	}
	return time.Duration(least) * time.Minute
}

// poolFinding holds a pool against what there was to draw from.
func (x *deskReplay) poolFinding(w *drawnNow, pool []string, lo, hi time.Time) string {
	in := make(map[string]bool, len(pool))
	var last *tracked
	for _, id := range pool {
		k := x.tickets[id]
		switch {
		case k == nil:
			return "had ticket " + id + " in its pool, which wasn't open"
		case in[id] || last != nil && !k.wavers(lo) && last.compare(k) >= 0:
			return "had its pool in another order than the most urgent first"
		}
		if why := x.barred(k, w.PersonID, lo, hi); why != "" {
			return "had ticket " + id + " in its pool, " + why
		}
		if in[id] = true; !k.wavers(lo) {
			last = k
		}
	}
	for _, k := range x.order {
		if len(pool) == poolSize && (last == nil || k.compare(last) > 0) {
			break
		}
		if !in[k.ID] && x.waitsFor(k, w.PersonID, lo, hi) {
			return "left ticket " + k.ID + " out, which was free and more urgent"
		}
	}
	return ""
}

// barred says why somebody surely couldn't be given a ticket around a time.
func (x *deskReplay) barred(k *tracked, person string, lo, hi time.Time) string {
	if _, taken := k.around(lo, hi, x.lease(hi)); taken {
		return "which wasn't free"
	}
	if judged, _ := k.judgedBy(person, lo, hi); judged {
		return "which this person had decided on or skipped"
	}
	if tied, _ := x.staff.tied(person, k.SellerID, lo, hi); tied {
		return "of a seller in whom this person had an interest"
	}
	if k.wavers(lo) {
		return ""
	}
	if _, never := x.staff.held(person, roleOfDesk, k.Queue, lo, hi); never {
		return "of a queue that this person didn't work in"
	}
	if _, never := x.staff.can(person, k.Skill, lo, hi); never {
		return "which takes a skill that this person didn't have"
	}
	return ""
}

// waitsFor says whether a ticket was surely there to be given to somebody, all the time from lo to hi.
func (x *deskReplay) waitsFor(k *tracked, person string, lo, hi time.Time) bool {
	if !x.fits(k, person, lo, hi) {
		return false
	}
	free, _ := k.around(lo, hi, x.lease(hi))
	return free
}

// fits says whether somebody surely might be given a ticket, wherever it was.
func (x *deskReplay) fits(k *tracked, person string, lo, hi time.Time) bool {
	works, _ := x.staff.held(person, roleOfDesk, k.Queue, lo, hi)
	if able, _ := x.staff.can(person, k.Skill, lo, hi); !works || !able || k.wavers(lo) {
		return false
	}
	_, unjudged := k.judgedBy(person, lo, hi)
	_, untied := x.staff.tied(person, k.SellerID, lo, hi)
	return unjudged && untied
}

// secondRoll says so where the ticket of this person's draw before still was theirs, or waited: they had to take that
// one.
func (x *deskReplay) secondRoll(w *drawnNow, lo, hi time.Time) string {
	if w.previous == nil || w.previous.Period == "" { // or it is from before there were seeds
		return ""
	}
	k := x.tickets[w.previous.TicketID]
	if k == nil || !k.leftTo(w.PersonID, lo, hi) || !x.fits(k, w.PersonID, lo, hi) {
		return ""
	}
	return "was a second roll: ticket " + k.ID + ", of the draw before, still waited for this person"
}
