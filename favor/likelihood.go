package favor

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Likelihood chooses how cells without events enter.
type Likelihood uint8

const (
	// ZeroInclusive is the mixture of negative binomials itself, for a desk's
	// table, where the exposure of cells without events is known too.
	ZeroInclusive Likelihood = iota

	// ComponentTruncated is for tables of pairs seen at least once: each
	// component is truncated at zero, then the two are mixed,
	// p·f1(n)/(1−f1(0)) + (1−p)·f2(n)/(1−f2(0)) (DuMouchel and Pregibon 2001,
	// KDD). Truncating the mixture instead is another model with another
	// optimum.
	ComponentTruncated
)

// Point is a cell for Fit: N events where Expected were expected (above 0),
// counted Weight times (1 for one cell).
type Point struct {
	N        int
	Expected float64
	Weight   float64
}

// NegLogLik is the negative log likelihood of the points at t, in nats.
// Summation is in a fixed order: the order of the points doesn't matter.
func (t Theta) NegLogLik(points []Point, likelihood Likelihood) float64 {
	o := newObjective(points, likelihood)
	return o.value(t, nil)
}

// objective is the negative log likelihood over grouped points.
type objective struct {
	points     []Point // distinct, sorted
	factorials []float64
	truncated  bool
	largest    int // largest n whose sums are tabulated
}

// tabulated bounds the cumulative sums; larger counts use Γ and ψ.
const tabulated = 2048

// newObjective groups equal points and sorts them, so that sums come out the
// same for every order of the input.
func newObjective(points []Point, likelihood Likelihood) *objective {
	sorted := slices.Clone(points)
	slices.SortFunc(sorted, func(a, b Point) int {
		return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Expected, b.Expected), cmp.Compare(a.Weight, b.Weight))
	})
	o := &objective{truncated: likelihood == ComponentTruncated}
	for _, p := range sorted {
		if k := len(o.points) - 1; k >= 0 && o.points[k].N == p.N && o.points[k].Expected == p.Expected {
			o.points[k].Weight += p.Weight
			continue
		}
		o.points = append(o.points, p)
	}
	o.factorials = make([]float64, len(o.points))
	for i, p := range o.points {
		o.factorials[i] = logFactorial(p.N)
		o.largest = max(o.largest, min(p.N, tabulated))
	}
	return o
}

// value returns the negative log likelihood at t and, unless gradient is nil,
// puts its derivatives by ln α1, ln β1, ln α2, ln β2 and logit p there.
func (o *objective) value(t Theta, gradient *vector) float64 {
	c1, c2 := t.components()
	first, second := newRising(c1, o.largest), newRising(c2, o.largest)
	logP, logRest := math.Log(t.P), math.Log1p(-t.P)
	sum := 0.0
	if gradient != nil {
		*gradient = vector{}
	}
	for i, p := range o.points {
		l1, a1, b1 := first.term(p, o.truncated)
		l2, a2, b2 := second.term(p, o.truncated)
		l1, l2 = l1+logP, l2+logRest
		top := max(l1, l2)
		spread := math.Exp(min(l1, l2) - top)
		sum -= p.Weight * (top + math.Log1p(spread) - o.factorials[i])
		if gradient == nil {
			continue
		}
		weight := 1 / (1 + spread) // of component 1
		if l1 < l2 {
			weight = spread / (1 + spread)
		}
		gradient[0] -= p.Weight * weight * a1
		gradient[1] -= p.Weight * weight * b1
		gradient[2] -= p.Weight * (1 - weight) * a2
		gradient[3] -= p.Weight * (1 - weight) * b2
		gradient[4] -= p.Weight * (weight - t.P)
	}
	return sum
}

// rising is a component with tables of ln Γ(a+n)−ln Γ(a) and ψ(a+n)−ψ(a).
type rising struct {
	component
	logs, inverses []float64
}

func newRising(c component, largest int) rising {
	r := rising{c, make([]float64, largest+1), make([]float64, largest+1)}
	for k := range largest {
		r.logs[k+1] = r.logs[k] + math.Log(c.a+float64(k))
		r.inverses[k+1] = r.inverses[k] + 1/(c.a+float64(k))
	}
	return r
}

// term is the log probability of p without its factorial, truncated or not,
// and its derivatives by ln a and ln b.
func (r *rising) term(p Point, truncated bool) (value, byShape, byRate float64) {
	n, e := float64(p.N), p.Expected
	logs, inverses := 0.0, 0.0
	if p.N < len(r.logs) {
		logs, inverses = r.logs[p.N], r.inverses[p.N]
	} else {
		logs = lgamma(r.a+n) - lgamma(r.a)
		inverses = mathext.Digamma(r.a+n) - mathext.Digamma(r.a)
	}
	log1p := math.Log1p(e / r.b)
	zero, share := r.a*log1p, r.a*e/(r.b+e)
	value = logs - zero
	if p.N > 0 {
		value += n * (math.Log(e/r.b) - log1p)
	}
	byShape = r.a*inverses - zero
	byRate = share - n*r.b/(r.b+e)
	if truncated {
		value -= math.Log(-math.Expm1(-zero))
		odds := 1 / math.Expm1(zero)
		byShape -= odds * zero
		byRate += odds * share
	}
	return value, byShape, byRate
}
