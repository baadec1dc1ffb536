package favor

import (
	"math"
	"slices"
	"sort"
)

// largestLogE is where logs of e-values are cut off, so that sums of e-values stay finite. To lower an e-value is always
// allowed.
const largestLogE = 600.0

// Discoveries tells which of the logs of e-values are discoveries at false discovery rate alpha: the closed e-BH procedure
// (Xu, Fischer and Ramdas 2025, arXiv 2504.11759), with means of e-values for the intersections. It holds however the
// e-values depend on each other, as e-BH does (FalseDiscoveryE), and finds everything that e-BH finds, usually more.
//
// A set R is among the discoveries that closure allows when every set A of hypotheses has
//
//	mean of A's e-values ≥ |A ∩ R| / (alpha · |R|)
//
// since then the share of false ones in R is at most alpha times the e-value of the true nulls, whose mean is at most 1.
// For a given size the set of the largest e-values satisfies it if any does; the largest such set is returned. It panics
// unless alpha is between 0 and 1.
func Discoveries(logE []float64, alpha float64) []bool {
	if !(alpha > 0 && alpha < 1) {
		panic("favor: Discoveries needs an alpha between 0 and 1")
	}
	c := newClosure(logE, alpha)
	found := make([]bool, len(logE))
	for r := c.candidates(); r > 0; r-- {
		if c.holds(r) {
			for _, i := range c.order[len(logE)-r:] {
				found[i] = true
			}
			break
		}
	}
	return found
}

// closure holds e-values in rising order with their running sums.
type closure struct {
	alpha float64
	order []int
	e     []float64
	sums  []float64 // of the first i
}

func newClosure(logE []float64, alpha float64) *closure {
	c := &closure{alpha: alpha, order: make([]int, len(logE)), e: make([]float64, len(logE)), sums: make([]float64, len(logE)+1)}
	for i := range c.order {
		c.order[i] = i
	}
	slices.SortStableFunc(c.order, func(i, j int) int { return int(sign(logE[i] - logE[j])) })
	for k, i := range c.order {
		c.e[k] = math.Exp(min(largestLogE, logE[i]))
		c.sums[k+1] = c.sums[k] + c.e[k]
	}
	return c
}

func sign(x float64) float64 {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}

// candidates is the largest size whose least e-value alone is large enough.
func (c *closure) candidates() int {
	for r := len(c.e); r > 0; r-- {
		if c.e[len(c.e)-r]*c.alpha*float64(r) >= 1 {
			return r
		}
	}
	return 0
}

// holds tells whether the r largest satisfy the condition against every A. The hardest A with k members in R has R's k
// smallest and, outside R, all that lie below the bar, which pull the mean down.
func (c *closure) holds(r int) bool {
	outside := len(c.e) - r
	for k := 1; k <= r; k++ {
		bar := float64(k) / (c.alpha * float64(r))
		m := sort.SearchFloat64s(c.e[:outside], bar)
		if c.sums[outside+k]-c.sums[outside]+c.sums[m] < bar*float64(k+m)*(1-1e-12) {
			return false
		}
	}
	return true
}
