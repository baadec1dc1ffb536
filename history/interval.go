package history

import (
	"math"

	"evenhand/favor"
)

// Ratio compares two rates: K of N in one period and L of M in another.
//
// The interval is exact where both counts are Poisson: given K+L, K is binomial with p = rN/(rN+M), where r is the
// ratio of the rates (Przyborowski and Wilenski, Biometrika 31, 1940), and p has the interval of Clopper and Pearson
// (Biometrika 26, 1934). As a share of decisions the counts vary a little less than Poisson's, so that the interval is
// on the safe side.
type Ratio struct {
	// Known is false where there is nothing to divide by; Value, Low and High are then nothing.
	Known     bool
	Value     float64
	Low, High float64 // High is +Inf where the second count is 0
	Unbounded bool    // the second count is 0, so that there is no ratio and no upper limit
	Undecided bool    // 1 is inside the interval
}

// confidence of the interval.
const confidence = 0.95

// ratio compares k of n with l of m.
func ratio(k, n, l, m int) Ratio {
	if n <= 0 || m <= 0 || k+l == 0 {
		return Ratio{}
	}
	r := Ratio{Known: true, Unbounded: l == 0}
	scale := float64(m) / float64(n)
	low, high := favor.Proportion(k, k+l, 1-confidence)
	r.Low, r.High = odds(low)*scale, math.Inf(1)
	if l > 0 {
		r.Value = float64(k) / float64(l) * scale
		r.High = odds(high) * scale
	}
	r.Undecided = r.Low <= 1 && r.High >= 1
	return r
}

func odds(p float64) float64 { return p / (1 - p) }
