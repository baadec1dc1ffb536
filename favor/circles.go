package favor

import (
	"cmp"
	"math"
	"slices"
)

// Circle is a group that nobody had named: people and sellers between whom removals exceed what other hands would have
// removed, each pair perhaps by too little to be seen alone. With one row it is that moderator with all the sellers that
// they seem to favour, such as a middleman's; with more it is people who favour the same sellers.
type Circle struct {
	Rows, Cols []string // in order of names; at least two pairs between them
	Effect     float64  // share of the genuine reviews that honest work would have kept and that these removed, best fitting of the grid

	Exposure float64 // decisions of the pairs between them
	Observed int     // removals asked for
	Expected float64 // in other hands

	// LogE is the log of an e-value against work in which, at most, one pair (with more rows: one row) is a favour: what is
	// left without the strongest. With one row it is of all the moderator's pairs at once, whichever they favour; with more
	// rows it has paid for the search through all groups of this size.
	LogE  float64
	Alarm bool
}

// favoursAmong is how many of a moderator's sellers a favour may be taken to be for, mixed over in equal parts.
var favoursAmong = [...]float64{1, 2, 4, 8}

const (
	circleEdge  = 0.5 // log likelihood ratio from which a pair may tie people to sellers
	circleTries = 8   // dense sets looked at for each effect
)

// circles finds them in what the model says of every cell. Alarms hold the false discovery rate: half of it goes to single
// moderators by closed e-BH, half to larger circles by Bonferroni.
func (f *fitted) circles(d *desk, fdr float64) []Circle {
	out := append(f.stars(d, fdr/2), f.blocks(d, fdr/2)...)
	slices.SortStableFunc(out, func(a, b Circle) int {
		return cmp.Or(cmp.Compare(b.LogE, a.LogE), slices.Compare(a.Rows, b.Rows), slices.Compare(a.Cols, b.Cols))
	})
	return out
}

// stars are single moderators: the e-value is the product over their cells of 1 − π + π·e, mixed over the effects, which
// all of them share, and over π, the share of their sellers that they favour; π = 0 for the strongest.
func (f *fitted) stars(d *desk, fdr float64) []Circle {
	byModerator := make([][]int32, f.moderators)
	for k := range f.classes.cells {
		m := f.classes.cells[k].moderator
		byModerator[m] = append(byModerator[m], int32(k))
	}
	logE, members := make([]float64, f.moderators), make([][]int32, f.moderators)
	effect := make([]float64, f.moderators)
	each(f.moderators, func(m int) { logE[m], effect[m], members[m] = f.star(byModerator[m]) })
	var out []Circle
	for m, found := range Discoveries(logE, fdr) {
		if len(members[m]) < 2 {
			continue
		}
		c := f.circle(d, members[m])
		c.Effect, c.LogE, c.Alarm = effect[m], logE[m], found
		out = append(out, c)
	}
	return out
}

// star is the evidence that one moderator favours several of the sellers, with the best fitting effect and the cells that
// are likelier favoured than not under it. If only one cell were favoured, what all but that one say would be an e-value:
// so is what all but the strongest say.
func (f *fitted) star(cells []int32) (logE, effect float64, members []int32) {
	type mix struct {
		effect  int
		pi, sum float64
	}
	var mixes []mix
	best := mix{sum: math.Inf(-1)}
	for a, weight := range f.fixed {
		if weight == 0 {
			continue
		}
		for _, k := range favoursAmong {
			m := mix{a, min(0.5, k/float64(len(cells))), math.Log(weight / float64(len(favoursAmong)))}
			for _, c := range cells {
				m.sum += some(f.cells[c].logs[a], m.pi)
			}
			if mixes = append(mixes, m); m.sum > best.sum {
				best = m
			}
		}
	}
	for _, c := range cells {
		if f.cells[c].logs[best.effect]+logit(best.pi) > 0 {
			members = append(members, c)
		}
	}
	logE = math.Inf(1)
	for _, c := range members {
		var logs []float64
		for _, m := range mixes {
			logs = append(logs, m.sum-some(f.cells[c].logs[m.effect], m.pi))
		}
		logE = min(logE, logSum(logs))
	}
	if len(members) < 2 {
		logE = math.Inf(-1)
	}
	return logE, effects[best.effect%len(effects)], members
}

