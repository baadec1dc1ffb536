package web

import (
	"math"
	"strconv"
)

// poissonLimits are the lower and upper limits of observed over expected
// that chance alone passes with probability alpha, half on each side, made
// continuous as in Spiegelhalter (2005), appendix A.1.1.
func poissonLimits(expected, alpha float64) (lower, upper float64) {
	return poissonQuantile(expected, alpha/2) / expected,
		poissonQuantile(expected, 1-alpha/2) / expected
}

// poissonQuantile is the interpolated quantile of a Poisson distribution:
// with r the smallest count whose distribution function F reaches p, it is
// r − (F(r) − p) / (F(r) − F(r−1)), and 0 at least.
func poissonQuantile(mean, p float64) float64 {
	f := 0.0
	for r := 0; ; r++ {
		lg, _ := math.Lgamma(float64(r) + 1)
		mass := math.Exp(float64(r)*math.Log(mean) - mean - lg)
		f += mass
		if f >= p || float64(r) > mean+40*math.Sqrt(mean)+40 {
			return math.Max(float64(r)-(f-p)/mass, 0)
		}
	}
}

// px writes a coordinate, to a tenth.
func px(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}
