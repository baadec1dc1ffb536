package favor

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"
)

// Which decisions to look at again: a second look tells the more, the further a favour and honest work differ in what it
// would find (their Kullback–Leibler divergence), and the more open the cell's question is. What a cell has been given
// already counts against the next.
const (
	resolved = 3.0 // nats of expected evidence that nearly settle a cell
	settledX = 6.0 // log odds from which a favour is nearly certain already
)

// openness is how much a cell with these log odds of a favour has to gain.
func openness(odds float64) float64 {
	return logistic(odds/2) * logistic((settledX-odds)/2)
}

// telling is what a second look at one of an item's decisions is expected to tell.
type telling struct {
	item int32
	nats float64
}

// tellings are those of a cell's items without a second look, most telling first.
func (f *fitted) tellings(l *leaver, k int32) []telling {
	var out []telling
	l.visit(k, func(v *view) {
		e := v.evaluate(false, 0)
		g, post := &v.w.grid, f.odds(&e)
		total := 0.0
		for _, p := range post {
			total += p
		}
		used := v.used() - 1
		for i := v.cells[k].items.first; i < v.cells[k].items.last; i++ {
			x := &v.items[i]
			if x.act.is(seenBad | seenGood) {
				continue
			}
			chances := v.at.at(v.classes, x.queue)
			honest, favoured := v.genuine(g, x, chances, 0), 0.0
			for a := range used {
				if post[a] > 1e-6*total {
					favoured += post[a] / total * v.genuine(g, x, chances, a+1)
				}
			}
			say := func(genuine float64) float64 { return genuine*f.looks[1] + (1-genuine)*(1-f.looks[0]) }
			p, q := say(favoured), say(honest)
			out = append(out, telling{i, p*math.Log(p/q) + (1-p)*math.Log((1-p)/(1-q))})
		}
	})
	slices.SortStableFunc(out, func(a, b telling) int { return cmp.Compare(b.nats, a.nats) })
	return out
}

// genuine is the chance that a decision's review is genuine under an alternative, the grid being its posterior.
func (v *view) genuine(g *grid, e *item, chances *[nodes]float64, f int) float64 {
	bad, good := v.seen(e)
	a, sum := v.placed(e.place), 0.0
	for j := range leans {
		p1, p0 := a.chance[0][j], a.chance[1][j]
		b := bad * p1
		if !e.act.is(removed) {
			b = bad * (1 - p1)
		}
		x := good * v.underFavour(e, f, p0)
		for k, p := range chances {
			sum += g[f][k*len(leans)+j] * (1 - p) * x / (x + p*(b-x))
		}
	}
	return max(0, min(1, sum))
}

// wish is one decision to look at, with what is expected of it.
type wish struct {
	value float64
	cell  int32
	id    string
}

// wishes names n decisions, the most telling first.
func (d *desk) wishes(n int) []string {
	f := d.fitClasses()
	parts := d.ranker(f).parts()
	ids := d.idsOf(f.classes)
	l := f.newLeaver(f.tau * f.tau)
	all := make([][]wish, len(f.cells))
	each(len(f.cells), func(k int) {
		odds, given := parts[k].Total, 0.0
		if odds < -14 {
			return
		}
		for _, t := range f.tellings(l, int32(k)) {
			for _, id := range ids[t.item] {
				value := openness(odds) * t.nats * math.Exp(-given/resolved)
				given += t.nats
				all[k] = append(all[k], wish{value, int32(k), id})
			}
		}
	})
	var list []wish
	for _, w := range all {
		list = append(list, w...)
	}
	slices.SortStableFunc(list, func(a, b wish) int { return cmp.Compare(b.value, a.value) })
	var named []string
	for _, w := range list[:min(n, len(list))] {
		named = append(named, w.id)
	}
	if len(named) < n {
		named = append(named, f.rest(parts, ids, named, n-len(named))...)
	}
	return named
}

// rest names decisions of cells that nobody would look at first, by their odds.
func (f *fitted) rest(parts []Parts, ids map[int32][]string, named []string, n int) []string {
	have := map[string]bool{}
	for _, id := range named {
		have[id] = true
	}
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(parts[b].Total, parts[a].Total) })
	var out []string
	for _, k := range order {
		for i := f.classes.cells[k].items.first; i < f.classes.cells[k].items.last; i++ {
			for _, id := range ids[i] {
				if len(out) < n && !have[id] {
					out = append(out, id)
				}
			}
		}
	}
	return out
}

// idsOf lists the ids of each item without a second look, in an order that has nothing to do with them (a hash).
func (d *desk) idsOf(c *classes) map[int32][]string {
	type key struct {
		seller int32
		item
	}
	at := map[key]int32{}
	for k := range c.cells {
		for i := c.cells[k].items.first; i < c.cells[k].items.last; i++ {
			e := c.items[i]
			e.n, e.picked, e.place = 0, 0, 0
			at[key{c.cells[k].seller, e}] = i
		}
	}
	out := map[int32][]string{}
	for i := range d.records {
		r := &d.records[i]
		if r.labelled {
			continue
		}
		e := item{moderator: r.moderator, queue: r.queue, bin: r.bin, act: r.act()}
		if e.act.is(upheld | declined) {
			e.approver = r.approver
		}
		k := at[key{r.seller, e}]
		out[k] = append(out[k], d.ids[i])
	}
	hash := func(id string) uint64 {
		h := fnv.New64a()
		h.Write([]byte(id))
		return h.Sum64()
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(hash(a), hash(b)), cmp.Compare(a, b)) })
	}
	return out
}