// logSum is the log of the sum of exponentials; −∞ of none.
func logSum(logs []float64) float64 {
	top := math.Inf(-1)
	for _, l := range logs {
		top = max(top, l)
	}
	if math.IsInf(top, -1) {
		return top
	}
	sum := 0.0
	for _, l := range logs {
		sum += math.Exp(l - top)
	}
	return top + math.Log(sum)
}

// circle adds up cells.
func (f *fitted) circle(d *desk, cells []int32) Circle {
	var c Circle
	for _, k := range cells {
		at, e := &f.classes.cells[k], &f.cells[k]
		c.Rows = append(c.Rows, d.moderators.list[at.moderator])
		c.Cols = append(c.Cols, d.sellers.list[at.seller])
		c.Exposure += float64(e.n)
		c.Observed += e.observed
		c.Expected += e.expected
	}
	for _, names := range []*[]string{&c.Rows, &c.Cols} {
		slices.Sort(*names)
		*names = slices.Compact(*names)
	}
	return c
}

// blocks are sets of several moderators who share several sellers: for each effect the densest sets of pairs (dense.go),
// those kept that don't share a pair with a stronger one.
func (f *fitted) blocks(d *desk, fdr float64) []Circle {
	type block struct {
		cells []int32
		Circle
	}
	var all []block
	for a := range effects {
		edges, of := f.edges(a)
		for range circleTries {
			if edges = shared(edges); len(edges) == 0 {
				break
			}
			dense := densestPart(edges)
			edges = slices.DeleteFunc(edges, func(e edge) bool { return slices.Contains(dense, e) })
			core := shared(dense)
			if len(core) == 0 {
				continue
			}
			var cells []int32
			rows, cols := map[int32]bool{}, map[int32]bool{}
			for _, e := range core {
				rows[e.row], cols[e.col] = true, true
				cells = append(cells, of[[2]int32{e.row, e.col}])
			}
			b := block{cells, f.circle(d, cells)}
			b.LogE, b.Effect = f.searched(cells, len(rows), len(cols))
			b.Alarm = b.LogE >= -math.Log(fdr)
			all = append(all, b)
		}
	}
	slices.SortStableFunc(all, func(a, b block) int { return cmp.Compare(b.LogE, a.LogE) })
	taken := map[int32]bool{}
	var out []Circle
	for _, b := range all {
		if b.LogE <= 0 || slices.ContainsFunc(b.cells, func(k int32) bool { return taken[k] }) {
			continue
		}
		for _, k := range b.cells {
			taken[k] = true
		}
		out = append(out, b.Circle)
	}
	return out
}

// edges are the cells in which an effect shows.
func (f *fitted) edges(effect int) (edges []edge, of map[[2]int32]int32) {
	of = map[[2]int32]int32{}
	for k := range f.cells {
		if l := f.cells[k].logs[effect]; l >= circleEdge {
			at := &f.classes.cells[k]
			edges = append(edges, edge{at.moderator, at.seller, l})
			of[[2]int32{at.moderator, at.seller}] = int32(k)
		}
	}
	return edges, of
}

// searched is the evidence for a set of cells that was searched for: a product of e-values under one effect, mixed over
// the effects, times the prior of the set, which is even over its numbers of rows and of columns, over the rows and columns
// of those numbers, and over which of the pairs between them are in it; the least of it that is left without one row.
func (f *fitted) searched(cells []int32, rows, cols int) (logE, effect float64) {
	logE = math.Inf(1)
	best := math.Inf(-1)
	for _, left := range cells {
		row := f.classes.cells[left].moderator
		var logs []float64
		for a, weight := range f.fixed {
			if weight == 0 {
				continue
			}
			sum, whole := math.Log(weight), 0.0
			for _, k := range cells {
				whole += f.cells[k].logs[a]
				if f.classes.cells[k].moderator != row {
					sum += f.cells[k].logs[a]
				}
			}
			if logs = append(logs, sum); whole > best {
				best, effect = whole, effects[a%len(effects)]
			}
		}
		logE = min(logE, logSum(logs))
	}
	all, n := float64(f.moderators), float64(len(f.of))
	paid := math.Log(all) + math.Log(n) + logChoose(all, float64(rows)) + logChoose(n, float64(cols)) + float64(rows*cols)*math.Ln2
	return logE - paid, effect
}

// logChoose is the log of n over k.
func logChoose(n, k float64) float64 { return lgamma(n+1) - lgamma(k+1) - lgamma(n-k+1) }
