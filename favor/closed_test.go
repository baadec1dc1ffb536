package favor_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"evenhand/favor"
)

func logs(e ...float64) []float64 {
	out := make([]float64, len(e))
	for i, v := range e {
		out[i] = math.Log(v)
	}
	return out
}

// By hand, at 5 % and two e-values: e-BH needs one of 40 or two of 20. Closure takes both of {30, 10}: 30 and 10 are at least
// 1/(.05·2) = 10, and their mean is 1/.05 = 20. With 9.9 the mean falls short. {31} alone is taken: 31 ≥ 20, and (31+9)/2 ≥ 20.
func TestDiscoveriesByHand(t *testing.T) {
	for _, c := range []struct {
		e    []float64
		want []bool
	}{
		{[]float64{30, 10}, []bool{true, true}},
		{[]float64{30, 9.9}, []bool{false, false}},
		{[]float64{9, 31}, []bool{false, true}},
		{[]float64{20, 20}, []bool{true, true}},
		{[]float64{19.9, 20}, []bool{false, false}},
		{[]float64{1e-300, 40}, []bool{false, true}},
		{nil, []bool{}},
	} {
		if got := favor.Discoveries(logs(c.e...), 0.05); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.e, got, c.want)
		}
	}
	if got := favor.Discoveries([]float64{5000, 0, -5000, math.Inf(-1)}, 0.05); !slices.Equal(got, []bool{true, false, false, false}) {
		t.Errorf("extreme: %v", got)
	}
}

// allowed tells by trying every A whether closure allows R, both as bits.
func allowed(e []float64, r uint, alpha float64) bool {
	size := func(x uint) (n float64) {
		for ; x > 0; x &= x - 1 {
			n++
		}
		return n
	}
	for a := uint(1); a < 1<<len(e); a++ {
		sum := 0.0
		for i, v := range e {
			if a>>i&1 == 1 {
				sum += v
			}
		}
		if sum/size(a) < size(a&r)/(alpha*size(r))*(1-1e-9) {
			return false
		}
	}
	return true
}

// Every set of up to seven hypotheses is tried against every other: none that is allowed is larger than what is found.
func TestDiscoveriesAgreeWithTryingEverySet(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	some := 0
	for range 400 {
		e := make([]float64, 1+r.IntN(7))
		for i := range e {
			e[i] = math.Exp(4 * r.NormFloat64())
		}
		alpha := []float64{0.05, 0.2, 0.5}[r.IntN(3)]
		found, bits, n := favor.Discoveries(logs(e...), alpha), uint(0), 0
		for i, yes := range found {
			if yes {
				bits |= 1 << i
				n++
			}
		}
		if n > 0 && !allowed(e, bits, alpha) {
			t.Fatalf("%v at %v: %v isn't allowed", e, alpha, found)
		}
		for set := uint(1); set < 1<<len(e); set++ {
			size := 0
			for x := set; x > 0; x &= x - 1 {
				size++
			}
			if size > n && allowed(e, set, alpha) {
				t.Fatalf("%v at %v: %v, but %b is allowed", e, alpha, found, set)
			}
		}
		some += n
	}
	if some == 0 {
		t.Error("nothing was ever found")
	}
}

// Under dependence, too, the mean share of false discoveries stays below alpha, and whatever e-BH finds is found.
func TestDiscoveriesKeepTheirRate(t *testing.T) {
	const worlds, hypotheses, alpha = 4000, 40, 0.2
	r := rand.New(rand.NewPCG(2, 7))
	share, square, ours, theirs := 0.0, 0.0, 0, 0
	for range worlds {
		common := r.NormFloat64()
		logE := make([]float64, hypotheses)
		for i := range logE {
			z := 0.7*common + math.Sqrt(1-0.49)*r.NormFloat64()
			if i < 5 {
				z += 3
			}
			logE[i] = 3*z - 4.5 // of N(3, 1) against N(0, 1)
		}
		found, ebh := favor.Discoveries(logE, alpha), favor.FalseDiscoveryE(logE)
		n, wrong := 0.0, 0.0
		for i, yes := range found {
			if ebh[i] <= alpha {
				theirs++
				if !yes {
					t.Fatalf("e-BH finds %d of %v, closure doesn't", i, logE)
				}
			}
			if yes {
				ours++
				n++
				if i >= 5 {
					wrong++
				}
			}
		}
		fdp := wrong / max(1, n)
		share += fdp / worlds
		square += fdp * fdp / worlds
	}
	t.Logf("false discoveries %.4f at %v; found %d, e-BH %d", share, alpha, ours, theirs)
	if share > alpha+3*math.Sqrt(square/worlds) {
		t.Errorf("false discoveries %.4f at %v", share, alpha)
	}
	if ours <= theirs {
		t.Errorf("closure found %d, e-BH %d", ours, theirs)
	}
}
