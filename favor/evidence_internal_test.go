package favor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// twoKinds draws a desk that the model describes: violating and genuine reviews, seen through a score, decided on by
// moderators of different habits, by approvers after them, now and then looked at again; and what a look, right 95 times in
// 100, would say of each.
func twoKinds(seed uint64, n int) (history []Decision, looks []Label) {
	r := rand.New(rand.NewPCG(seed, 3))
	seller := make([]float64, 40)
	for i := range seller {
		seller[i] = 0.8 * r.NormFloat64()
	}
	history, looks = make([]Decision, n), make([]Label, n)
	for i := range history {
		m, s := r.IntN(12), min(r.IntN(40), r.IntN(40))
		violating := r.Float64() < logistic(-0.7+seller[s])
		d := Decision{
			ID: fmt.Sprint("d", i), Moderator: fmt.Sprint("m", m), Seller: fmt.Sprint("s", s), Queue: fmt.Sprint("q", m%3),
			Action: Keep, Outcome: Kept, Content: Content{Score: r.NormFloat64() + 1.5*counted(violating), Known: true},
		}
		chance, passed, label := 0.05+0.01*float64(m), 0.7, Genuine
		if violating {
			chance, passed, label = 0.85-0.01*float64(m), 0.97, Violating
		}
		if r.Float64() < chance {
			d.Action, d.Approver = Remove, fmt.Sprint("a", r.IntN(3))
			if r.Float64() < passed {
				d.Outcome = Removed
			}
		}
		if looks[i] = label; r.Float64() < 0.05 {
			looks[i] = Violating + Genuine - label
		}
		if r.Float64() < 0.05 {
			d.SecondLook = looks[i]
		}
		history[i] = d
	}
	return history, looks
}

func fittedTo(t *testing.T, history []Decision) (*desk, *fitted) {
	t.Helper()
	o, err := Options{}.filled()
	if err != nil {
		t.Fatal(err)
	}
	d, err := readDesk(All(history), o, false)
	if err != nil {
		t.Fatal(err)
	}
	return d, d.fitClasses()
}

// integrated is a cell's likelihood under honest work (0) or an alternative, by the trapezoidal rule in small steps over the
// seller's deviation, with the other cells' decisions as they are, and over the lean.
func (v *view) integrated(f int) float64 {
	const steps, half = 60, 5.0
	whole, alone := 0.0, 0.0
	for a := range steps + 1 {
		u := (float64(a)/steps*2 - 1) * half * math.Sqrt(v.spread)
		prior := -u * u / (2 * v.spread)
		for k := v.of[v.seller].first; k < v.of[v.seller].last; k++ {
			for i := v.cells[k].items.first; k != v.cell && i < v.cells[k].items.last; i++ {
				p := logistic(v.level[v.items[i].queue] + u)
				bad, good := v.factors(&v.items[i], v.extra[k])
				prior += v.items[i].n * math.Log(p*bad+(1-p)*good)
			}
		}
		alone += math.Exp(prior)
		for b := range steps + 1 {
			x := (float64(b)/steps*2 - 1) * half
			sum := prior - x*x/2
			for i := v.cells[v.cell].items.first; i < v.cells[v.cell].items.last; i++ {
				e := &v.items[i]
				at := v.placed(e.place)
				p1, p0 := logistic(at.logit[0]+v.spreadOf(0)*x), logistic(at.logit[1]+v.spreadOf(1)*x)
				p := logistic(v.level[e.queue] + u)
				bad, good := v.seen(e)
				if !e.act.is(removed) {
					p1 = 1 - p1
				}
				sum += e.n * math.Log(p*bad*p1+(1-p)*good*v.underFavour(e, f, p0))
			}
			whole += math.Exp(sum)
		}
	}
	return math.Log(whole / alone)
}

// spreadOf reads a habit's shared standard deviation off the outermost lean.
func (v *view) spreadOf(z int) float64 {
	for i := range v.w.places {
		if a := &v.w.places[i]; a.share > 0 {
			return (logit(a.chance[z][4]) - a.logit[z]) / leans[4]
		}
	}
	return 0
}

// The quadrature with its few nodes agrees with an integral in small steps, for cells of all sizes.
func TestEvidenceAgreesWithIntegration(t *testing.T) {
	history, _ := twoKinds(1, 4200)
	_, f := fittedTo(t, history)
	l, worst := f.newLeaver(f.tau*f.tau), 0.0
	for k := int32(0); k < int32(len(f.classes.cells)); k += 61 {
		l.visit(k, func(v *view) {
			e := v.evaluate(false, 0)
			honest := v.integrated(0)
			for a := 0; a < v.used()-1; a += 3 {
				want := v.integrated(a+1) - honest
				worst = max(worst, math.Abs(e.logs[a]-want))
				if math.Abs(e.logs[a]-want) > 0.03*(1+math.Abs(want)) {
					t.Errorf("cell %d of %d decisions, alternative %d: %v, want %v", k, e.n, a, e.logs[a], want)
				}
			}
		})
	}
	t.Logf("largest difference %.4f nats", worst)
}

