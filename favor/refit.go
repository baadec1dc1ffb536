package favor

import (
	"cmp"
	"slices"
)

// Leaving a cell out of its row's and its units' effects is enough where it is
// one among hundreds in its queue. Where it is a large part of the queue, it is
// part of the queue's level too: then the whole baseline, variances included,
// is fitted anew without the cell, so that its forecast owes nothing to it.
const (
	// largeShare of a queue's decisions makes a cell a large part of it.
	largeShare = 0.1

	// refitEntries bounds the work: entries times refits. The cells with the
	// largest shares come first; in a small desk that is all of them.
	refitEntries = 200_000
)

// largest are the cells, as ranges of entries, to refit without: by their
// largest share of a queue, which depends on who decided, not on what.
func (t *table) largest(cells [][2]int) []int {
	queues := map[int32]float64{}
	for i := range t.entries {
		queues[t.entries[i].queue] += t.entries[i].n
	}
	shares := make([]float64, len(cells))
	var large []int
	for k, c := range cells {
		own := map[int32]float64{}
		for i := c[0]; i < c[1]; i++ {
			q := t.entries[i].queue
			own[q] += t.entries[i].n
			shares[k] = max(shares[k], own[q]/queues[q])
		}
		if shares[k] >= largeShare {
			large = append(large, k)
		}
	}
	slices.SortStableFunc(large, func(i, j int) int { return cmp.Compare(shares[j], shares[i]) })
	return large[:min(len(large), refitEntries/len(t.entries))]
}

// without is the same table with a cell emptied: its entries stay, so that its
// levels keep their places, but nobody decided anything there.
func (t *table) without(first, last int) *table {
	rest := *t
	rest.entries = slices.Clone(t.entries)
	for i := first; i < last; i++ {
		rest.entries[i].n, rest.entries[i].y = 0, 0
	}
	return &rest
}
