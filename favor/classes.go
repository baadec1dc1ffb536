package favor

import (
	"cmp"
	"math"
	"slices"
)

// The model of a desk has two kinds of review, violating and genuine, which nobody sees for certain. A review of seller s
// in queue q is violating with the logit
//
//	queue level + seller's deviation
//
// The kind shows in the content score (and the stars), in what the moderator asks for (the habit of a moderator in a
// queue: one chance to remove what is violating, one to remove what is genuine), in what the second person makes of it,
// and in a second look. A favouring moderator removes, of the genuine reviews that they would have kept, a share d more.
// Everything but d's grid is estimated from the desk at hand by EM (expect.go, maximise.go); the seller's deviation is
// integrated over, not estimated (Dawid and Skene 1979, Applied Statistics 28, 20, for the latent kinds; Pinheiro and Bates
// 1995, JCGS 4, 12, for the quadrature that follows each seller).

// item is a group of decisions that are alike in all that the model knows.
type item struct {
	moderator int32
	place     int32 // of moderator and queue
	queue     int32
	bin       int32 // of what the review looks like: score and stars
	approver  int32 // who decided the request, 0: nobody
	act       act
	n         float64
	picked    float64 // of n, those that nobody drew for the moderator
}

// act is what was done with a review, in bits.
type act uint8

const (
	removed  act = 1 << iota // the moderator asked for its removal
	upheld                   // the second person let it through
	declined                 // or didn't
	seenBad                  // a second look found it violating
	seenGood                 // or genuine
	acts     = 1 << iota
)

func (a act) is(b act) bool { return a&b != 0 }

// span is a range of items or of cells.
type span struct{ first, last int32 }

// pairing is one moderator and one seller with their items.
type pairing struct {
	moderator, seller int32
	items             span
}

// classes is the model with its estimates.
type classes struct {
	items []item
	cells []pairing // sorted by seller, then moderator
	of    []span    // cells of each seller

	moderators, queues, bins, approvers int
	places                              []place2
	withOutcome, withLooks              bool

	level  []float64 // of each queue: logit of violating
	spread float64   // variance of the sellers' deviations
	centre []float64 // of each seller's deviation: where its quadrature stands
	width  []float64
	looks  [2]float64   // chance that a second look is right, at a violating and at a genuine review
	like   [][]float64  // of each queue and bin: how much likelier among violating reviews
	passed [2][]float64 // of each approver: chance to let a request through, violating and genuine

	habit     [2]habits // how often violating and genuine reviews are removed
	extra     []float64 // of each cell: posterior mean of d
	converged bool
	sweeps    int
}

// place2 is a moderator in a queue.
type place2 struct{ moderator, queue int32 }

// keyed is an item with its seller, while items are laid out.
type keyed struct {
	seller int32
	item
}

func (a keyed) compare(b keyed) int {
	switch {
	case a.seller != b.seller:
		return cmp.Compare(a.seller, b.seller)
	case a.moderator != b.moderator:
		return cmp.Compare(a.moderator, b.moderator)
	case a.queue != b.queue:
		return cmp.Compare(a.queue, b.queue)
	case a.bin != b.bin:
		return cmp.Compare(a.bin, b.bin)
	case a.act != b.act:
		return cmp.Compare(a.act, b.act)
	}
	return cmp.Compare(a.approver, b.approver)
}

// newClasses lays out the items of a desk.
func (d *desk) newClasses() *classes {
	c := &classes{
		moderators: len(d.moderators.list), queues: len(d.queues.list), approvers: len(d.approvers.list),
		of: make([]span, len(d.sellers.list)),
	}
	d.binned(c)
	all := make([]keyed, len(d.records))
	for i := range d.records {
		r := &d.records[i]
		all[i] = keyed{r.seller, item{moderator: r.moderator, queue: r.queue, bin: r.bin, act: r.act(), n: 1, picked: counted(r.assigned != Random)}}
		if all[i].act.is(upheld | declined) {
			all[i].approver, c.withOutcome = r.approver, true
		}
		c.withLooks = c.withLooks || r.labelled
	}
	slices.SortFunc(all, keyed.compare)
	places := map[place2]int32{}
	for i := range all {
		places[place2{all[i].moderator, all[i].queue}] = 0
	}
	for p := range places {
		c.places = append(c.places, p)
	}
	slices.SortFunc(c.places, func(a, b place2) int {
		return cmp.Or(cmp.Compare(a.moderator, b.moderator), cmp.Compare(a.queue, b.queue))
	})
	for i, p := range c.places {
		places[p] = int32(i)
	}
	seller := int32(-1)
	for i := range all {
		k := &all[i]
		k.place = places[place2{k.moderator, k.queue}]
		n := int32(len(c.items))
		if k.seller != seller {
			seller = k.seller
			c.of[seller] = span{int32(len(c.cells)), int32(len(c.cells))}
		}
		if s := &c.of[seller]; s.first == s.last || c.cells[s.last-1].moderator != k.moderator {
			c.cells = append(c.cells, pairing{k.moderator, seller, span{n, n}})
			s.last++
		}
		last := &c.cells[len(c.cells)-1]
		if n > last.items.first {
			before := c.items[n-1]
			before.n, before.picked = k.n, k.picked
			if before == k.item {
				c.items[n-1].n++
				c.items[n-1].picked += k.picked
				continue
			}
		}
		c.items = append(c.items, k.item)
		last.items.last++
	}
	return c
}

func (r *record) act() act {
	var a act
	if r.action == Remove {
		a = removed
		if r.approver != 0 && r.outcome == Removed {
			a |= upheld
		}
		if r.approver != 0 && r.outcome == Kept {
			a |= declined
		}
	}
	switch {
	case r.labelled && r.label == Violating:
		a |= seenBad
	case r.labelled:
		a |= seenGood
	}
	return a
}

// Before the data speak: a removal is right about as often as these say, and a second look nearly always. Where there is
// neither score nor second look only the product of chances shows, and what is said here decides between models that fit
// alike; none of them changes what is expected of a cell.
const (
	usualBad    = 0.8  // of the violating are removed
	usualGood   = 0.08 // of the genuine
	usualLook   = 0.95
	usualPassed = 0.9
)

func (c *classes) start() {
	c.level, c.spread = make([]float64, c.queues), 0.8
	c.centre, c.width = make([]float64, len(c.of)), make([]float64, len(c.of))
	c.extra = make([]float64, len(c.cells))
	c.looks = [2]float64{usualLook, usualLook}
	c.like = make([][]float64, c.queues)
	for q := range c.like {
		c.like[q] = make([]float64, c.bins)
		for b := range c.like[q] {
			c.like[q][b] = 1
		}
		c.level[q] = logit(1.0 / 3)
	}
	for z := range c.passed {
		c.passed[z] = make([]float64, c.approvers)
		for a := range c.passed[z] {
			c.passed[z][a] = []float64{.97, .7}[z]
		}
	}
	for s := range c.width {
		c.width[s] = 0.7
	}
	c.habit[0].start(c, logit(usualBad))
	c.habit[1].start(c, logit(usualGood))
}

func logit(p float64) float64 { return math.Log(p) - math.Log1p(-p) }
