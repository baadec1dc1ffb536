package favor

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// tails computes what is expected of the cell, and the chance of at least as much, from what the reviews look like and
// what others did: what became of the cell's own requests and second looks at them play no part.
func (v *view) tails(out *evidence) {
	cell := &v.cells[v.cell]
	logs := [nodes]float64{}
	for k, p := range v.post {
		logs[k] = math.Log(p)
	}
	product := ones
	for i := cell.items.first; i < cell.items.last; i++ {
		e := &v.items[i]
		multiply(&logs, &product, v.at.at(v.classes, e.queue), v.like[e.queue][e.bin], 1, e.n)
	}
	settle(&logs, &product)
	kinds := weights(logs)
	for k := range nodes {
		for j, l := range leanWeights {
			if weight := kinds[k] * l; weight > 1e-12 {
				mean, chance := v.tail(k, j, out.observed)
				out.expected += weight * mean
				out.p += weight * chance
			}
		}
	}
	out.p = max(smallestP, min(1, out.p))
}

// tail is the expected number of removals at one node, and the chance of at least r.
func (v *view) tail(k, j, r int) (mean, chance float64) {
	cell := &v.cells[v.cell]
	chances := v.w.chances[:0]
	for i := cell.items.first; i < cell.items.last; i++ {
		e := &v.items[i]
		p, like := v.at.at(v.classes, e.queue)[k], v.like[e.queue][e.bin]
		bad := p * like / (1 - p + p*like)
		a := v.placed(e.place)
		chance := bad*a.chance[0][j] + (1-bad)*a.chance[1][j]
		mean += e.n * chance
		for range int(e.n) {
			chances = append(chances, chance)
		}
	}
	v.w.chances = chances
	return mean, tailOf(chances, r, mean, v.w.pmf[:])
}

// tailOf is the chance of at least r of independent events: exact up to exactAtMost of them, above it the binomial's of
// the same mean (see trials.tail).
func tailOf(chances []float64, r int, mean float64, buffer []float64) float64 {
	n := len(chances)
	switch {
	case r <= 0:
		return 1
	case n > exactAtMost:
		return mathext.RegIncBeta(float64(r), float64(n-r+1), mean/float64(n))
	}
	pmf := buffer[:r+1]
	clear(pmf)
	pmf[0] = 1
	for done, p := range chances {
		pmf[r] += pmf[r-1] * p
		for k := min(done+1, r-1); k > 0; k-- {
			pmf[k] += p * (pmf[k-1] - pmf[k])
		}
		pmf[0] *= 1 - p
	}
	return pmf[r]
}
