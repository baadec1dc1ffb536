package web

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"evenhand/words"
)

// The funnel's box, in SVG units.
const (
	funnelW, funnelH                 = 960, 420
	funnelLeft, funnelRight          = 52, 84
	funnelTop, funnelBottom          = 16, 44
	funnelLinks                      = 400 // quiet marks beyond this many are one path
	funnelMinRatio                   = 4.0
	funnelMinExpected                = 0.1
	funnelPlotW, funnelPlotH         = funnelW - funnelLeft - funnelRight, funnelH - funnelTop - funnelBottom
	level95, level998        float64 = 0.05, 0.002
)

// Funnel is a funnel plot ready to be drawn: observed over expected against
// expected, with Poisson limits [Spiegelhalter, Comparing institutional
// performance, Statistics in Medicine 24 (2005), section 3].
type Funnel struct {
	W, H                     int
	Left, Right, Top, Bottom int // edges of the plot
	X, Y                     []Tick
	OneY                     string // where observed equals expected
	Outer, Inner             string // paths of the 99.8 and 95 % limits
	OuterY, InnerY           string // where their labels stand
	Alarms, Outside, Quiet   []Dot  // marks that are links
	Dust                     string // quiet marks too many to be links
	Total, Linked, Over      int    // marks drawn, of them links, above the top edge
}

// Tick is a mark on an axis.
type Tick struct{ At, Label string }

// Dot is one pair's mark. Path is its shape.
type Dot struct{ X, Y, Path, Href, Title string }

// newFunnel lays out the points; base is the marketplace's address.
func newFunnel(l *words.Language, base string, points []PairFigures) Funnel {
	f := Funnel{W: funnelW, H: funnelH, Left: funnelLeft, Top: funnelTop,
		Right: funnelW - funnelRight, Bottom: funnelH - funnelBottom}
	lo, hi, top := funnelRange(points)
	x := func(e float64) float64 {
		e = math.Max(e, lo)
		return funnelLeft + funnelPlotW*math.Log(e/lo)/math.Log(hi/lo)
	}
	y := func(ratio float64) float64 {
		return funnelTop + funnelPlotH*(1-math.Min(ratio, top)/top)
	}
	f.axes(l, lo, hi, top, x, y)
	f.limits(lo, hi, x, y)

	sorted := append([]PairFigures(nil), points...)
	sort.SliceStable(sorted, func(i, j int) bool { return weight(sorted[i]) > weight(sorted[j]) })
	var dust strings.Builder
	for _, p := range sorted {
		f.Total++
		f.place(l, base, p, top, x, y, &dust)
	}
	f.Dust = dust.String()
	return f
}

func (f *Funnel) place(l *words.Language, base string, p PairFigures, top float64, x, y func(float64) float64, dust *strings.Builder) {
	ratio := ratioOf(p)
	d := Dot{X: px(x(p.Expected)), Y: px(y(ratio)),
		Href:  base + "/board/" + p.ModeratorID + "/" + p.SellerID,
		Title: dotTitle(l, p)}
	if ratio > top {
		f.Over++
	}
	switch {
	case p.Alarm:
		d.Path = fmt.Sprintf("M%s %sm0-7l7 7l-7 7l-7-7z", d.X, d.Y)
		f.Alarms = append(f.Alarms, d)
	case ratio > top:
		d.Path = fmt.Sprintf("M%s %sm0-5l4.5 8h-9z", d.X, d.Y)
		f.Outside = append(f.Outside, d)
	case outside(p):
		d.Path = fmt.Sprintf("M%s %sm-3.5-3.5h7v7h-7z", d.X, d.Y)
		f.Outside = append(f.Outside, d)
	case f.Linked < funnelLinks:
		f.Quiet = append(f.Quiet, d)
	default:
		fmt.Fprintf(dust, "M%s %sh0", d.X, d.Y)
		return
	}
	f.Linked++
}

func (f *Funnel) axes(l *words.Language, lo, hi, top float64, x, y func(float64) float64) {
	for _, e := range []float64{.1, .2, .5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000} {
		if e >= lo && e <= hi {
			f.X = append(f.X, Tick{px(x(e)), l.Short(e)})
		}
	}
	step := 1.0
	for top/step > 8 {
		step *= 2
	}
	for r := 0.0; r <= top; r += step {
		f.Y = append(f.Y, Tick{px(y(r)), l.Short(r)})
	}
	f.OneY = px(y(1))
}

// limits draws the two bands, each as one closed path.
func (f *Funnel) limits(lo, hi float64, x, y func(float64) float64) {
	band := func(alpha float64) (path, at string) {
		const steps = 120
		var upper, lower []string
		for i := 0; i <= steps; i++ {
			e := lo * math.Pow(hi/lo, float64(i)/steps)
			l, u := poissonLimits(e, alpha)
			upper = append(upper, px(x(e))+" "+px(y(u)))
			lower = append(lower, px(x(e))+" "+px(y(l)))
			at = px(y(u))
		}
		for i, j := 0, len(lower)-1; i < j; i, j = i+1, j-1 {
			lower[i], lower[j] = lower[j], lower[i]
		}
		return "M" + strings.Join(upper, "L") + "L" + strings.Join(lower, "L") + "z", at
	}
	f.Outer, f.OuterY = band(level998)
	f.Inner, f.InnerY = band(level95)
}

// funnelRange is the span of both axes for the points.
func funnelRange(points []PairFigures) (lo, hi, top float64) {
	lo, hi, top = 1, 10, funnelMinRatio
	for _, p := range points {
		lo = math.Min(lo, math.Max(p.Expected, funnelMinExpected))
		hi = math.Max(hi, p.Expected*1.1)
		if p.Alarm {
			top = math.Max(top, ratioOf(p)*1.1)
		}
	}
	return lo, hi, math.Ceil(top)
}

func dotTitle(l *words.Language, p PairFigures) string {
	text := l.Say("%s and %s: %s asked, %s expected", plain(p.Moderator), plain(p.Seller), l.Count(p.Observed), l.Fixed(1, p.Expected))
	if p.Alarm {
		text += ", " + l.Say("needs a look")
	}
	return text
}

func ratioOf(p PairFigures) float64 {
	if p.Expected <= 0 {
		return 0
	}
	return float64(p.Observed) / p.Expected
}

// outside reports a pair beyond the 95 % limits.
func outside(p PairFigures) bool {
	l, u := poissonLimits(math.Max(p.Expected, funnelMinExpected), level95)
	r := ratioOf(p)
	return r < l || r > u
}

// weight orders marks: those that matter get their link first.
func weight(p PairFigures) float64 {
	w := ratioOf(p) * math.Sqrt(math.Max(p.Expected, 0))
	if p.Alarm {
		w += 1e6
	}
	return w
}
