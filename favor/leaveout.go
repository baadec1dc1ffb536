package favor

import (
	"math"
	"slices"
)

// forecast is what the baseline says of one cell with the cell's own decisions
// taken out of the effects of its row and of its units (and, where it is a large
// part of its queue, out of everything: see refit.go).
type forecast struct {
	row, col int32
	observed int
	trials
	hits     []float64 // of each group, those counted
	variance float64   // of the logit that all its decisions share
}

// forecaster holds what leaving cells out needs.
type forecaster struct {
	*baseline
	byUnit [][]int32 // entries of each unit
	places [][]int32 // levels of each row in its places
}

func newForecaster(b *baseline) *forecaster {
	f := &forecaster{baseline: b, byUnit: make([][]int32, b.table.units)}
	f.places = make([][]int32, len(b.table.rows))
	seen := map[int32]bool{}
	for i := range b.table.entries {
		e := &b.table.entries[i]
		f.byUnit[e.unit] = append(f.byUnit[e.unit], int32(i))
		if b.inPlace == nil || seen[b.inPlace.level[i]] {
			continue
		}
		seen[b.inPlace.level[i]] = true
		f.places[e.row] = append(f.places[e.row], b.inPlace.level[i])
	}
	return f
}

// forecasts predicts every cell, in the order of the table.
func (f *forecaster) forecasts() []forecast {
	cells := f.table.cells()
	all := make([]forecast, len(cells))
	each(len(cells), func(k int) {
		all[k] = f.table.observed(cells[k])
		f.forecast(&all[k], cells[k][0])
	})
	large := f.table.largest(cells)
	each(len(large), func(i int) {
		k := large[i]
		all[k] = f.table.observed(cells[k])
		rest := newForecaster(fitBaseline(f.table.without(cells[k][0], cells[k][1])))
		rest.forecast(&all[k], cells[k][0])
	})
	return all
}

// cells are the ranges of entries that make a cell.
func (t *table) cells() [][2]int {
	var cells [][2]int
	for i, j := 0, 0; i < len(t.entries); i = j {
		for j = i; j < len(t.entries) && t.entries[j].row == t.entries[i].row && t.entries[j].col == t.entries[i].col; j++ {
		}
		if t.entries[i].col >= 0 {
			cells = append(cells, [2]int{i, j})
		}
	}
	return cells
}

// observed is a cell before its forecast.
func (t *table) observed(cell [2]int) forecast {
	entries := t.entries[cell[0]:cell[1]]
	c := forecast{row: entries[0].row, col: entries[0].col}
	c.counts, c.hits = make([]float64, len(entries)), make([]float64, len(entries))
	y := 0.0
	for i := range entries {
		c.counts[i] = entries[i].n
		c.hits[i] = entries[i].y
		c.n += int(entries[i].n)
		y += entries[i].y
	}
	c.observed = int(y)
	return c
}

// forecast predicts the cell whose entries begin at first.
func (f *forecaster) forecast(c *forecast, first int) {
	c.logits = slices.Clone(f.logit[first : first+len(c.counts)])
	c.variance = f.leaveRow(c, first) + f.leaveUnits(c, first)
}

// share is a cell's part in one level.
type share struct{ slope, info, part float64 }

func (s *share) add(e *entry, p, part float64) {
	s.slope += e.y - e.n*p
	s.info += e.n * p * (1 - p)
	s.part += part
}

// leaveRow takes the cell out of the effects of its row and its row in places
// by one Newton step for both together (their information matrix is an arrow,
// solved by its Schur complement), and returns the variance that they leave.
func (f *forecaster) leaveRow(c *forecast, first int) float64 {
	if f.row == nil {
		return 0
	}
	var whole share
	shares := map[int32]*share{}
	for i := range c.counts {
		part := c.counts[i] / float64(c.n)
		whole.add(&f.table.entries[first+i], f.p[first+i], part)
		if f.inPlace == nil {
			continue
		}
		l := f.inPlace.level[first+i]
		if shares[l] == nil {
			shares[l] = &share{}
		}
		shares[l].add(&f.table.entries[first+i], f.p[first+i], part)
	}
	slope, info, weight := -whole.slope, 1/f.row.variance, 1.0
	info += max(0, f.row.info[f.row.level[first]]-whole.info)
	rest := 0.0
	for _, l := range f.places[c.row] {
		s := share{}
		if in := shares[l]; in != nil {
			s = *in
		}
		h := max(0, f.inPlace.info[l]-s.info)
		d := h + 1/f.inPlace.variance
		slope += h / d * s.slope
		info -= h / d * h
		weight -= s.part * h / d
		rest += s.part * s.part / d
	}
	move := bounded(slope / info)
	for i := range c.logits {
		c.logits[i] += move
		if f.inPlace != nil {
			l := f.inPlace.level[first+i]
			h := max(0, f.inPlace.info[l]-shares[l].info)
			c.logits[i] += bounded((-shares[l].slope - h*move) / (h + 1/f.inPlace.variance))
		}
	}
	return weight*weight/info + rest
}

// leaveUnits refits the effect of each of the cell's units to the other rows'
// decisions, and returns the variance that they leave.
func (f *forecaster) leaveUnits(c *forecast, first int) float64 {
	if f.unit == nil {
		return 0
	}
	variance := 0.0
	for i, j := 0, 0; i < len(c.counts); i = j {
		unit, n := f.table.entries[first+i].unit, 0.0
		for j = i; j < len(c.counts) && f.table.entries[first+j].unit == unit; j++ {
			n += c.counts[j]
		}
		move, v := f.leaveUnit(unit, c.row, f.unit.value[f.unit.level[first+i]])
		for k := i; k < j; k++ {
			c.logits[k] += move
		}
		variance += v * (n / float64(c.n)) * (n / float64(c.n))
	}
	return variance
}

// leaveUnit is Newton's method for one unit without one row, from its value.
func (f *forecaster) leaveUnit(unit, row int32, value float64) (move, variance float64) {
	precision := 1 / f.unit.variance
	for range 30 {
		slope, info := -(value+move)*precision, precision
		for _, i := range f.byUnit[unit] {
			e := &f.table.entries[i]
			if e.row == row {
				continue
			}
			p := logistic(f.logit[i] + move)
			slope += e.y - e.n*p
			info += e.n * p * (1 - p)
		}
		step := bounded(slope / info)
		move, variance = move+step, 1/info
		if math.Abs(step) < 0.01 {
			break
		}
	}
	return move, variance
}
