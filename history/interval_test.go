package history

import (
	"math"
	"testing"
)

// The interval of a share is Clopper and Pearson's: 4 of 10 lies between 0.1216 and 0.7376 (their table; R's
// binom.test(4, 10) gives the same). 4 against 6 in periods of the same size has those odds.
func TestRatio(t *testing.T) {
	t.Parallel()
	r := ratio(4, 100, 6, 100)
	near := func(got, want float64) bool { return math.Abs(got-want) < 5e-4*math.Max(1, want) }
	if !near(r.Low, 0.12155/(1-0.12155)) || !near(r.High, 0.73762/(1-0.73762)) || !near(r.Value, 4.0/6) || !r.Undecided {
		t.Errorf("%+v", r)
	}
	if r := ratio(8, 100, 6, 300); !near(r.Value, 4) {
		t.Errorf("rates of different periods: %+v", r)
	}
	for n := range 8 {
		for _, r := range []Ratio{ratio(n, 10, 0, 10), ratio(0, 10, n, 10), ratio(n, 0, 3, 10), ratio(n, 10, 3, 0)} {
			if math.IsNaN(r.Value) || math.IsNaN(r.Low) || math.IsNaN(r.High) || math.IsInf(r.Value, 0) || r.Low > r.High {
				t.Errorf("%d: %+v", n, r)
			}
		}
	}
	if r := ratio(40, 100, 4, 100); r.Undecided || r.Low <= 1 {
		t.Errorf("forty against four: %+v", r)
	}
}
