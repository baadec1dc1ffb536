package favor

import "math"

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
	refitSweeps      = 15
)

// fitClasses fits the model, takes what it finds favoured out of what it learns habits from, and evaluates every cell.
func (d *desk) fitClasses() *fitted {
	c := d.newClasses()
	c.start()
	c.fit(emAtMost)
	f := &fitted{classes: c, mixed: newMixed(c), tau: 0.25}
	for round := range decontaminations + 1 {
		f.cells = c.newLeaver(f.tau * f.tau).all(round == decontaminations)
		f.mixed.fit(f.cells)
		if round < decontaminations {
			c.decontaminate(&f.mixed, f.cells)
			c.fit(refitSweeps)
		}
	}
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
	parts := d.ranker(f).parts()
	r := &Report{By: o.By, classes: true, FDR: o.FDR, Compared: len(f.cells), Spread: f.tau, Decisions: d.read, Used: len(d.records)}
	r.Cells = make([]Cell, len(f.cells))
	for k := range f.cells {
		e := &f.cells[k]
		at := &f.classes.cells[k]
		r.Cells[k] = Cell{
			Row: d.moderators.list[at.moderator], Col: d.sellers.list[at.seller], Exposure: float64(e.n), Observed: e.observed,
			Expected: max(smallestExpected, e.expected), P: e.p, LogE: e.logE(&f.fixed), Parts: parts[k],
			Score: math.Log1p(math.Exp(min(600, parts[k].Total))) / math.Ln10,
		}
		if parts[k].Total > 600 {
			r.Cells[k].Score = parts[k].Total / math.Ln10
		}
	}
	dumpParts(r, f)
	d.countWrong(r)
	if err := r.shrink(ZeroInclusive, nil); err != nil {
		return nil, err
	}
	r.Limits = append(d.limits(o), r.Limits...)
	return r, r.finish()
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
