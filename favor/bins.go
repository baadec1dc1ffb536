package favor

import (
	"slices"
	"sort"
)

// The content score is cut into at most scoreBins bands with at least scoreBinSize reviews each.
const (
	scoreBins    = 24
	scoreBinSize = 100
)

// binned gives each record the bin of what its review looks like: band of score (the first for unknown) and stars.
func (d *desk) binned(c *classes) {
	var scores []float64
	for i := range d.records {
		if d.records[i].scored {
			scores = append(scores, d.records[i].score)
		}
	}
	slices.Sort(scores)
	bands := max(1, min(scoreBins, len(scores)/scoreBinSize))
	var cuts []float64
	for k := 1; k < bands; k++ {
		cuts = append(cuts, scores[k*len(scores)/bands])
	}
	c.bins = (bands + 1) * len(d.ratings.list)
	for i := range d.records {
		r := &d.records[i]
		band := 0
		if r.scored {
			band = 1 + sort.Search(len(cuts), func(k int) bool { return cuts[k] > r.score })
		}
		r.bin = int32(band*len(d.ratings.list)) + r.rating
	}
}
