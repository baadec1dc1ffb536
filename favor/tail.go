package favor

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// trials are independent decisions in groups: counts[i] of them with logits[i],
// n in all.
type trials struct {
	logits, counts []float64
	n              int
}

// exactAtMost is the size up to which the distribution of the sum is computed
// exactly.
const exactAtMost = 400

// mean is the expected number counted when every logit is shifted.
func (t *trials) mean(shift float64) float64 {
	sum := 0.0
	for i, l := range t.logits {
		sum += t.counts[i] * logistic(l+shift)
	}
	return sum
}

// information is Σ p(1−p), the variance of the number counted.
func (t *trials) information() float64 {
	sum := 0.0
	for i, l := range t.logits {
		p := logistic(l)
		sum += t.counts[i] * p * (1 - p)
	}
	return sum
}

// tail is the chance that at least r are counted when every logit is shifted:
// exact (Poisson binomial) up to exactAtMost, above it the binomial of the same
// mean, which is never below it in the upper tail (Hoeffding 1956, Annals of
// Mathematical Statistics 27, 713).
func (t *trials) tail(r int, shift float64) float64 {
	switch {
	case r <= 0:
		return 1
	case r > t.n:
		return 0
	case t.n > exactAtMost:
		return mathext.RegIncBeta(float64(r), float64(t.n-r+1), t.mean(shift)/float64(t.n))
	}
	var buffer [exactAtMost + 1]float64
	return t.convolve(buffer[:r+1], shift)
}

// convolve adds one decision after the other to the distribution of the sum, in
// two places or more; the last one collects all sums that reach it.
func (t *trials) convolve(pmf []float64, shift float64) float64 {
	r, done := len(pmf)-1, 0
	pmf[0] = 1
	for i, l := range t.logits {
		p := logistic(l + shift)
		for range int(t.counts[i]) {
			pmf[r] += pmf[r-1] * p
			done++
			for k := min(done, r-1); k > 0; k-- {
				pmf[k] = pmf[k]*(1-p) + pmf[k-1]*p
			}
			pmf[0] *= 1 - p
		}
	}
	return pmf[r]
}

// smallestP is the least p-value told: further out neither the quadrature nor
// the Gaussian means anything.
const smallestP = 1e-300

// pValue is the chance of at least r when the shared logit is uncertain with
// the given variance.
func (t *trials) pValue(r int, variance float64) float64 {
	if r <= 0 {
		return 1
	}
	p := t.over(variance, 1, func(shift float64) float64 { return t.tail(r, shift) })
	return max(smallestP, min(1, p))
}

// expected is the mean number counted under the same uncertainty.
func (t *trials) expected(variance float64) float64 {
	return t.over(variance, float64(t.n), t.mean)
}

// over integrates f, positive, rising and at most top, over a Gaussian shift by
// the trapezoidal rule, finer where f is steep, and outwards until what is left
// can't change the sixth digit.
func (t *trials) over(variance, top float64, f func(shift float64) float64) float64 {
	if variance < 1e-12 {
		return f(0)
	}
	sd := math.Sqrt(variance)
	step := 0.5
	if info := t.information(); info > 0 {
		step = max(0.02, min(step, 0.7/(sd*math.Sqrt(info))))
	}
	norm := step / math.Sqrt(2*math.Pi)
	sum := norm * f(0)
	for z := step; z < 37; z += step {
		sum += norm * math.Exp(-z*z/2) * f(z*sd)
		if top*math.Erfc(z/math.Sqrt2) < 1e-6*sum {
			break
		}
	}
	for z := step; z < 37; z += step {
		v := f(-z * sd)
		sum += norm * math.Exp(-z*z/2) * v
		if v*math.Erfc(z/math.Sqrt2) < 1e-6*sum {
			break
		}
	}
	return sum
}
