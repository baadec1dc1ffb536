package favor

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Funnel returns the limits of a funnel plot: the ratios observed/expected
// between which the central part level (such as 0.95 or 0.998) of Poisson
// counts with that expected number falls. Limits are interpolated between the
// integers (Spiegelhalter 2005, Statistics in Medicine 24, 1185, appendix A.1).
// They show chance alone, without honest spread: the alarms don't come from
// them. It is an error unless expected is between 1e-100 and 1e15 and level
// between 0 and 1.
func Funnel(expected, level float64) (lo, hi float64, err error) {
	if !(expected >= smallestExpected && expected <= largestExpected) {
		return 0, 0, fmt.Errorf("favor: funnel: expected %v is out of range", expected)
	}
	if !(level > 0 && level < 1) {
		return 0, 0, fmt.Errorf("favor: funnel: level %v is not between 0 and 1", level)
	}
	lo = poissonLimit(expected, (1-level)/2) / expected
	hi = poissonLimit(expected, (1+level)/2) / expected
	return lo, hi, nil
}

// The range of expected numbers that the arithmetic holds for.
const (
	smallestExpected = 1e-100
	largestExpected  = 1e15
)

// poissonLimit is the interpolated quantile: with r the least count whose
// distribution function reaches q, r − (F(r) − q)/(F(r) − F(r−1)), at least 0.
func poissonLimit(mean, q float64) float64 {
	lo, hi := -1.0, math.Ceil(mean+10*math.Sqrt(mean)+10)
	for poissonCDF(hi, mean) < q {
		hi = 2*hi + 10
	}
	for hi-lo > 1 {
		middle := math.Floor((lo + hi) / 2)
		if poissonCDF(middle, mean) >= q {
			hi = middle
		} else {
			lo = middle
		}
	}
	above, below := poissonCDF(hi, mean), poissonCDF(hi-1, mean)
	if !(above > below) {
		return hi
	}
	return max(0, hi-(above-q)/(above-below))
}

func poissonCDF(r, mean float64) float64 {
	if r < 0 {
		return 0
	}
	return mathext.GammaIncRegComp(r+1, mean)
}