// Taking a cell out of its seller by subtraction is the same as going through all of the others' decisions.
func TestLeavingACellOutIsGoingThroughTheOthers(t *testing.T) {
	history, _ := twoKinds(2, 4200)
	_, f := fittedTo(t, history)
	l, subtracted := f.newLeaver(f.tau*f.tau), 0
	for k := range int32(len(f.classes.cells)) {
		l.visit(k, func(v *view) {
			v.leave()
			if v.at == &v.w.whole {
				subtracted++
			}
			for i, p := range v.others() {
				if math.Abs(p-v.post[i]) > 1e-9 {
					t.Fatalf("cell %d: %v, want %v", k, v.post, v.others())
				}
			}
		})
	}
	if subtracted == 0 {
		t.Error("no cell was taken out by subtraction")
	}
}

// Under honest work e-values are 1 on average at most, also after second looks where the detector asked for them, and the
// p-values' tail isn't too heavy.
func TestEvidenceOfHonestWorkIsOneOnAverage(t *testing.T) {
	sum, square, n, low := 0.0, 0.0, 0.0, 0.0
	for seed := range uint64(4) {
		history, looks := twoKinds(10+seed, 5000)
		ids, err := Looks(All(history), Options{}, 400)
		if err != nil {
			t.Fatal(err)
		}
		asked := map[string]bool{}
		for _, id := range ids {
			asked[id] = true
		}
		for i := range history {
			if d := &history[i]; asked[d.ID] {
				d.SecondLook = looks[i]
			}
		}
		_, f := fittedTo(t, history)
		for k := range f.cells {
			e := math.Exp(f.cells[k].logE(&f.fixed))
			sum, square, n = sum+e, square+e*e, n+1
			if f.cells[k].p <= 0.01 {
				low++
			}
		}
	}
	mean := sum / n
	sd := math.Sqrt((square/n - mean*mean) / n)
	t.Logf("mean %.3f ± %.3f over %v cells; p ≤ .01 in %.4f", mean, sd, n, low/n)
	if mean > 1+3*sd {
		t.Errorf("the mean e-value of honest cells is %.3f ± %.3f", mean, sd)
	}
	if low/n > 0.01+3*math.Sqrt(0.01/n) {
		t.Errorf("p ≤ .01 in %.4f of honest cells", low/n)
	}
}

// By hand: of ten requests nine went to an approver who gets a third elsewhere. With shares .75 and .95 the ratios are
// (.75·3)^9·(.25·1.5) = 554.3… and (.95·3)^9·(.05·1.5) = 930.3…
func TestSteered(t *testing.T) {
	want := math.Log((math.Pow(2.25, 9)*0.375 + math.Pow(2.85, 9)*0.075) / 2)
	if got := steered(9, 10, 1.0/3); math.Abs(got-want) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
	if got := steered(10, 10, 0.99); got != 0 {
		t.Errorf("without a choice: %v", got)
	}
	if got := steered(2, 10, 1.0/3); got >= 0 {
		t.Errorf("fewer than usual: %v", got)
	}
}

// The evidence of a moderator with several sellers is the mean over all ways to choose who is favoured, each with its prior,
// tried one by one.
func TestStarIsTheMeanOverAllSets(t *testing.T) {
	f := &fitted{classes: &classes{}, cells: make([]evidence, 7)}
	f.mixed = newMixed(f.classes)
	r := rand.New(rand.NewPCG(9, 9))
	all := make([]int32, len(f.cells))
	for k := range f.cells {
		all[k] = int32(k)
		for a := range effects {
			f.cells[k].logs[a] = 3*r.NormFloat64() + 1
			f.cells[k].logs[a+len(effects)] = f.cells[k].logs[a]
		}
	}
	got, _, members := f.star(all)
	want := math.Inf(1)
	for _, left := range members { // favoured or not, it counts nothing
		sum := 0.0
		for a := range effects {
			for _, among := range favoursAmong {
				pi := min(0.5, among/float64(len(all)))
				for set := range 1 << len(all) {
					if set>>left&1 == 1 {
						continue
					}
					term := f.fixed[a] / float64(len(favoursAmong))
					for k := range all {
						switch {
						case int32(k) == left:
						case set>>k&1 == 1:
							term *= pi * math.Exp(f.cells[k].logs[a])
						default:
							term *= 1 - pi
						}
					}
					sum += term
				}
			}
		}
		want = min(want, math.Log(sum))
	}
	if len(members) < 2 || math.Abs(got-want) > 1e-9 {
		t.Errorf("%v over %v, want %v", got, members, want)
	}
	if got, want := logChoose(6, 2), math.Log(15); math.Abs(got-want) > 1e-12 {
		t.Errorf("6 over 2: %v, want %v", got, want)
	}
}

// One decision with an even chance, removed: under a favour of d its chance is .5 + d/2, so that the e-value without any
// uncertainty is the mean of 1 + d = 1.4; kept, the mean of 1 − d = .6. A lean in both directions changes the first to
// ∫(p + d(1−p)) / ∫p, which by symmetry is the same.
func TestPlainEvidenceByHand(t *testing.T) {
	for _, variance := range []float64{0, 0.5} {
		for hits, want := range map[float64]float64{1: 1.4, 0: 0.6} {
			c := forecast{trials: trials{logits: []float64{0}, counts: []float64{1}, n: 1}, hits: []float64{hits}}
			if got := math.Exp(c.logE(variance)); math.Abs(got-want) > 1e-6 {
				t.Errorf("variance %v, removed %v: %v, want %v", variance, hits, got, want)
			}
		}
	}
}
