package favor

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
)

// Fitted is the result of Fit, in canonical order.
type Fitted struct {
	Theta     Theta
	NegLogLik float64 // nats
	Converged bool    // the best start ended where the gradient vanishes
	Edge      bool    // a parameter ran to the edge of the range: that part isn't identified
}

// starts cover a bulk around 1 with a small, a wide, a far and a vanishing second
// component. The likelihood has several optima, and the published fit of the
// CAERS table is not the best of them: one start is not enough.
var starts = []Theta{
	{0.2, 0.1, 2, 4, 1.0 / 3},
	{20, 2, 2, 2, 0.05},
	{0.1, 0.2, 10, 10, 0.2},
	{0.3, 0.5, 6, 6, 0.5},
	{5, 0.5, 2, 2, 0.1},
	{40, 10, 20, 20, 0.02},
	{2, 0.2, 0.5, 0.7, 0.1},
	{3, 1, 100, 100, 0.05},
	{2, 2, 20, 2000, 0.85},
	{1000, 300, 1, 1, 0.1},
}

// Fit estimates Theta by maximum likelihood: BFGS in log and logit space with
// the analytic gradient, from every one of several starts, the lowest end kept.
// Points need N ≥ 0 (≥ 1 for ComponentTruncated), Expected > 0, Weight > 0. It
// is an error when there are no points or none of the starts gets anywhere.
func Fit(points []Point, likelihood Likelihood) (Fitted, error) {
	if err := checkPoints(points, likelihood); err != nil {
		return Fitted{}, err
	}
	whole := newObjective(points, likelihood)
	search := whole.squashed()
	ends := search.descents(starts)
	best := ends[0]
	if search != whole && best.err == nil {
		best = whole.polished(ends)
	}
	if best.err != nil {
		return Fitted{}, fmt.Errorf("favor: fit of %d cells: %w", len(points), best.err)
	}
	t := best.theta.Canonical()
	return Fitted{Theta: t, NegLogLik: whole.value(t, nil), Converged: best.converged, Edge: best.edge}, nil
}

func checkPoints(points []Point, likelihood Likelihood) error {
	if len(points) == 0 {
		return errors.New("favor: fit: no cells")
	}
	smallest := 0
	if likelihood == ComponentTruncated {
		smallest = 1
	}
	for _, p := range points {
		if p.N < smallest || !(p.Expected > 0) || math.IsInf(p.Expected, 1) || !(p.Weight > 0) {
			return fmt.Errorf("favor: fit: a cell with n %d, expected %v, weight %v is out of range", p.N, p.Expected, p.Weight)
		}
	}
	return nil
}

// squashWidth is the width of a bin of ln expected.
const squashWidth = 0.1

// squashAbove is the number of distinct points above which starts are tried on
// squashed points first (DuMouchel and Pregibon 2001), and only the best few
// are polished on all.
const squashAbove = 512

// squashed merges points of the same n and nearly the same expected (within
// a bin) into their weighted mean. It returns o itself when o is small.
func (o *objective) squashed() *objective {
	if len(o.points) <= squashAbove {
		return o
	}
	s := &objective{truncated: o.truncated, largest: o.largest}
	bin := func(p Point) float64 { return math.Floor(math.Log(p.Expected) / squashWidth) }
	for i, p := range o.points {
		k := len(s.points) - 1
		if k >= 0 && s.points[k].N == p.N && bin(o.points[i-1]) == bin(p) {
			last := &s.points[k]
			last.Expected += (p.Expected - last.Expected) * p.Weight / (last.Weight + p.Weight)
			last.Weight += p.Weight
			continue
		}
		s.points = append(s.points, p)
		s.factorials = append(s.factorials, o.factorials[i])
	}
	return s
}

// ending is where one start came to.
type ending struct {
	theta           Theta
	value           float64
	converged, edge bool
	inverse         matrix // of the Hessian, about
	err             error
}

// descents are the ends of every start, the lowest first; ties go to the earlier
// start.
func (o *objective) descents(from []Theta) []ending {
	ends := make([]ending, len(from))
	var wg sync.WaitGroup
	for i, t := range from {
		wg.Go(func() { ends[i] = o.descend(t, nil) })
	}
	wg.Wait()
	slices.SortStableFunc(ends, func(a, b ending) int {
		return cmp.Or(cmp.Compare(counted(a.err != nil), counted(b.err != nil)), cmp.Compare(a.value, b.value))
	})
	return ends
}

// polishedAtMost ends on squashed points, that differ by more than polishedApart
// nats, are polished on all.
const (
	polishedAtMost = 3
	polishedApart  = 0.01
)

// polished is the lowest end on all points from the lowest ones on squashed.
func (o *objective) polished(ends []ending) ending {
	best, last, n := ending{err: ends[0].err}, math.Inf(-1), 0
	for _, e := range ends {
		if e.err != nil || n == polishedAtMost {
			break
		}
		if e.value-last <= polishedApart {
			continue
		}
		last = e.value
		n++
		if p := o.descend(e.theta, &e.inverse); n == 1 || p.err == nil && (best.err != nil || p.value < best.value) {
			best = p
		}
	}
	return best
}

// descend minimises from one start, with an inverse Hessian if one is known.
func (o *objective) descend(from Theta, known *matrix) ending {
	f := func(x vector) place {
		p := place{x: x}
		p.value = o.value(atCoordinates(x), &p.gradient)
		p.value += wall(x, &p.gradient)
		return p
	}
	end, inverse := minimise(f, coordinates(from), gradientAccepted, 500, known)
	if math.IsNaN(end.value) || math.IsInf(end.value, 0) {
		return ending{err: errors.New("the likelihood is not finite")}
	}
	e := ending{theta: atCoordinates(end.x), value: end.value, inverse: inverse}
	e.converged = steepest(end.gradient) < 1e-5*(1+math.Abs(end.value))
	for _, v := range end.x {
		e.edge = e.edge || math.Abs(v) > wallAt
	}
	return e
}

// gradientAccepted, in nats per unit of a logarithm, is where a descent stops.
const gradientAccepted = 1e-5

// wallAt is where shapes, rates and odds are held back: e^14 ≈ 1.2 million.
// There a component is a point mass to four digits, and further out the
// likelihood is flat.
const wallAt = 14

// wall is the penalty outside [−wallAt, wallAt]; it adds its derivatives.
func wall(x vector, gradient *vector) float64 {
	sum := 0.0
	for i, v := range x {
		over := math.Abs(v) - wallAt
		if over <= 0 {
			continue
		}
		sum += 50 * over * over
		gradient[i] += 100 * math.Copysign(over, v)
	}
	return sum
}

func coordinates(t Theta) vector {
	return vector{
		math.Log(t.Alpha1), math.Log(t.Beta1), math.Log(t.Alpha2), math.Log(t.Beta2),
		math.Log(t.P) - math.Log1p(-t.P),
	}
}

// atCoordinates is the inverse of coordinates. A line search may try far points:
// they are brought back to where the arithmetic holds.
func atCoordinates(x vector) Theta {
	at := func(i int) float64 { return math.Exp(max(-20, min(20, x[i]))) }
	return Theta{at(0), at(1), at(2), at(3), logistic(max(-20, min(20, x[4])))}
}
