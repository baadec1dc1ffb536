package favor_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"evenhand/favor"
)

// The figures were computed apart from this package, by integrating the prior
// density times the Poisson probability over ln λ from −25 to 8 with the
// trapezoidal rule in 400,000 steps: mean of ln λ, quantiles of the cumulated
// sum, and minus the log of the integral.
var integrated = []struct {
	theta                    favor.Theta
	n                        int
	e                        float64
	ebgm, eb05, eb95, negLog float64
}{
	{favor.Theta{Alpha1: 2, Beta1: 1, Alpha2: 3, Beta2: 3, P: 0.2}, 9, 2, 3.085352436, 1.660532366, 5.394369843, 4.794887841},
	{favor.Theta{Alpha1: 2, Beta1: 1, Alpha2: 3, Beta2: 3, P: 0.2}, 0, 0.4, 0.7863607976, 0.2419957173, 2.158568657, 0.4283194885},
	{favor.Theta{Alpha1: 0.3, Beta1: 0.1, Alpha2: 8, Beta2: 8, P: 0.1}, 3, 0.5, 1.776035384, 0.7637866748, 7.984251105, 3.985196151},
	{favor.Theta{Alpha1: 5, Beta1: 0.5, Alpha2: 20, Beta2: 20, P: 0.05}, 40, 6.5, 6.357276589, 4.937573512, 8.08180507, 7.336760201},
}

func near(got, want, relative float64) bool {
	return math.Abs(got-want) <= relative*math.Abs(want)
}

func TestScoreAgreesWithIntegration(t *testing.T) {
	for _, c := range integrated {
		got := c.theta.Score(c.n, c.e)
		if !near(got.EBGM, c.ebgm, 1e-8) || !near(got.EB05, c.eb05, 1e-7) || !near(got.EB95, c.eb95, 1e-7) {
			t.Errorf("n %d, expected %v: %+v, want %v %v %v", c.n, c.e, got, c.ebgm, c.eb05, c.eb95)
		}
		point := []favor.Point{{N: c.n, Expected: c.e, Weight: 1}}
		if got := c.theta.NegLogLik(point, favor.ZeroInclusive); !near(got, c.negLog, 1e-8) {
			t.Errorf("n %d, expected %v: negative log likelihood %v, want %v", c.n, c.e, got, c.negLog)
		}
	}
}

func TestScoreDoesNotDependOnTheOrderOfComponents(t *testing.T) {
	for _, c := range integrated {
		swapped := favor.Theta{Alpha1: c.theta.Alpha2, Beta1: c.theta.Beta2, Alpha2: c.theta.Alpha1, Beta2: c.theta.Beta1, P: 1 - c.theta.P}
		a, b := c.theta.Score(c.n, c.e), swapped.Score(c.n, c.e)
		if !near(a.EBGM, b.EBGM, 1e-12) || !near(a.EB05, b.EB05, 1e-9) || swapped.Canonical().Alpha1 != c.theta.Alpha1 {
			t.Errorf("%+v and %+v", a, b)
		}
	}
}

func TestScoreStaysFiniteAndRisesWithN(t *testing.T) {
	thetas := []favor.Theta{published, better, start, {Alpha1: 1e6, Beta1: 1e6, Alpha2: 1e-6, Beta2: 1e-6, P: 1e-6}, {Alpha1: 0.01, Beta1: 1e-4, Alpha2: 50, Beta2: 1e5, P: 0.999}}
	for _, theta := range thetas {
		for _, e := range []float64{1e-100, 1e-9, 0.3, 40, 1e6, 1e15} {
			last := favor.Shrunk{}
			for _, n := range []int{0, 1, 2, 3, 10, 100, 1e6, 1e12} {
				s := theta.Score(n, e)
				for _, v := range []float64{s.EBGM, s.EB05, s.EB95, s.Post} {
					if math.IsNaN(v) || math.IsInf(v, 0) {
						t.Errorf("%+v n %d e %g: %+v", theta, n, e, s)
					}
				}
				if s.EBGM < last.EBGM*(1-1e-9) || s.EB05 < last.EB05*(1-1e-9) || s.EB95 < last.EB95*(1-1e-9) {
					t.Errorf("%+v e %g: fell at n %d from %+v to %+v", theta, e, n, last, s)
				}
				last = s
			}
		}
	}
}

