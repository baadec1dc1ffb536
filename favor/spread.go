package favor

import (
	"math"
	"slices"
)

// The honest spread: how far cells lie from their forecasts beyond what chance
// and the forecasts' own uncertainty explain, as the standard deviation τ of a
// further shift of each cell's logit. Honest moderators lean a little for or
// against each seller, and what any of them may do isn't favour.
//
// τ maximises the likelihood of min(observed, cut), where cut is the first
// number that a cell reaches with a chance of at most spreadCensored under its
// forecast alone. Cells above their cut count as "at the cut or above", so
// that a few favoured ones don't widen what counts as honest.

// spreadCensored is the part of the upper tail that is taken as one.
const spreadCensored = 0.05

// The grid of shifts, in logits, on which a cell's likelihood is known.
const (
	shiftStep = 0.2
	shiftEnd  = 3.0
	shifts    = 2*15 + 1
)

// spreadCells bounds the work: the largest cells say nearly everything.
const spreadCells = 2000

// spreadAtMost ends the search, in logits.
const spreadAtMost = 2.0

// spread estimates τ from the cells of 2 to exactAtMost decisions; 0 when there
// is no such cell.
func spread(cells []forecast) float64 {
	chosen := informative(cells)
	profiles := make([]profile, len(chosen))
	each(len(chosen), func(i int) { profiles[i] = cells[chosen[i]].profile() })
	logLik := func(tau float64) float64 {
		sum := 0.0
		for i := range profiles {
			sum += profiles[i].logLik(tau * tau)
		}
		return sum
	}
	return maximise(logLik, spreadAtMost)
}

// informative are the indices of the spreadCells largest cells with 2 to
// exactAtMost decisions; of equal ones the earlier.
func informative(cells []forecast) []int {
	var all []int
	for i := range cells {
		if cells[i].n >= 2 && cells[i].n <= exactAtMost {
			all = append(all, i)
		}
	}
	slices.SortStableFunc(all, func(i, j int) int { return cells[j].n - cells[i].n })
	return all[:min(len(all), spreadCells)]
}

// maximise is golden-section search in [0, hi], to 0.005, for a function with
// one maximum.
func maximise(f func(float64) float64, hi float64) float64 {
	ratio, lo, at0 := (math.Sqrt(5)-1)/2, 0.0, f(0)
	a, b := hi-ratio*(hi-lo), lo+ratio*(hi-lo)
	fa, fb := f(a), f(b)
	for hi-lo > 0.005 {
		if fa >= fb {
			hi, b, fb = b, a, fa
			a = hi - ratio*(hi-lo)
			fa = f(a)
		} else {
			lo, a, fa = a, b, fb
			b = lo + ratio*(hi-lo)
			fb = f(b)
		}
	}
	if at0 >= max(fa, fb) {
		return 0
	}
	return (lo + hi) / 2
}

// profile is the censored likelihood of a cell at each shift of the grid.
type profile struct {
	likelihood [shifts]float64
	variance   float64
}

// profile computes it from the distribution of the number counted at each shift.
func (c *forecast) profile() profile {
	p := profile{variance: c.variance}
	tails := make([][]float64, shifts) // at r: the chance of r or more
	for j := range tails {
		pmf := make([]float64, c.n+2)
		c.convolve(pmf, float64(j)*shiftStep-shiftEnd)
		for r := c.n; r >= 0; r-- {
			pmf[r] += pmf[r+1]
		}
		tails[j] = pmf
	}
	cut := 1
	for weights := gaussian(c.variance); cut <= c.n; cut++ {
		chance := 0.0
		for j, w := range weights {
			chance += w * tails[j][cut]
		}
		if chance <= spreadCensored {
			break
		}
	}
	for j, tail := range tails {
		if p.likelihood[j] = tail[min(c.observed, cut)]; c.observed < cut {
			p.likelihood[j] -= tail[c.observed+1]
		}
	}
	return p
}

// logLik integrates the profile over a Gaussian shift.
func (p *profile) logLik(extra float64) float64 {
	sum := 0.0
	for j, w := range gaussian(p.variance + extra) {
		sum += w * p.likelihood[j]
	}
	return math.Log(max(sum, smallestP))
}

// gaussian are the weights of the grid, which sum to 1. A variance too small
// for the grid is taken as the least that it can tell.
func gaussian(variance float64) [shifts]float64 {
	variance = max(variance, shiftStep*shiftStep/4)
	var w [shifts]float64
	sum := 0.0
	for j := range w {
		shift := float64(j)*shiftStep - shiftEnd
		w[j] = math.Exp(-shift * shift / (2 * variance))
		sum += w[j]
	}
	for j := range w {
		w[j] /= sum
	}
	return w
}
