package favor

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// fitted is the model of a desk with what it says of every cell.
type fitted struct {
	*classes
	mixed
	cells []evidence
	picks *picks
	tau   float64
}

// classesFrom is the number of decisions from which there is enough to tell two kinds of review apart; smaller desks are
// compared by the plain baseline (baseline.go).
const classesFrom = 4000

const (
	decontaminations = 2
	refitSweeps      = 5
)

// fitClasses fits the model, takes what it finds favoured out of what it learns habits from, and evaluates every cell.
func (d *desk) fitClasses() *fitted {
	c := d.newClasses()
	c.start()
	c.fit(emAtMost)
	f := &fitted{classes: c, mixed: newMixed(c), tau: 0.25}
	for range decontaminations {
		f.cells = c.newLeaver(f.tau * f.tau).promising()
		f.mixed.fit(f.cells)
		c.decontaminate(&f.mixed, f.cells)
		c.fit(refitSweeps)
	}
	f.cells = c.newLeaver(f.tau * f.tau).all()
	f.mixed.fit(f.cells)
	f.picks = c.picks()
	return f
}

func (d *desk) ranker(f *fitted) *ranker {
	r := &ranker{classes: f.classes, mixed: f.mixed, cells: f.cells, picks: f.picks, group: make([]int32, len(f.of))}
	for i := range d.records {
		r.group[d.records[i].seller] = d.records[i].group
	}
	return r
}

// analyzeModerators makes the report of moderators and sellers.
func (d *desk) analyzeModerators(o Options) (*Report, error) {
	f := d.fitClasses()
	parts := f.partsOf(d)
	r := &Report{By: o.By, classes: true, evidence: true, FDR: o.FDR, Compared: len(f.cells), Spread: f.tau, Decisions: d.read, Used: len(d.records)}
	r.Cells = make([]Cell, len(f.cells))
	for k := range f.cells {
		e := &f.cells[k]
		at := &f.classes.cells[k]
		r.Cells[k] = Cell{
			Row: d.moderators.list[at.moderator], Col: d.sellers.list[at.seller], Exposure: float64(e.n), Observed: e.observed,
			Expected: max(smallestExpected, e.expected), P: e.p, LogE: e.logE(&f.fixed), Parts: parts[k],
			Score: scoreOfOdds(parts[k].Total),
		}
	}
	d.countWrong(r)
	r.Circles = f.circles(d, o.FDR)
	if err := r.shrink(ZeroInclusive, nil); err != nil {
		return nil, err
	}
	r.Limits = append(d.limits(o), r.Limits...)
	return r, r.finish()
}

// partsOf are the parts of every cell's score.
func (f *fitted) partsOf(d *desk) []Parts {
	parts := d.ranker(f).parts()
	f.takeApart(parts)
	return parts
}

// takenApart is the log odds from which a cell's evidence is taken apart.
const takenApart = -7.0

// takeApart tells what of a cell's own evidence is what was asked for, what second persons made of it, and what second
// looks found: the differences between not seeing any of it, seeing the one, and seeing both.
func (f *fitted) takeApart(parts []Parts) {
	l := f.newLeaver(f.tau * f.tau)
	each(len(parts), func(k int) {
		p := &parts[k]
		if p.Total < takenApart || (!f.withOutcome && !f.withLooks) {
			return
		}
		l.visit(int32(k), func(v *view) {
			whole := p.Rate
			bare, second := v.evaluate(false, upheld|declined|seenBad|seenGood), v.evaluate(false, seenBad|seenGood)
			p.Rate = bare.logE(&f.effects)
			p.Approver = second.logE(&f.effects) - p.Rate
			p.Looks = whole - p.Approver - p.Rate
		})
	})
}

// analyzeGroups makes the report of moderators and groups of sellers: one effect for all of a group's sellers, so that the
// log likelihoods add up effect by effect, and what is light at each seller shows in all of them.
func (d *desk) analyzeGroups(o Options) (*Report, error) {
	f := d.fitClasses()
	ranker := d.ranker(f)
	type sums struct {
		evidence
		each  []float64
		picks float64
	}
	found := map[[2]int32]*sums{}
	var order [][2]int32
	used := 0
	for k := range f.cells {
		at, e := &f.classes.cells[k], &f.cells[k]
		g := ranker.group[at.seller]
		if g == 0 {
			continue
		}
		key := [2]int32{at.moderator, g}
		if found[key] == nil {
			found[key] = &sums{}
			order = append(order, key)
		}
		t := found[key]
		t.n += e.n
		used += e.n
		t.observed += e.observed
		t.expected += e.expected
		for a := range e.logs {
			t.logs[a] += e.logs[a]
			t.corrupt[a] += e.corrupt[a]
		}
		t.each = append(t.each, e.p)
		t.picks += f.picks.evidence(k)
	}
	if len(order) == 0 {
		return nil, fmt.Errorf("favor: nothing to compare by %s: none of %d decisions has what it needs", o.By, d.read)
	}
	slices.SortFunc(order, func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) })
	r := &Report{By: o.By, classes: true, evidence: true, FDR: o.FDR, Compared: len(order), Spread: f.tau, Decisions: d.read, Used: used}
	usual := math.Log(favouring * favouredMost)
	for _, key := range order {
		t := found[key]
		for a, mean := range t.corrupt {
			t.material[a] = atLeast(matters, mean)
		}
		parts := Parts{Usual: usual, Rate: t.logE(&f.effects), Picking: t.picks}
		parts.Matters = ranker.important(&t.evidence) - parts.Rate
		parts.add()
		r.Cells = append(r.Cells, Cell{
			Row: d.moderators.list[key[0]], Col: d.groups.list[key[1]], Exposure: float64(t.n), Observed: t.observed,
			Expected: max(smallestExpected, t.expected), P: combined(t.each), LogE: t.logE(&f.fixed), Parts: parts,
			Score: scoreOfOdds(parts.Total), Looks: 1,
		})
	}
	d.countWrong(r)
	if err := r.shrink(ZeroInclusive, nil); err != nil {
		return nil, err
	}
	r.Limits = append(d.limits(o), r.Limits...)
	return r, r.finish()
}

// combined is Fisher's: −2 Σ ln p is χ² with two degrees for each (Statistical Methods for Research Workers, 1932).
func combined(each []float64) float64 {
	sum := 0.0
	for _, p := range each {
		sum -= math.Log(max(smallestP, p))
	}
	return max(smallestP, mathext.GammaIncRegComp(float64(len(each)), sum))
}

// scoreOfOdds is log10 of one more than the odds: never below 0, and in their order.
func scoreOfOdds(logOdds float64) float64 {
	if logOdds > 600 {
		return min(300, logOdds/math.Ln10)
	}
	return math.Log1p(math.Exp(logOdds)) / math.Ln10
}

// countWrong counts the removals of each cell that a second look found wrong.
func (d *desk) countWrong(r *Report) {
	wrong := map[[2]string]int{}
	for i := range d.records {
		x := &d.records[i]
		if x.labelled && x.action == Remove && x.label == Genuine {
			if cell, ok := d.cellOf(x, r.By); ok {
				wrong[cell]++
			}
		}
	}
	for i := range r.Cells {
		r.Cells[i].Wrong = wrong[[2]string{r.Cells[i].Row, r.Cells[i].Col}]
		r.Cells[i].Looks = 1
	}
}
