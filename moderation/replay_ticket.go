package moderation

import (
	"cmp"
	"strings"
	"time"

	"evenhand/models"
)

// What a ticket is at a time, as the entries have it.
const (
	isFree   = iota // it waits for a moderator
	isHeld          // somebody was given it
	isAsked         // it waits for an approver
	isClosed        // it waits for nobody
)

type change struct {
	at time.Time
	is int
	by string // who holds it
}

// tracked is a ticket on its way through the record.
type tracked struct {
	models.Ticket
	changes []change             // oldest first; what was before the first is free
	judged  map[string]time.Time // who decided on it or skipped it, and when
	drawnBy map[string]bool      // to whom it was ever given
	sent    time.Time            // when it was last sent elsewhere; zero: never
}

// compare orders tickets as byUrgency does.
func (k *tracked) compare(o *tracked) int {
	return cmp.Or(cmp.Compare(o.Priority, k.Priority), k.DueAt.Compare(o.DueAt), strings.Compare(k.ID, o.ID))
}

// wavers says that a ticket was sent elsewhere after lo: a draw may have found it where it stood before, or where it stands.
func (k *tracked) wavers(lo time.Time) bool { return k.sent.After(lo) }

// becomes adds a change, and forgets those that no draw still to be replayed can ask for.
func (k *tracked) becomes(is int, at time.Time, by string) {
	old := 0
	for old+1 < len(k.changes) && k.changes[old+1].at.Before(at.Add(-4*tolerance)) {
		old++
	}
	k.changes = append(k.changes[old:], change{at, is, by})
}

// now is what the latest entry made of it.
func (k *tracked) now() change {
	if len(k.changes) == 0 {
		return change{at: k.OpenedAt, is: isFree}
	}
	return k.changes[len(k.changes)-1]
}

// around says whether a ticket was surely free to be given out all the time from lo to hi, or surely taken all that
// time. Renewing a lease isn't on record, so a hold that has outlasted the lease may have lapsed or not.
func (k *tracked) around(lo, hi time.Time, lease time.Duration) (free, taken bool) {
	if k.OpenedAt.After(lo) {
		return false, k.OpenedAt.After(hi)
	}
	if len(k.changes) == 0 {
		return true, false
	}
	free, taken = true, true
	for _, c := range k.between(lo, hi) {
		free = free && c.is == isFree
		taken = taken && c.is != isFree && (c.is != isHeld || c.at.Add(lease).After(hi))
	}
	return free, taken
}

// leftTo says whether nobody but this person had it from lo to hi, and no request was made of it.
func (k *tracked) leftTo(person string, lo, hi time.Time) bool {
	for _, c := range k.between(lo, hi) {
		if c.is != isFree && (c.is != isHeld || c.by != person) {
			return false
		}
	}
	return true
}

// between is what a ticket was at lo, and each thing that it became until hi.
func (k *tracked) between(lo, hi time.Time) []change {
	out := []change{{is: isFree}}
	for _, c := range k.changes {
		switch {
		case !c.at.After(lo):
			out[0] = c
		case !c.at.After(hi):
			out = append(out, c)
		}
	}
	return out
}

// judgedBy says whether somebody had surely decided on or skipped it before lo, or surely not before hi.
func (k *tracked) judgedBy(person string, lo, hi time.Time) (surely, surelyNot bool) {
	at, ok := k.judged[person]
	return ok && at.Before(lo), !ok || at.After(hi)
}
