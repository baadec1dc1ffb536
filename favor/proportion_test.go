package favor_test

import (
	"math"
	"testing"

	"evenhand/favor"
)

// The ends are those shares at which so many, or more, and so few, or fewer, come about by chance once in 40.
func TestProportion(t *testing.T) {
	for _, x := range []struct{ k, n int }{{0, 1}, {1, 1}, {0, 10}, {10, 10}, {5, 10}, {1, 100}, {41, 43}, {499, 500}} {
		low, high := favor.Proportion(x.k, x.n, 0.05)
		if tail := atLeast(x.k, x.n, low); x.k > 0 && math.Abs(tail-0.025) > 1e-9 || x.k == 0 && low != 0 {
			t.Errorf("%d of %d: from %g, where so many have the chance %g", x.k, x.n, low, tail)
		}
		if tail := 1 - atLeast(x.k+1, x.n, high); x.k < x.n && math.Abs(tail-0.025) > 1e-9 || x.k == x.n && high != 1 {
			t.Errorf("%d of %d: to %g, where so few have the chance %g", x.k, x.n, high, tail)
		}
	}
	if low, high := favor.Proportion(0, 0, 0.05); low != 0 || high != 1 {
		t.Errorf("of nothing: %g to %g", low, high)
	}
	// Clopper and Pearson's own case, 5 of 10, as statistical tables have it.
	if low, high := favor.Proportion(5, 10, 0.05); math.Abs(low-0.1871) > 5e-5 || math.Abs(high-0.8129) > 5e-5 {
		t.Errorf("5 of 10: %g to %g", low, high)
	}
}

// atLeast is the chance of k or more in n.
func atLeast(k, n int, p float64) float64 {
	sum := 0.0
	for i := k; i <= n; i++ {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(i + 1))
		c, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(a - b - c + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return sum
}
