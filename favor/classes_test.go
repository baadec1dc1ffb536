package favor_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"evenhand/favor"
	"evenhand/favor/worlds"
)

// made is a small world made anew: large enough for the model of two kinds of review.
func made(t testing.TB, mechanism, scenario string, picked bool, seed uint64) *worlds.World {
	t.Helper()
	w, err := worlds.Generate(worlds.Spec{Mechanism: mechanism, Scenario: scenario, Picked: picked, Decisions: 12000, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestClassesDoNotDependOnTheOrderOrTheProcessors(t *testing.T) {
	w := made(t, "classes", "easy", true, 1)
	shuffled := slices.Clone(w.Decisions)
	rand.New(rand.NewPCG(3, 3)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	a := analyzed(t, w.Decisions, favor.ModeratorSeller)
	before := runtime.GOMAXPROCS(1)
	b := analyzed(t, shuffled, favor.ModeratorSeller)
	runtime.GOMAXPROCS(before)
	if !reflect.DeepEqual(a, b) {
		t.Error("another report in another order")
	}
	looks := func(history []favor.Decision) []string {
		ids, err := favor.Looks(favor.All(history), favor.Options{}, 300)
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if !slices.Equal(looks(w.Decisions), looks(shuffled)) {
		t.Error("other looks in another order")
	}
}

// The parts of a score add up, and the score is their total.
func TestPartsAddUp(t *testing.T) {
	w := made(t, "classes", "easy", true, 2)
	ids, err := favor.Looks(favor.All(w.Decisions), favor.Options{}, 400)
	if err != nil || len(ids) != 400 {
		t.Fatalf("%d looks, %v", len(ids), err)
	}
	history := slices.Clone(w.Decisions)
	w.Answer(history, ids)
	actions := map[favor.Action]int{}
	for _, d := range history {
		if slices.Contains(ids, d.ID) {
			actions[d.Action]++
		}
	}
	if actions[favor.Remove] == 0 || actions[favor.Keep] == 0 {
		t.Errorf("looks by action: %v", actions)
	}
	report := analyzed(t, history, favor.ModeratorSeller)
	for _, c := range report.Cells {
		p := c.Parts
		sum := p.Usual + p.Rate + p.Approver + p.Looks + p.Matters + p.Moderator + p.Group + p.Picking + p.Steered + p.Alone
		if math.Abs(sum-p.Total) > 1e-9*(1+math.Abs(sum)) {
			t.Fatalf("%s %s: parts %+v add up to %v", c.Row, c.Col, p, sum)
		}
		if p.Total < 600 && !near(c.Score, math.Log1p(math.Exp(p.Total))/math.Ln10, 1e-9) {
			t.Fatalf("%s %s: score %v, total %v", c.Row, c.Col, c.Score, p.Total)
		}
	}
	if first := report.Cells[0].Parts; first.Looks == 0 || first.Picking == 0 {
		t.Errorf("nothing of looks or picking in the first cell: %+v", first)
	}
	var out bytes.Buffer
	if err := report.Print(&out, favor.JSON); err != nil || !json.Valid(out.Bytes()) {
		t.Errorf("json: %v", err)
	}
}

// Where tickets are drawn, how many of them a moderator has says nothing.
func TestPickingIsNoEvidenceWhereTicketsAreDrawn(t *testing.T) {
	for _, known := range []bool{true, false} {
		history := made(t, "classes", "moderate", false, 3).Decisions
		for i := range history {
			if !known {
				history[i].Assigned = 0
			}
		}
		for _, c := range analyzed(t, history, favor.ModeratorSeller).Cells {
			if c.Parts.Picking != 0 {
				t.Fatalf("known %v: %s %s has %v", known, c.Row, c.Col, c.Parts.Picking)
			}
		}
	}
}

// Among worlds that no part of the detector was made with, favoured pairs come first and honest desks are left alone, by
// both mechanisms and with everything known or only what is required.
func TestMadeWorlds(t *testing.T) {
	mechanisms := []string{"classes", "thresholds"}
	if raceDetector {
		mechanisms = mechanisms[:1]
	}
	for _, mechanism := range mechanisms {
		easy, null := made(t, mechanism, "easy", true, 4), made(t, mechanism, "null", true, 4)
		for _, history := range [][]favor.Decision{null.Decisions, null.Bare()} {
			if r := analyzed(t, history, favor.ModeratorSeller); r.Alarms != 0 {
				t.Errorf("%s: %d alarms at an honest desk, the first %+v", mechanism, r.Alarms, r.Cells[0])
			}
		}
		r := analyzed(t, easy.Decisions, favor.ModeratorSeller)
		m := easy.Measure(r)
		t.Logf("%s: %d pairs, average precision %.2f, alarms %d right, %d wrong", mechanism, m.Material, m.Precision, m.Right, m.Wrong)
		if m.Precision < 0.3 || m.Wrong > 0 {
			t.Errorf("%s: %+v", mechanism, m)
		}
	}
}

// A removal more in a favoured cell doesn't lower its score.
func TestScoreRisesWithRemovals(t *testing.T) {
	if raceDetector {
		t.Skip("nothing runs side by side here that other tests don't run")
	}
	w := made(t, "classes", "easy", true, 5)
	history := slices.Clone(w.Bare())
	first := analyzed(t, history, favor.ModeratorSeller).Cells[0]
	last, tried := first.Score, 0
	for i := range history {
		d := &history[i]
		if d.Moderator != first.Row || d.Seller != first.Col || d.Action == favor.Remove || tried == 4 {
			continue
		}
		d.Action = favor.Remove
		tried++
		next := scoreOf(t, history, first.Row, first.Col)
		if next < last {
			t.Errorf("the score fell from %v to %v", last, next)
		}
		last = next
	}
}

func TestLargeDegenerateHistories(t *testing.T) {
	base := made(t, "classes", "null", false, 6).Decisions[:4500]
	for name, change := range map[string]func(i int, d *favor.Decision){
		"one moderator": func(_ int, d *favor.Decision) { d.Moderator = "m" },
		"one seller":    func(_ int, d *favor.Decision) { d.Seller = "s" },
		"one pair":      func(_ int, d *favor.Decision) { d.Moderator, d.Seller, d.Queue = "m", "s", "q" },
		"all removed":   func(_ int, d *favor.Decision) { d.Action, d.Approver, d.Outcome = favor.Remove, "a", favor.Removed },
		"none removed":  func(_ int, d *favor.Decision) { d.Action, d.Approver, d.Outcome = favor.Keep, "", favor.Kept },
		"a seller each": func(_ int, d *favor.Decision) { d.Seller = d.ID },
		"equal scores":  func(_ int, d *favor.Decision) { d.Content.Score = 1 },
		"alike": func(_ int, d *favor.Decision) {
			*d = favor.Decision{ID: d.ID, Moderator: d.Moderator[:2], Seller: "s", Queue: "q", Action: favor.Keep}
		},
	} {
		history := slices.Clone(base)
		for i := range history {
			change(i, &history[i])
		}
		report, err := favor.Analyze(favor.All(history), favor.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if report.Alarms != 0 {
			t.Errorf("%s: %d alarms, the first %+v", name, report.Alarms, report.Cells[0])
		}
		for _, c := range report.Circles {
			if c.Alarm {
				t.Errorf("%s: the alarm of a circle: %+v", name, c)
			}
		}
		if _, err := favor.Analyze(favor.All(history), favor.Options{By: favor.ModeratorGroup}); err != nil && !strings.Contains(err.Error(), "nothing to compare") {
			t.Errorf("%s by group: %v", name, err)
		}
	}
}

// The example of Wang and Ramdas's rule worked by hand: of four e-values 100, 50, 2, 0.5 the first is at 4/(1·100) = .04,
// the second at 4/(2·50) = .04, the third at 4/(3·2) = .67, the fourth at 1.
func TestFalseDiscoveryE(t *testing.T) {
	got := favor.FalseDiscoveryE([]float64{math.Log(2), math.Log(100), math.Log(.5), math.Log(50)})
	for i, want := range []float64{2.0 / 3, .04, 1, .04} {
		if !near(got[i], want, 1e-12) {
			t.Errorf("%d: %v, want %v", i, got[i], want)
		}
	}
}
