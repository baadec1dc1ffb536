package web

import (
	"math"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"evenhand/words"
)

// marksIn counts elements of a class in the first svg of another class.
func marksIn(t *testing.T, page, svg, class string) int {
	t.Helper()
	n := 0
	nodes(t, page, func(e *html.Node, attr map[string]string) {
		if attr["class"] != class {
			return
		}
		for p := range e.Ancestors() {
			for _, a := range p.Attr {
				if p.Data == "svg" && a.Key == "class" && a.Val == svg {
					n++
				}
			}
		}
	})
	return n
}

func TestFunnelDrawsEveryPairOnce(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 100, 1321} {
		points := samplePoints(n)
		f := newFunnel(words.English, "/m/m1", points)
		dust := strings.Count(f.Dust, "M")
		if got := len(f.Alarms) + len(f.Outside) + len(f.Quiet) + dust; got != n || f.Total != n {
			t.Errorf("%d pairs: %d marks, Total %d", n, got, f.Total)
		}
		if len(f.Alarms) != min(n, 2) {
			t.Errorf("%d pairs: %d alarms", n, len(f.Alarms))
		}
	}
}

func TestFunnelOnThePageMatchesItsData(t *testing.T) {
	t.Parallel()
	page := renderString(t, newTestRenderer(t), BoardPage{Compared: 100, Points: samplePoints(100)})
	f := newFunnel(words.English, "/m/", samplePoints(100))
	for class, want := range map[string]int{"dot": len(f.Quiet), "dot-out": len(f.Outside), "dot-alarm": len(f.Alarms)} {
		if got := marksIn(t, page, "funnel", class); got != want {
			t.Errorf("%s: %d marks, want %d", class, got, want)
		}
	}
}

func TestFunnelStaysInItsBox(t *testing.T) {
	t.Parallel()
	odd := []PairFigures{
		{Observed: 0, Expected: 0}, {Observed: 9, Expected: 0.01}, {Observed: 5000, Expected: 4000},
		{Observed: 300, Expected: 2, Alarm: true}, {Observed: 1, Expected: 1e-9},
	}
	f := newFunnel(words.English, "/m/m1", odd)
	for _, text := range []string{f.Outer, f.Inner, f.Dust} {
		if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || strings.Contains(text, " -") {
			t.Errorf("path leaves the box: %.80s", text)
		}
	}
	for _, d := range append(append(f.Alarms, f.Outside...), f.Quiet...) {
		if strings.Contains(d.X+d.Y, "N") || strings.HasPrefix(d.X, "-") || strings.HasPrefix(d.Y, "-") {
			t.Errorf("mark at %s, %s", d.X, d.Y)
		}
	}
}

func TestPoissonQuantile(t *testing.T) {
	t.Parallel()
	// The distribution functions are those of R's ppois; the interpolation
	// makes the function run through them exactly.
	tests := []struct{ mean, p, want float64 }{
		{5, 0.9681719, 9}, {5, 0.0404277, 1}, {1, 0.9810118, 3}, {20, 0.5590926, 20},
	}
	for _, tt := range tests {
		if got := poissonQuantile(tt.mean, tt.p); math.Abs(got-tt.want) > 1e-4 {
			t.Errorf("poissonQuantile(%v, %v) = %v, want %v", tt.mean, tt.p, got, tt.want)
		}
	}
	last := math.Inf(1)
	for e := 1.0; e < 500; e *= 1.5 {
		l, u := poissonLimits(e, level95)
		if l < 0 || l > 1 || u < 1 || u > last+0.2 {
			t.Errorf("limits at %v: %v, %v", e, l, u)
		}
		last = u
	}
}

func TestPeriodChartDrawsEveryPeriod(t *testing.T) {
	t.Parallel()
	p := samples()["removals"].(RemovalsPage)
	page := renderString(t, newTestRenderer(t), p)
	if got := marksIn(t, page, "periods", "bar-asked"); got != len(p.Periods) {
		t.Errorf("%d bars, want %d", got, len(p.Periods))
	}
	c := newPeriodChart(words.English, "day", []Period{{Start: time.Now()}, {Start: time.Now(), Asked: 4, Removed: 4}})
	if c.Bars[0].AskedH != "0" || c.Bars[1].AskedH != px(periodPlotH) || c.Bars[1].DoneH != px(periodPlotH) {
		t.Errorf("heights: %+v", c.Bars)
	}
	if c := newPeriodChart(words.English, "day", nil); len(c.Bars) != 0 {
		t.Errorf("bars without periods: %+v", c.Bars)
	}
}

func TestBarsAndIntervals(t *testing.T) {
	t.Parallel()
	if b := newTwoBars(40, 10); b.ObservedW != "100" || b.ExpectedW != "25" {
		t.Errorf("two bars: %+v", b)
	}
	if b := newTwoBars(0, 0); b.ObservedW != "0" || b.ExpectedW != "0" {
		t.Errorf("two empty bars: %+v", b)
	}
	iv := newInterval(words.English, PairFigures{EB05: 0.25, EBGM: 1, EB95: 16})
	if iv.From != "0" || iv.Width != "100" || iv.At != iv.One {
		t.Errorf("interval: %+v", iv)
	}
	if iv := newInterval(words.English, PairFigures{EB05: math.NaN()}); iv.From != "0" {
		t.Errorf("interval of no number: %+v", iv)
	}
	s := newShift(Effect{AverageBefore: 4.96, AverageAfter: 4.98})
	if s.High != 5 || s.Before >= s.After {
		t.Errorf("shift: %+v", s)
	}
}
