package favor

import "math"

// params is the number of coordinates that Fit moves: two shapes, two rates
// and the odds of the components.
const params = 5

type vector [params]float64

func dot(a, b vector) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// along returns x + step·d.
func along(x, d vector, step float64) vector {
	for i := range x {
		x[i] += step * d[i]
	}
	return x
}

// place is a point with its value and gradient.
type place struct {
	x, gradient vector
	value       float64
}

// minimise runs BFGS (Nocedal and Wright, Numerical Optimization, 2006,
// algorithm 6.1, with the line search by halving under the weak Wolfe
// conditions) from x until no gradient component exceeds tolerance, several
// steps in turn gained less than stalled, a step can gain no more than rounding, or nothing improves, even from a fresh
// start downhill. f returns value and gradient; a
// NaN or infinite value counts as too high. It begins with the inverse Hessian given, nil for none, and returns the last.
func minimise(f func(vector) place, x vector, tolerance float64, iterations int, known *matrix) (place, matrix) {
	at := f(x)
	inverse, fresh, slow := scaledIdentity(1), true, 0
	if known != nil {
		inverse, fresh = *known, false
	}
	for range iterations {
		d := inverse.times(at.gradient)
		gain := dot(at.gradient, d) / 2
		if steepest(at.gradient) <= tolerance || slow == 4 || (!fresh && gain >= 0 && gain < rounding*(1+math.Abs(at.value))) {
			break
		}
		for i := range d {
			d[i] = -d[i]
		}
		next, ok := lineSearch(f, at, limited(d))
		switch {
		case ok:
			inverse.update(at, next, fresh)
			if slow++; at.value-next.value > stalled*(1+math.Abs(at.value)) {
				slow = 0
			}
			at, fresh = next, false
		case fresh:
			return at, inverse
		default: // a failed search near the optimum: once more, steepest downhill
			inverse, fresh = scaledIdentity(1), true
		}
	}
	return at, inverse
}

// stalled is the relative gain of a step that is as good as none: on a flat
// ridge, where a component runs to the edge, such steps would go on for long.
const stalled = 1e-10

// rounding is the relative gain that can't be told from the value's own rounding.
const rounding = 1e-13

// steepest is the largest absolute component.
func steepest(g vector) float64 {
	largest := 0.0
	for _, v := range g {
		largest = max(largest, math.Abs(v))
	}
	return largest
}

// limited shortens a direction so that a whole step changes no logarithm by
// more than 2.
func limited(d vector) vector {
	if s := steepest(d); s > 2 {
		for i := range d {
			d[i] *= 2 / s
		}
	}
	return d
}

// lineSearch brackets and bisects a step that goes down enough (Armijo) and
// far enough (weak curvature). It settles for one that only goes down.
func lineSearch(f func(vector) place, at place, d vector) (place, bool) {
	slope := dot(at.gradient, d)
	if !(slope < 0) {
		return at, false
	}
	lo, hi, step := 0.0, math.Inf(1), 1.0
	best, found := at, false
	for range 40 {
		next := f(along(at.x, d, step))
		switch {
		case !(next.value <= at.value+1e-4*step*slope):
			hi = step
		case dot(next.gradient, d) < 0.9*slope:
			best, found, lo = next, next.value < at.value, step
		default:
			return next, next.value < at.value
		}
		if step = (lo + hi) / 2; math.IsInf(hi, 1) {
			step = 2 * lo
		}
	}
	return best, found
}

// matrix approximates the inverse of the Hessian.
type matrix [params]vector

func scaledIdentity(scale float64) matrix {
	var m matrix
	for i := range m {
		m[i][i] = scale
	}
	return m
}

func (m *matrix) times(v vector) vector {
	var out vector
	for i := range m {
		out[i] = dot(m[i], v)
	}
	return out
}

// update is the BFGS formula, eq. 6.17; the first one after a fresh start
// scales the identity by eq. 6.20.
func (m *matrix) update(from, to place, fresh bool) {
	s, y := along(to.x, from.x, -1), along(to.gradient, from.gradient, -1)
	sy := dot(s, y)
	if !(sy > 1e-300) {
		return
	}
	if fresh {
		*m = scaledIdentity(sy / dot(y, y))
	}
	my := m.times(y)
	scale := (1 + dot(y, my)/sy) / sy
	for i := range m {
		for j := range m[i] {
			m[i][j] += scale*s[i]*s[j] - (my[i]*s[j]+s[i]*my[j])/sy
		}
	}
}
