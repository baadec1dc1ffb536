package web

import (
	"math"
	"time"

	"evenhand/words"
)

// PeriodChart is the bars above the removals.
type PeriodChart struct {
	W, H, Base int // Base is the y of the axis
	Bars       []PeriodBar
	Y          []Tick
	Labels     []Tick // under some of the bars
}

// PeriodBar is one period: the outline is what was asked, the filled part
// what took effect, and Hit the whole column, so that low bars can be hit.
type PeriodBar struct {
	X, Width        string
	AskedY, AskedH  string
	DoneY, DoneH    string
	HitX, HitWidth  string
	Href, Title     string
	Selected, Empty bool
}

const (
	periodW, periodH                          = 960, 120
	periodLeft, periodTop, periodFoot         = 36, 8, 20
	periodPlotH                       float64 = periodH - periodTop - periodFoot
	periodMaxBar                              = 40.0
)

func newPeriodChart(l *words.Language, unit string, periods []Period) PeriodChart {
	c := PeriodChart{W: periodW, H: periodH, Base: periodH - periodFoot}
	most := 1
	for _, p := range periods {
		most = max(most, p.Asked, p.Removed)
	}
	height := func(n int) float64 { return periodPlotH * float64(n) / float64(most) }
	for _, n := range axisSteps(most) {
		c.Y = append(c.Y, Tick{px(float64(c.Base) - height(n)), l.Count(n)})
	}
	if len(periods) == 0 {
		return c
	}
	slot := float64(periodW-periodLeft) / float64(len(periods))
	width := math.Min(slot*0.7, periodMaxBar)
	every := int(math.Ceil(float64(len(periods)) / 12))
	for i, p := range periods {
		left := periodLeft + slot*float64(i)
		asked, done := height(p.Asked), height(min(p.Removed, p.Asked))
		c.Bars = append(c.Bars, PeriodBar{
			X: px(left + (slot-width)/2), Width: px(width),
			HitX: px(left), HitWidth: px(slot),
			AskedY: px(float64(c.Base) - asked), AskedH: px(asked),
			DoneY: px(float64(c.Base) - done), DoneH: px(done),
			Href: p.Href, Title: periodTitle(l, unit, p),
			Selected: p.Selected, Empty: p.Asked == 0,
		})
		if i%every == 0 {
			c.Labels = append(c.Labels, Tick{px(left + slot/2), periodLabel(l, unit, p.Start)})
		}
	}
	return c
}

func periodTitle(l *words.Language, unit string, p Period) string {
	name := periodLabel(l, unit, p.Start)
	if unit == "week" {
		name = l.Say("Week of %s", name)
	}
	return l.Say("%s: %s asked, %s took effect", name, l.Count(p.Asked), l.Count(p.Removed))
}

func periodLabel(l *words.Language, unit string, t time.Time) string {
	if unit == "month" {
		return l.Date(t.UTC(), "Jan 2006")
	}
	return l.Date(t.UTC(), "2 Jan")
}

// axisSteps are zero, the top and, where it is a whole number, the middle.
func axisSteps(most int) []int {
	if most%2 == 0 {
		return []int{0, most / 2, most}
	}
	return []int{0, most}
}

// TwoBars sets observed against expected.
type TwoBars struct {
	ObservedW, ExpectedW string // of 100
	Observed             int
	Expected             float64
}

func newTwoBars(observed int, expected float64) TwoBars {
	most := math.Max(math.Max(float64(observed), expected), 1)
	return TwoBars{
		ObservedW: px(100 * float64(observed) / most),
		ExpectedW: px(100 * expected / most),
		Observed:  observed, Expected: expected,
	}
}

// Interval is a small bar from EB05 to EB95 with EBGM marked, on a log scale
// from 1/4 to 16 with a line at 1.
type Interval struct {
	From, Width, At, One string // of 100
	Title                string
}

func newInterval(l *words.Language, p PairFigures) Interval {
	from, to := intervalAt(p.EB05), intervalAt(p.EB95)
	return Interval{From: px(from), Width: px(math.Max(to-from, 1)),
		At: px(intervalAt(p.EBGM)), One: px(intervalAt(1)),
		Title: l.Say("%s, between %s and %s", l.Fixed(2, p.EBGM), l.Fixed(2, p.EB05), l.Fixed(2, p.EB95))}
}

func intervalAt(v float64) float64 {
	const low, high = -2.0, 4.0 // log2 of 1/4 and 16
	if !(v > 0) {
		return 0
	}
	return math.Min(math.Max(100*(math.Log2(v)-low)/(high-low), 0), 100)
}

// Shift is a seller's average before and after, on a scale that is wide
// enough to see the difference: Low and High are its ends, within 1 to 5.
type Shift struct {
	Before, After string // of 100
	From, Width   string // the piece between them
	Low, High     float64
}

func newShift(e Effect) Shift {
	around := math.Max(2*math.Abs(e.AverageAfter-e.AverageBefore), 0.05)
	low := math.Max(math.Min(e.AverageBefore, e.AverageAfter)-around, 1)
	high := math.Min(math.Max(e.AverageBefore, e.AverageAfter)+around, 5)
	at := func(avg float64) float64 { return math.Min(math.Max(100*(avg-low)/(high-low), 0), 100) }
	b, a := at(e.AverageBefore), at(e.AverageAfter)
	return Shift{Before: px(b), After: px(a), From: px(math.Min(a, b)), Width: px(math.Abs(a - b)),
		Low: low, High: high}
}
