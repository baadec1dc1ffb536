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

// quantile solves F(λ) = q for ln λ: Newton's steps, which square the error, to
// 1e-7, and bisection where one would leave the bracket.
func (m mixture) quantile(q float64) float64 {
	g1, g2 := newGamma(m.first), newGamma(m.second)
	x := m.weight*g1.logQuantileGuess(q) + (1-m.weight)*g2.logQuantileGuess(q)
	x = max(-logEnd, min(logEnd, x))
	lo, hi := -logEnd-1, logEnd+1
	for range 200 {
		f, slope := 0.0, 0.0
		g1.addTo(&f, &slope, m.weight, x)
		g2.addTo(&f, &slope, 1-m.weight, x)
		if f < q {
			lo = x
		} else {
			hi = x
		}
		step := max(-2, min(2, (q-f)/slope))
		if next := x + step; next > lo && next < hi {
			x = next
			if math.Abs(step) < 1e-7 {
				break
			}
			continue
		}
		x = (lo + hi) / 2
		if hi-lo < 1e-12 {
			break
		}
	}
	return math.Exp(x)
}

// logEnd bounds ln λ where numbers end.
const logEnd = 700.0

// gamma is a component with the constant of its density.
type gamma struct {
	component
	logGamma float64
}

func newGamma(c component) gamma { return gamma{c, lgamma(c.a)} }

// addTo adds weight times the distribution function at e^x, and its derivative
// by x.
func (g gamma) addTo(f, slope *float64, weight, x float64) {
	if weight < 1e-18 {
		return
	}
	y := g.b * math.Exp(x)
	*f += weight * mathext.GammaIncReg(g.a, y)
	*slope += weight * math.Exp(g.a*math.Log(y)-y-g.logGamma)
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
