package favor

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Shrunk is the posterior of λ for one cell: how many times the expected.
type Shrunk struct {
	EBGM       float64 // exp E[ln λ]
	EB05, EB95 float64 // 5 % and 95 % quantiles
	Post       float64 // posterior probability of component 1
}

// Score shrinks one cell: n events where e were expected (e above 0 and finite,
// n not negative; anything else panics, as it is the caller's mistake). The
// posterior is the mixture of Gamma(a1+n, b1+e) with probability Post and
// Gamma(a2+n, b2+e) (DuMouchel 1999, eq. 7-12). All figures rise with n.
func (t Theta) Score(n int, e float64) Shrunk {
	if n < 0 || !(e > 0) || math.IsInf(e, 1) {
		panic("favor: Score needs n of 0 or more, and e above 0 and finite")
	}
	p := t.posterior(n, e)
	return Shrunk{
		EBGM: math.Exp(p.meanLog()),
		EB05: p.quantile(0.05),
		EB95: p.quantile(0.95),
		Post: p.weight,
	}
}

// mixture is a gamma mixture: first with probability weight, else second.
type mixture struct {
	first, second component
	weight        float64
}

// posterior of λ after n events with e expected.
func (t Theta) posterior(n int, e float64) mixture {
	c1, c2 := t.components()
	logOdds := math.Log(t.P) - math.Log1p(-t.P) + c1.logPMF(n, e) - c2.logPMF(n, e)
	return mixture{
		first:  component{c1.a + float64(n), c1.b + e},
		second: component{c2.a + float64(n), c2.b + e},
		weight: logistic(logOdds),
	}
}

// meanLog is E[ln λ].
func (m mixture) meanLog() float64 {
	first := mathext.Digamma(m.first.a) - math.Log(m.first.b)
	second := mathext.Digamma(m.second.a) - math.Log(m.second.b)
	return m.weight*first + (1-m.weight)*second
}

// quantile solves F(λ) = q for ln λ: Halley's steps, which cube the error, until one is small; where one would leave the
// bracket, the components' own quantiles, between which it lies, and bisection.
func (m mixture) quantile(q float64) float64 {
	g := [2]gamma{newGamma(m.first), newGamma(m.second)}
	weights := [2]float64{m.weight, 1 - m.weight}
	guesses := [2]float64{g[0].logQuantileGuess(q), g[1].logQuantileGuess(q)}
	x := quantileStart(g, weights, guesses, q)
	lo, hi := -logEnd-1, logEnd+1
	for round, hint := 0, 0; round < 200; round++ {
		var f distribution
		g[0].addTo(&f, weights[0], x)
		g[1].addTo(&f, weights[1], x)
		if f.below < q {
			lo = x
		} else {
			hi = x
		}
		step := f.step(q)
		if next := x + step; next > lo && next < hi {
			x = next
			if f.close(q, step) {
				break
			}
			continue
		}
		for ; hint < 2 && !(guesses[hint] > lo && guesses[hint] < hi); hint++ {
		}
		if x = (lo + hi) / 2; hint < 2 {
			x = guesses[hint]
		}
		if hi-lo < 1e-12 {
			break
		}
	}
	return math.Exp(x)
}

// quantileStart is the heavier component's quantile at the part of q that the lighter one leaves it.
func quantileStart(g [2]gamma, weights, guesses [2]float64, q float64) float64 {
	heavy := 0
	if weights[1] > weights[0] {
		heavy = 1
	}
	for i := range guesses {
		guesses[i] = max(-logEnd, min(logEnd, guesses[i]))
	}
	if weights[1-heavy] < 1e-4*min(q, 1-q) {
		return guesses[heavy]
	}
	var light distribution
	g[1-heavy].addTo(&light, weights[1-heavy], guesses[heavy])
	if left := (q - light.below) / weights[heavy]; left > 1e-3 && left < 1-1e-3 {
		return max(-logEnd, min(logEnd, g[heavy].logQuantileGuess(left)))
	}
	return weights[0]*guesses[0] + weights[1]*guesses[1]
}

// distribution is a distribution function of ln λ with its first two derivatives.
type distribution struct{ below, density, slope float64 }

// step is Halley's towards where F = q, Newton's where the curvature would turn it round; at most 2.
func (f *distribution) step(q float64) float64 {
	newton := (q - f.below) / f.density
	bend := 1 + newton*f.slope/(2*f.density)
	if bend > 0.5 && bend < 2 {
		newton /= bend
	}
	return max(-2, min(2, newton))
}

// close tells whether a step from here ended within 1e-8 of a standard deviation of the quantile: the tail is q or 1−q.
func (f *distribution) close(q, step float64) bool {
	return math.Abs(q-f.below) < 2e-3*min(q, 1-q) || math.Abs(step) < 1e-7
}

// logEnd bounds ln λ where numbers end.
const logEnd = 700.0

// gamma is a component with the constant of its density.
type gamma struct {
	component
	logGamma float64
}

func newGamma(c component) gamma { return gamma{c, lgamma(c.a)} }

// addTo adds weight times the distribution function at e^x, and its derivatives by x.
func (g gamma) addTo(f *distribution, weight, x float64) {
	if weight < 1e-12 {
		return
	}
	y := g.b * math.Exp(x)
	density := weight * math.Exp(g.a*math.Log(y)-y-g.logGamma)
	f.below += weight * mathext.GammaIncReg(g.a, y)
	f.density += density
	f.slope += density * (g.a - y)
}

// logQuantileGuess is the Wilson–Hilferty approximation, in ln λ; for small
// shapes the leading term of the power series.
func (g gamma) logQuantileGuess(q float64) float64 {
	z := mathext.NormalQuantile(q)
	root := 1 - 1/(9*g.a) + z/(3*math.Sqrt(g.a))
	if g.a < 0.5 || root < 0.1 {
		return (math.Log(q)+g.logGamma+math.Log(g.a))/g.a - math.Log(g.b)
	}
	return math.Log(g.a) + 3*math.Log(root) - math.Log(g.b)
}

// logistic is 1/(1+e^−x).
func logistic(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}
