package favor

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// The parts of alpha by hand: of four expected pairs each has 1/8, of the next eight each 1/32, of the next sixteen 1/128.
// Together they never exceed 1.
func TestMonitorSharesOutAlpha(t *testing.T) {
	m, err := NewMonitor(0.05, 4)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for n := range 4 + 8 + 16 + 32 {
		want := 1.0 / 8
		switch {
		case n >= 28:
			want = 1.0 / 512
		case n >= 12:
			want = 1.0 / 128
		case n >= 4:
			want = 1.0 / 32
		}
		got := math.Exp(-m.bar(n)) / 0.05
		if math.Abs(got-want) > 1e-12 {
			t.Fatalf("pair %d has %v of alpha, want %v", n, got, want)
		}
		sum += got
	}
	if math.Abs(sum-(1-1.0/16)) > 1e-9 {
		t.Errorf("together %v", sum)
	}
}

func day(n int) time.Time { return time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC) }

func reported(cells ...Cell) *Report {
	return &Report{By: ModeratorSeller, evidence: true, Cells: cells}
}

// A crossing is told once, stays, and survives being kept as JSON; a fall of the evidence doesn't undo it.
func TestMonitorTellsACrossingOnce(t *testing.T) {
	m, _ := NewMonitor(0.05, 2)
	bar := math.Log(2 * 2 / 0.05)
	steps := []struct {
		logE    float64
		crossed int
	}{{1, 0}, {bar - 1e-9, 0}, {bar, 1}, {bar + 3, 0}, {-2, 0}}
	for i, s := range steps {
		crossed, err := m.Observe(day(i), reported(Cell{Row: "b", Col: "s", LogE: s.logE}, Cell{Row: "a", Col: "s"}))
		if err != nil || len(crossed) != s.crossed {
			t.Fatalf("step %d: %v, %v", i, crossed, err)
		}
		kept, _ := json.Marshal(m)
		var again Monitor
		if err := json.Unmarshal(kept, &again); err != nil || !reflect.DeepEqual(&again, m) {
			t.Fatalf("%s became %+v, %v", kept, again, err)
		}
		m = &again
	}
	b := m.Watched[1]
	if m.Watched[0].Row != "a" || !b.Crossed.Equal(day(2)) || b.LogE != -2 || b.Max != bar+3 || !b.First.Equal(day(0)) {
		t.Errorf("%+v", m.Watched)
	}
	before := len(m.Watched)
	if _, err := m.Observe(day(0), reported(Cell{Row: "c"})); err == nil || len(m.Watched) != before {
		t.Error("an older report was taken in")
	}
	if _, err := m.Observe(day(9), &Report{By: ModeratorSeller}); err == nil {
		t.Error("a report without e-values was taken in")
	}
	for _, bad := range []Monitor{{Alpha: 0, Expected: 1}, {Alpha: math.NaN(), Expected: 1}, {Alpha: 0.1}} {
		if _, err := NewMonitor(bad.Alpha, bad.Expected); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

// Honest pairs, each a fair likelihood ratio of its own that grows over fifty reports while new ones appear: the share of
// watches that ever name anybody stays below alpha, and below what e-BH would make of the running maxima.
func TestMonitorIsHardlyEverWrong(t *testing.T) {
	const watches, pairs, reports, alpha = 300, 40, 50, 0.2
	r := rand.New(rand.NewPCG(4, 4))
	wrong, careless := 0, 0
	for range watches {
		m, _ := NewMonitor(alpha, 10)
		logE, top := make([]float64, pairs), make([]float64, pairs)
		any, loose := false, false
		for k := range reports {
			cells := make([]Cell, 0, pairs)
			for i := range min(pairs, 5+k) {
				logE[i] += 0.7*r.NormFloat64() - 0.245
				top[i] = max(top[i], logE[i])
				cells = append(cells, Cell{Row: "m", Col: string(rune('a' + i)), LogE: logE[i]})
			}
			crossed, err := m.Observe(day(k), reported(cells...))
			if err != nil {
				t.Fatal(err)
			}
			any = any || len(crossed) > 0
		}
		for _, q := range FalseDiscoveryE(top) {
			loose = loose || q <= alpha
		}
		if any {
			wrong++
		}
		if loose {
			careless++
		}
	}
	t.Logf("of %d honest watches %d name somebody, %d by e-BH of maxima, alpha %v", watches, wrong, careless, alpha)
	if limit := alpha + 3*math.Sqrt(alpha*(1-alpha)/watches); float64(wrong) > limit*watches || wrong == 0 {
		t.Errorf("%d of %d watches were wrong", wrong, watches)
	}
}
