package favor

import "math"

// Share is k of n.
type Share struct{ K, N int }

// Rate is the share; 0 of none is 0, not a number that isn't one.
func (s Share) Rate() float64 {
	if s.N == 0 {
		return 0
	}
	return float64(s.K) / float64(s.N)
}

// z95 is the standard normal's 97.5 % quantile.
const z95 = 1.959963984540054

// wilson is the score interval of a share at 95 % (Wilson 1927; Newcombe 1998, Statistics in Medicine 17:857, method 3).
func (s Share) wilson() (lo, hi float64) {
	if s.N == 0 {
		return 0, 1
	}
	n, p := float64(s.N), s.Rate()
	middle := 2*n*p + z95*z95
	half := z95 * math.Sqrt(z95*z95+4*n*p*(1-p))
	under := 2 * (n + z95*z95)
	return max(0, (middle-half)/under), min(1, (middle+half)/under)
}

// Difference is a's rate less b's with its 95 % interval: the hybrid score interval without continuity correction
// (Newcombe 1998, Statistics in Medicine 17:873–890, method 10). It is finite for every pair of shares; where one is of
// none, it is all that can be.
func Difference(a, b Share) (difference, lo, hi float64) {
	p, q := a.Rate(), b.Rate()
	la, ua := a.wilson()
	lb, ub := b.wilson()
	d := p - q
	if a.N == 0 || b.N == 0 {
		return d, -1, 1
	}
	lo = d - math.Sqrt((p-la)*(p-la)+(ub-q)*(ub-q))
	hi = d + math.Sqrt((ua-p)*(ua-p)+(q-lb)*(q-lb))
	return d, max(-1, lo), min(1, hi)
}
