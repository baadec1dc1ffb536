package favor

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
)

// Analyze makes the table of o.By from the decisions, which may come in any
// order, and compares each of its cells with what the same work would have
// produced in other hands. An error of the sequence ends it and is returned; so
// is a history with nothing to compare. Decision ids are taken as distinct
// (ReadDecisions sees to it).
func Analyze(decisions iter.Seq2[Decision, error], o Options) (*Report, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	d, err := readDesk(decisions, o, false)
	if err != nil {
		return nil, err
	}
	return d.analyze(o)
}

func (d *desk) analyze(o Options) (*Report, error) {
	if len(d.records) >= classesFrom {
		switch o.By {
		case ModeratorSeller:
			return d.analyzeModerators(o)
		case ModeratorGroup:
			return d.analyzeGroups(o)
		}
	}
	t, err := d.table(o.By)
	if err != nil {
		return nil, err
	}
	b := fitBaseline(t)
	forecasts := newForecaster(b).forecasts()
	tau := spread(forecasts)
	r := &Report{By: o.By, FDR: o.FDR, Compared: len(forecasts), Spread: tau, Decisions: d.read, Used: t.used}
	r.Cells = make([]Cell, len(forecasts))
	r.evidence = o.By == ModeratorSeller || o.By == ModeratorGroup
	each(len(forecasts), func(i int) {
		r.Cells[i] = forecasts[i].cell(t, tau)
		if r.evidence {
			r.Cells[i].LogE = forecasts[i].logE(forecasts[i].variance + tau*tau)
		}
	})
	d.addLooks(r)
	if (o.By == ApproverSeller || o.By == ModeratorApprover) && len(d.records) >= classesFrom {
		d.steer(r)
	}
	if err := r.shrink(ZeroInclusive, nil); err != nil {
		return nil, err
	}
	r.Limits = append(d.limits(o), append(b.limits(), r.Limits...)...)
	return r, r.finish()
}

// cell tests one forecast. P allows for the honest spread, Score doesn't: as a
// bar for alarms the spread is needed, in ranking it sets large cells back.
func (c *forecast) cell(t *table, tau float64) Cell {
	return Cell{
		Row: t.rows[c.row], Col: t.cols[c.col],
		Exposure: float64(c.n), Observed: c.observed,
		Expected: max(smallestExpected, c.expected(c.variance+tau*tau)),
		P:        c.pValue(c.observed, c.variance+tau*tau),
		Score:    scoreOf(c.pValue(c.observed, c.variance)),
	}
}

// scoreOf is −log10 p, without a negative zero.
func scoreOf(p float64) float64 { return max(0, -math.Log10(p)) }

// shrink fills in Model and the shrunk ratios, at the given Theta or a fit.
func (r *Report) shrink(likelihood Likelihood, given *Theta) error {
	points := make([]Point, 0, len(r.Cells))
	for _, c := range r.Cells {
		if c.Observed > 0 || likelihood == ZeroInclusive {
			points = append(points, Point{N: c.Observed, Expected: c.Expected, Weight: 1})
		}
	}
	r.Likelihood = likelihood
	if given != nil {
		r.Model, r.NegLogLik = *given, given.NegLogLik(points, likelihood)
	} else {
		fit, err := Fit(points, likelihood)
		if err != nil {
			return err
		}
		r.Model, r.NegLogLik, r.Fitted = fit.Theta, fit.NegLogLik, true
		r.Limits = append(r.Limits, fit.limits()...)
	}
	each(len(r.Cells), func(i int) {
		c := &r.Cells[i]
		s := r.Model.Score(c.Observed, c.Expected)
		c.EBGM, c.EB05, c.EB95 = s.EBGM, s.EB05, s.EB95
	})
	return nil
}

// limits says what a fit couldn't tell.
func (f Fitted) limits() []string {
	var l []string
	if !f.Converged {
		l = append(l, "The fit of the shrinkage did not converge: ebgm, eb05 and eb95 are approximate.")
	}
	if f.Edge {
		l = append(l, "The shrinkage ran to the edge of its range: ordinary cells differ no more than chance explains, and are shrunk to one value.")
	}
	return l
}

// finish corrects for the number of comparisons, sets the alarms and sorts.
// Where approvers share out the same requests, one's gain is another's loss, and
// the correction is the one that holds for that, too. A
// number that isn't finite is an error: it must not reach anyone's screen.
func (r *Report) finish() error {
	p := make([]float64, len(r.Cells))
	for i, c := range r.Cells {
		p[i] = c.P
	}
	qs := FalseDiscovery(p)
	if r.By == ApproverSeller || r.By == ModeratorApprover {
		dependent(qs)
	}
	var discoveries []bool
	if r.classes {
		logE := make([]float64, len(r.Cells))
		for i, c := range r.Cells {
			logE[i] = c.LogE
		}
		discoveries = Discoveries(logE, r.FDR)
	}
	for i, q := range qs {
		c := &r.Cells[i]
		c.Q = q
		c.Alarm = q <= r.FDR
		if r.classes {
			c.Alarm = discoveries[i]
		}
		if c.Alarm {
			r.Alarms++
		}
		for _, v := range []float64{c.Exposure, c.Expected, c.EBGM, c.EB05, c.EB95, c.P, c.Q, c.Score} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("favor: %q with %q: a figure is not finite (%+v)", c.Row, c.Col, *c)
			}
		}
	}
	r.sort()
	return nil
}

// sort puts the cells in order: by score, then EB05, then names. Cells are large: their places are sorted, then they move.
func (r *Report) sort() {
	order := make([]int32, len(r.Cells))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int {
		a, b := &r.Cells[i], &r.Cells[j]
		switch {
		case a.Score != b.Score:
			return cmp.Compare(b.Score, a.Score)
		case a.EB05 != b.EB05:
			return cmp.Compare(b.EB05, a.EB05)
		case a.Row != b.Row:
			return cmp.Compare(a.Row, b.Row)
		}
		return cmp.Compare(a.Col, b.Col)
	})
	sorted := make([]Cell, len(order))
	for to, from := range order {
		sorted[to] = r.Cells[from]
	}
	r.Cells = sorted
}
