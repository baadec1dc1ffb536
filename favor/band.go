package favor

import (
	"slices"
	"sort"
)

// A queue is cut into at most bandsAtMost bands of content score with at least
// bandSize decisions each: deciles where there is enough to tell them apart.
const (
	bandsAtMost = 10
	bandSize    = 50
)

// band gives each record the band of its content score among those of its
// queue, from 1; 0 where the score is unknown. Bands are quantiles, because
// scores of different queues needn't have the same scale.
func (d *desk) band() {
	scores := make([][]float64, len(d.queues.list))
	for i := range d.records {
		if r := &d.records[i]; r.scored {
			scores[r.queue] = append(scores[r.queue], r.score)
		}
	}
	cuts := make([][]float64, len(scores))
	for q, s := range scores {
		slices.Sort(s)
		bands := max(1, min(bandsAtMost, len(s)/bandSize))
		for k := 1; k < bands; k++ {
			cuts[q] = append(cuts[q], s[k*len(s)/bands])
		}
	}
	for i := range d.records {
		if r := &d.records[i]; r.scored {
			above := func(k int) bool { return cuts[r.queue][k] > r.score }
			r.band = 1 + int32(sort.Search(len(cuts[r.queue]), above))
		}
	}
}
