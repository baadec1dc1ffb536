package favor

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// Monitor watches the evidence of many pairs over time and says when one has crossed its bar. The chance that it is ever
// wrong about anybody, at an honest desk and for as long as it runs, is at most Alpha.
//
// A pair's e-value is, given the rest of the desk, a likelihood ratio of all of the pair's decisions so far. Under honest
// work the chance that such a process ever reaches 1/a is at most a (Ville's inequality; Ramdas, Grünwald, Vovk and Shafer
// 2023, Statistical Science 38, 576), so that each pair has a part a of Alpha and a bar of ln 1/a, and the parts add up to
// Alpha (Bonferroni). That holds for running maxima, for which e-BH doesn't (Tavyrikov, Goeman and de Heide 2025, arXiv
// 2501.19360): "once crossed, always crossed" is right here, and only here. It is as exact as the model behind the
// e-values; docs/statistics.md has what was measured.
//
// How many pairs there will be isn't known. The first Expected pairs to appear share half of Alpha evenly, the next
// 2·Expected a quarter, the next 4·Expected an eighth, and so on; a pair's bar never moves. All fields are exported so that
// the state can be kept as JSON between reports; the same reports in the same order give the same state.
type Monitor struct {
	Alpha    float64   // between 0 and 1
	Expected int       // pairs, at least 1
	Last     time.Time // of the report seen last
	Watched  []Watched // in order of appearance; pairs that appear together, by name
}

// Watched is one pair under watch, in natural logs.
type Watched struct {
	Row, Col string
	First    time.Time // of the first report that has it
	Bar      float64   // LogE from which it has crossed
	LogE     float64   // in the last report that has it
	Max      float64   // the highest so far
	Crossed  time.Time // of the report in which it first reached its bar; zero: never
}

// NewMonitor begins a watch.
func NewMonitor(alpha float64, expected int) (*Monitor, error) {
	m := &Monitor{Alpha: alpha, Expected: expected}
	return m, m.check()
}

func (m *Monitor) check() error {
	switch {
	case !(m.Alpha > 0 && m.Alpha < 1):
		return fmt.Errorf("favor: monitor: alpha %v is not between 0 and 1", m.Alpha)
	case m.Expected < 1:
		return fmt.Errorf("favor: monitor: %d expected pairs", m.Expected)
	}
	return nil
}

// bar is that of the pair that appeared after n others.
func (m *Monitor) bar(n int) float64 {
	block, size := 0, float64(m.Expected)
	for before := size; float64(n) >= before; before += size {
		block++
		size *= 2
	}
	return math.Log(size) + float64(block+1)*math.Ln2 - math.Log(m.Alpha)
}

// Observe takes in a report of the whole history up to a time, and returns the pairs that cross their bars with it, the
// strongest first. It is an error, and changes nothing, when the report has no e-values (a table of counts or of
// approvers) or is older than the last one.
func (m *Monitor) Observe(at time.Time, r *Report) ([]Watched, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	switch {
	case !r.evidence:
		return nil, errors.New("favor: monitor: the report has no e-values")
	case at.Before(m.Last):
		return nil, fmt.Errorf("favor: monitor: a report of %s after one of %s", at.Format(time.RFC3339), m.Last.Format(time.RFC3339))
	}
	m.Last = at
	place := make(map[[2]string]int, len(m.Watched))
	for i := range m.Watched {
		place[[2]string{m.Watched[i].Row, m.Watched[i].Col}] = i
	}
	cells := slices.Clone(r.Cells)
	slices.SortFunc(cells, func(a, b Cell) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Col, b.Col)) })
	var crossed []Watched
	for i := range cells {
		c := &cells[i]
		k, ok := place[[2]string{c.Row, c.Col}]
		if !ok {
			k = len(m.Watched)
			m.Watched = append(m.Watched, Watched{Row: c.Row, Col: c.Col, First: at, Bar: m.bar(k), Max: c.LogE})
		}
		w := &m.Watched[k]
		w.LogE, w.Max = c.LogE, max(w.Max, c.LogE)
		if w.Crossed.IsZero() && w.LogE >= w.Bar {
			w.Crossed = at
			crossed = append(crossed, *w)
		}
	}
	slices.SortStableFunc(crossed, func(a, b Watched) int { return cmp.Compare(b.LogE, a.LogE) })
	return crossed, nil
}
