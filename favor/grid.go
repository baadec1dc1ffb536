package favor

import "math"

// Gauss–Hermite nodes and weights for a standard normal.
var (
	leans       = [...]float64{-2.8569700138728, -1.3556261799742659, 0, 1.3556261799742659, 2.8569700138728}
	leanWeights = [...]float64{.011257411327720682, .2220759220056127, .533333333333333, .2220759220056127, .011257411327720682}
)

// grid are likelihoods at the nodes of seller and lean, under honest work and each alternative.
type grid [1 + alternatives][nodes * len(leans)]float64

// used is how many families of the grid the cell has: an approver who is in it shows only where there was something to
// let through.
func (v *view) used() int {
	if !v.withOutcome {
		return 1 + len(effects)
	}
	removals, cell := 0.0, &v.cells[v.cell]
	for i := cell.items.first; i < cell.items.last; i++ {
		if v.items[i].act.is(removed) {
			removals += v.items[i].n
		}
	}
	if removals > 1 {
		return 1 + alternatives
	}
	return 1 + len(effects)
}

// evaluate computes the likelihoods of the cell over the nodes of seller and lean. What blind has of its acts is not seen.
// Afterwards the grid is the posterior of the nodes. With tails it tells what is expected, too.
func (v *view) evaluate(tails bool, blind act) (out evidence) {
	v.leave()
	cell := &v.cells[v.cell]
	used := v.used()
	if blind.is(upheld) {
		used = 1 + len(effects)
	}
	g := &v.w.grid
	for f := range used {
		for k, p := range v.post {
			for j, l := range leanWeights {
				g[f][k*len(leans)+j] = p * l
			}
		}
	}
	var logs [1 + alternatives]float64 // of what was divided out
	for i := cell.items.first; i < cell.items.last; i++ {
		e := v.items[i]
		out.n += int(e.n)
		if e.act.is(removed) {
			out.observed += int(e.n)
		}
		e.act &^= blind
		if e.n <= 3 {
			for range int(e.n) {
				v.multiply(g, &e, used)
			}
		} else {
			v.raise(g, &e, used, &logs)
		}
		if e.n > 1 || (i-cell.items.first)%32 == 31 {
			for f := range used {
				logs[f] += g.rescale(f)
			}
		}
	}
	for f := range used {
		logs[f] += g.rescale(f)
	}
	for f := range out.logs {
		out.logs[f] = logs[1+f%(used-1)] - logs[0]
	}
	if tails {
		v.corrupted(&out, used)
		v.tails(&out)
	}
	return out
}

// multiply brings one decision into the grid.
func (v *view) multiply(g *grid, e *item, used int) {
	bad, good := v.seen(e)
	a, chances := v.placed(e.place), v.at.at(v.classes, e.queue)
	for j := range leans {
		p1, p0 := a.chance[0][j], a.chance[1][j]
		b := bad * p1
		if !e.act.is(removed) {
			b = bad * (1 - p1)
		}
		for f := range used {
			x := good * v.underFavour(e, f, p0)
			to := g[f][j:]
			for k, p := range chances {
				to[k*len(leans)] *= x + p*(b-x)
			}
		}
	}
}

// raise brings an item of many decisions into the grid: the best chance of each family is divided out, so that the power
// doesn't vanish.
func (v *view) raise(g *grid, e *item, used int, logs *[1 + alternatives]float64) {
	one := &v.w.one
	for f := range used {
		for i := range one[f] {
			one[f][i] = 1
		}
	}
	v.multiply(one, e, used)
	for f := range used {
		top := 0.0
		for _, x := range one[f] {
			top = max(top, x)
		}
		logs[f] += e.n * math.Log(top)
		for i, x := range one[f] {
			g[f][i] = max(1e-290, g[f][i]*power(x/top, int(e.n)))
		}
	}
}

// rescale divides a family by its sum, and returns the log of that.
func (g *grid) rescale(f int) float64 {
	sum := 0.0
	for _, x := range g[f] {
		sum += x
	}
	for i := range g[f] {
		g[f][i] /= sum
	}
	return math.Log(sum)
}

// corrupted is how many of the cell's removals that took effect each alternative takes for the favour's, and how likely it
// is that enough of them are to matter. The grid is the posterior.
func (v *view) corrupted(out *evidence, used int) {
	var counts [alternatives]fewer
	for f := range counts {
		counts[f][0] = 1
	}
	g, cell := &v.w.grid, &v.cells[v.cell]
	for i := cell.items.first; i < cell.items.last; i++ {
		e := &v.items[i]
		if !e.act.is(removed) || e.act.is(declined) {
			continue
		}
		bad, good := v.seen(e)
		a, chances := v.placed(e.place), v.at.at(v.classes, e.queue)
		for f := 1; f < used; f++ {
			sum := 0.0
			for j := range leans {
				p0 := a.chance[1][j]
				b, honest := bad*a.chance[0][j], good*p0
				x := good * v.underFavour(e, f, p0)
				for k, p := range chances {
					sum += g[f][k*len(leans)+j] * (1 - p) * (x - honest) / (x + p*(b-x))
				}
			}
			out.corrupt[f-1] += e.n * sum
			for range int(e.n) {
				counts[f-1].add(sum)
			}
		}
	}
	for f := range out.corrupt {
		out.corrupt[f] = out.corrupt[f%(used-1)]
		out.material[f] = counts[f%(used-1)].enough()
	}
}

// fewer is the distribution of a number of independent events below matters.
type fewer [matters]float64

// add is one more event that may happen.
func (c *fewer) add(p float64) {
	for k := len(c) - 1; k > 0; k-- {
		c[k] += p * (c[k-1] - c[k])
	}
	c[0] *= 1 - p
}

// enough is the chance of matters or more.
func (c *fewer) enough() float64 {
	rest := 1.0
	for _, p := range c {
		rest -= p
	}
	return max(0, rest)
}

// underFavour is the chance of what was done with a genuine review: f 0 by honest work, then by each effect, then by each
// with an approver in it.
func (v *view) underFavour(e *item, f int, p0 float64) float64 {
	if f == 0 {
		if e.act.is(removed) {
			return p0
		}
		return 1 - p0
	}
	d := effects[(f-1)%len(effects)]
	if !e.act.is(removed) {
		return (1 - p0) * (1 - d)
	}
	if f > len(effects) {
		switch passed := v.passed[1][e.approver]; {
		case e.act.is(upheld):
			return p0 + d*(1-p0)/passed
		case e.act.is(declined):
			return p0
		}
	}
	return p0 + d*(1-p0)
}