// drawn are cells whose λ is 1 in nine of ten and 4 in one of ten.
func drawn(n int) []favor.Point {
	r := rand.New(rand.NewPCG(1, 1))
	points := make([]favor.Point, n)
	for i := range points {
		e, lambda := math.Exp(r.NormFloat64()), 1.0
		if i%10 == 0 {
			lambda = 4
		}
		count := 0
		for s := r.ExpFloat64(); s < lambda*e; s += r.ExpFloat64() {
			count++
		}
		points[i] = favor.Point{N: count, Expected: e, Weight: 1}
	}
	return points
}

func TestFitFindsTwoKindsOfCells(t *testing.T) {
	points := drawn(6000)
	fit, err := favor.Fit(points, favor.ZeroInclusive)
	if err != nil {
		t.Fatal(err)
	}
	m1, m2 := fit.Theta.Alpha1/fit.Theta.Beta1, fit.Theta.Alpha2/fit.Theta.Beta2
	if math.Abs(m1-4) > 0.3 || math.Abs(m2-1) > 0.05 || math.Abs(fit.Theta.P-0.1) > 0.02 {
		t.Errorf("%+v", fit)
	}
	truth := favor.Theta{Alpha1: 4e4, Beta1: 1e4, Alpha2: 1e4, Beta2: 1e4, P: 0.1}
	if other := truth.NegLogLik(points, favor.ZeroInclusive); fit.NegLogLik > other {
		t.Errorf("the fit has %v, the truth %v", fit.NegLogLik, other)
	}
	rand.New(rand.NewPCG(2, 2)).Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	if again, _ := favor.Fit(points, favor.ZeroInclusive); again != fit {
		t.Errorf("in another order %+v, before %+v", again, fit)
	}
}

func TestFitRefusesWhatItCannotUse(t *testing.T) {
	for name, points := range map[string][]favor.Point{
		"nothing":           nil,
		"a zero":            {{N: 0, Expected: 1, Weight: 1}},
		"nothing expected":  {{N: 1, Expected: 0, Weight: 1}},
		"expected infinite": {{N: 1, Expected: math.Inf(1), Weight: 1}},
		"no weight":         {{N: 1, Expected: 1}},
	} {
		if fit, err := favor.Fit(points, favor.ComponentTruncated); err == nil {
			t.Errorf("%s was fitted: %+v", name, fit)
		}
	}
}

func TestFunnel(t *testing.T) {
	// Poisson(10): F(3)=.010336, F(4)=.029253, F(16)=.972958, F(17)=.985722
	// (tables), so that the 2.5 % and 97.5 % limits are
	// 4 − (.029253−.025)/(.029253−.010336) and 17 − (.985722−.975)/(.985722−.972958).
	lo, hi, err := favor.Funnel(10, 0.95)
	if err != nil || math.Abs(lo-0.37752) > 1e-4 || math.Abs(hi-1.61600) > 1e-4 {
		t.Errorf("%v to %v, %v", lo, hi, err)
	}
	for _, e := range []float64{1e-9, 0.01, 1, 1e4, 1e9} {
		lo, hi, err := favor.Funnel(e, 0.998)
		lo95, hi95, _ := favor.Funnel(e, 0.95)
		if err != nil || !(lo >= 0 && lo <= lo95 && hi95 <= hi) || math.IsInf(hi, 0) {
			t.Errorf("expected %g: %v to %v in %v to %v, %v", e, lo95, hi95, lo, hi, err)
		}
	}
	for _, bad := range [][2]float64{{0, 0.95}, {math.NaN(), 0.95}, {1, 0}, {1, 1}, {math.Inf(1), 0.5}} {
		if _, _, err := favor.Funnel(bad[0], bad[1]); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
}

func TestFalseDiscovery(t *testing.T) {
	// By hand: p·n/rank from the largest down, never rising.
	got := favor.FalseDiscovery([]float64{0.04, 0.001, 0.03, 0.9})
	for i, want := range []float64{0.16 / 3, 0.004, 0.16 / 3, 0.9} {
		if !near(got[i], want, 1e-12) {
			t.Errorf("q %v, want %v at %d", got[i], want, i)
		}
	}
}

func TestParseTheta(t *testing.T) {
	if got, err := favor.ParseTheta("3.25596685, 0.39998994,2.02376139,1.90614108,0.06530755"); err != nil || got != published {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "1,2,3,4", "1,2,3,4,0.5,6", "1,2,3,4,1", "1,2,3,4,0", "0,2,3,4,0.5", "1,2,x,4,.5", "NaN,1,1,1,.5", "1,Inf,1,1,.5"} {
		if got, err := favor.ParseTheta(bad); err == nil {
			t.Errorf("%q was accepted as %+v", bad, got)
		}
	}
}
