package favor

import (
	"math"
	"testing"
)

func TestDifference(t *testing.T) {
	// The examples of Newcombe 1998, table II, method 10.
	for _, c := range []struct {
		a, b   Share
		lo, hi float64
	}{
		{Share{56, 70}, Share{48, 80}, .0524, .3339}, {Share{9, 10}, Share{3, 10}, .1705, .8090}, {Share{6, 7}, Share{2, 7}, .0582, .8062},
		{Share{5, 56}, Share{0, 29}, -.0381, .1926}, {Share{0, 10}, Share{0, 20}, -.1611, .2775}, {Share{0, 10}, Share{0, 10}, -.2775, .2775},
		{Share{10, 10}, Share{0, 20}, .6791, 1}, {Share{10, 10}, Share{0, 10}, .6075, 1},
	} {
		_, lo, hi := Difference(c.a, c.b)
		if math.Abs(lo-c.lo) > 6e-5 || math.Abs(hi-c.hi) > 6e-5 {
			t.Errorf("%v and %v: %.4f to %.4f; want %.4f to %.4f", c.a, c.b, lo, hi, c.lo, c.hi)
		}
	}
	for _, a := range []Share{{0, 0}, {0, 1}, {1, 1}, {5, 1000000}} {
		for _, b := range []Share{{0, 0}, {0, 1}, {1, 1}} {
			for _, x := range []float64{first(Difference(a, b)), a.Rate()} {
				if math.IsNaN(x) || math.IsInf(x, 0) {
					t.Errorf("%v and %v: %v", a, b, x)
				}
			}
		}
	}
}

func first(d, lo, hi float64) float64 { return d + lo + hi }

func TestLooksMoveTheScore(t *testing.T) {
	l := func(wrong, right float64) float64 { return looked{wrong, right}.ratio(looked{2, 18}) }
	if l(0, 0) != 1 {
		t.Errorf("nothing seen says %v", l(0, 0))
	}
	if !(l(1, 0) > 1 && l(3, 0) > l(1, 0) && l(3, 1) < l(3, 0) && l(0, 1) < 1 && l(5, 0) > 100) {
		t.Error("the ratio doesn't grow with what was wrong", l(1, 0), l(3, 0), l(3, 1), l(0, 1), l(5, 0))
	}
	if r := (looked{1000, 0}).ratio(looked{}); math.IsNaN(r) || r <= 1 {
		t.Error(r)
	}
	if r := (looked{0, 100000}).ratio(looked{}); r <= 0 || math.IsInf(math.Log10(r), 0) {
		t.Error(r)
	}
}
