package favor

import "math"

// component is one gamma component of Theta: shape a, rate b. A Poisson count
// whose mean is expected·λ with λ from it is negative binomial.
type component struct{ a, b float64 }

// logPMF is the log probability of n, log NB(n; a, b/(b+expected)).
func (c component) logPMF(n int, expected float64) float64 {
	return c.logRising(n) - logFactorial(n) +
		float64(n)*math.Log(expected/(c.b+expected)) - c.zero(expected)
}

// zero is minus the log probability of no event, a·ln(1+expected/b).
func (c component) zero(expected float64) float64 {
	return c.a * math.Log1p(expected/c.b)
}

// logRising is ln Γ(a+n) − ln Γ(a).
func (c component) logRising(n int) float64 {
	if n <= 64 {
		sum := 0.0
		for k := range n {
			sum += math.Log(c.a + float64(k))
		}
		return sum
	}
	return lgamma(c.a+float64(n)) - lgamma(c.a)
}

func logFactorial(n int) float64 { return lgamma(float64(n) + 1) }

// lgamma is ln Γ(x) for x > 0.
func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
