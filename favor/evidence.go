package favor

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// effects is the grid of d: of the genuine reviews that an honest moderator would have kept, the share that a favouring one
// removes. Each is tried as it is and, where the second person's verdicts are known, with an approver in it who lets
// through whatever the favour removes.
var effects = [...]float64{.1, .2, .35, .55, .8}

const (
	families     = 2
	alternatives = families * len(effects)
	colluding    = 0.2 // how much of the alternative has an approver in it, where verdicts are known
)

// Gauss–Hermite nodes and weights for a standard normal.
var (
	leans       = [...]float64{-2.8569700138728, -1.3556261799742659, 0, 1.3556261799742659, 2.8569700138728}
	leanWeights = [...]float64{.011257411327720682, .2220759220056127, .533333333333333, .2220759220056127, .011257411327720682}
)

// evidence is what the model says of one cell with the cell left out of all that it is compared with.
type evidence struct {
	n, observed int
	expected    float64
	p           float64
	logNull     float64               // log likelihood of honest work
	logs        [alternatives]float64 // of each alternative, less logNull
	corrupt     [alternatives]float64 // removals that the favour made, under each alternative
}

// leaver evaluates cells. habitsLeft are the logits of a cell's places without it.
type leaver struct {
	*classes
	byModerator [][]int32 // places
	tau2        float64
}

func (c *classes) newLeaver(tau2 float64) *leaver {
	l := &leaver{classes: c, byModerator: make([][]int32, c.moderators), tau2: tau2}
	for p := range c.places {
		m := c.places[p].moderator
		l.byModerator[m] = append(l.byModerator[m], int32(p))
	}
	return l
}

// all evaluates every cell.
func (l *leaver) all(tails bool) []evidence {
	out := make([]evidence, len(l.cells))
	batches := l.batches()
	ranges(len(batches), 1, func(first, last int) {
		for i := first; i < last; i++ {
			var w work
			for s := batches[i].first; s < batches[i].last; s++ {
				l.sellerCells(s, &w, out, tails)
			}
		}
	})
	return out
}

// sellerCells evaluates the cells of one seller.
func (l *leaver) sellerCells(s int32, w *work, out []evidence, tails bool) {
	if l.of[s].first == l.of[s].last {
		return
	}
	post := l.whole(s, w)
	for k := l.of[s].first; k < l.of[s].last; k++ {
		v := l.view(k, w, &post)
		out[k] = v.evaluate(tails, 0)
	}
}

// visit is for one cell alone.
func (l *leaver) visit(k int32, do func(v *view)) {
	var w work
	post := l.whole(l.cells[k].seller, &w)
	do(l.view(k, &w, &post))
}

// whole fills in the factors of a seller's items, and returns the posterior of its deviation.
func (l *leaver) whole(s int32, w *work) [nodes]float64 {
	var whole, product [nodes]float64
	for k, x := range steps {
		v := l.centre[s] + l.width[s]*x
		whole[k], product[k] = -v*v/(2*l.spread), 1
	}
	w.bad, w.good = w.bad[:0], w.good[:0]
	for k := l.of[s].first; k < l.of[s].last; k++ {
		for i := l.cells[k].items.first; i < l.cells[k].items.last; i++ {
			e := &l.items[i]
			bad, good := l.factors(e, l.extra[k])
			w.bad, w.good = append(w.bad, bad), append(w.good, good)
			multiply(&whole, &product, w.at(l.classes, s, e.queue, l.centre[s], l.width[s]), bad, good, e.n)
		}
	}
	return normalised(&whole, &product)
}

// view takes a cell out of all that it is compared with.
func (l *leaver) view(k int32, w *work, post *[nodes]float64) *view {
	v := &view{leaver: l, cell: k, w: w, base: int(l.cells[l.of[l.cells[k].seller].first].items.first)}
	v.room()
	v.leaveHabits(post)
	v.leaveSeller()
	return v
}

// view is one cell being evaluated.
type view struct {
	*leaver
	cell   int32
	w      *work
	base   int
	places []placeLeft
	centre float64 // of the seller's deviation, without the cell
	width  float64
	post   [nodes]float64
	sd     [2]float64 // of the shared lean of each habit
}

// placeLeft is a place of the cell's moderator with the cell's part in it.
type placeLeft struct {
	place             int32
	counted, happened [2]float64
	logit             [2]float64
	share             float64
	chance            [2][len(leans)]float64
}

func (v *view) room() {
	cell := &v.cells[v.cell]
	for _, p := range v.byModerator[cell.moderator] {
		v.places = append(v.places, placeLeft{place: p, logit: [2]float64{v.habit[0].logit[p], v.habit[1].logit[p]}})
	}
}

func (v *view) at(place int32) *placeLeft {
	for i := range v.places {
		if v.places[i].place == place {
			return &v.places[i]
		}
	}
	panic("favor: a decision outside its moderator's places")
}

// leaveHabits takes the cell out of its moderator's habits by one Newton step for moderator and places together (their
// information matrix is an arrow, solved by its Schur complement), and tells how uncertain they stay.
func (v *view) leaveHabits(post *[nodes]float64) {
	cell := &v.cells[v.cell]
	total := 0.0
	for i := cell.items.first; i < cell.items.last; i++ {
		e := &v.items[i]
		bad, good := v.w.bad[int(i)-v.base], v.w.good[int(i)-v.base]
		r := 0.0
		for k, p := range v.w.chances[e.queue] {
			r += post[k] * p * bad / (p*bad + (1-p)*good)
		}
		at := v.at(e.place)
		at.share += e.n
		total += e.n
		for z, n := range [2]float64{e.n * r, e.n * (1 - r)} {
			at.counted[z] += n
			if e.act.is(removed) {
				p0 := v.habit[1].chance[e.place]
				at.happened[z] += n * []float64{1, p0 / (p0 + v.extra[v.cell]*(1-p0))}[z]
			}
		}
	}
	for z := range v.habit {
		h := &v.habit[z]
		mv, vv := h.by[0].variance, h.by[2].variance
		slope, info, weight, rest := 0.0, 1/mv, 1.0, 0.0
		for i := range v.places {
			a := &v.places[i]
			p := h.chance[a.place]
			g, left := a.happened[z]-a.counted[z]*p, max(0, (h.counted[a.place]-a.counted[z])*p*(1-p))
			d := left + 1/vv
			slope -= g * (1 - left/d)
			info += left * (1 - left/d)
			part := a.share / total
			weight -= part * left / d
			rest += part * part / d
		}
		move := bounded(slope / info)
		for i := range v.places {
			a := &v.places[i]
			p := h.chance[a.place]
			g, left := a.happened[z]-a.counted[z]*p, max(0, (h.counted[a.place]-a.counted[z])*p*(1-p))
			a.logit[z] += move + bounded((-g-left*move)/(left+1/vv))
		}
		v.sd[z] = math.Sqrt(weight*weight/info + rest + v.tau2)
	}
	for i := range v.places {
		for z := range v.sd {
			for j, x := range leans {
				v.places[i].chance[z][j] = logistic(v.places[i].logit[z] + v.sd[z]*x)
			}
		}
	}
}

// leaveSeller finds the posterior of the seller's deviation from the other moderators' decisions.
func (v *view) leaveSeller() {
	s := v.cells[v.cell].seller
	v.centre, v.width = v.leaver.centre[s], v.leaver.width[s]
	for round := range 6 {
		logs, product := [nodes]float64{}, [nodes]float64{}
		for k, x := range steps {
			at := v.centre + v.width*x
			logs[k], product[k] = -at*at/(2*v.spread), 1
		}
		var w work
		w.ready, w.chances = v.w.ready2(v.classes)
		for k := v.of[s].first; k < v.of[s].last; k++ {
			if k == v.cell {
				continue
			}
			for i := v.cells[k].items.first; i < v.cells[k].items.last; i++ {
				e := &v.items[i]
				multiply(&logs, &product, w.at(v.classes, s, e.queue, v.centre, v.width), v.w.bad[int(i)-v.base], v.w.good[int(i)-v.base], e.n)
			}
		}
		v.post = normalised(&logs, &product)
		mean, square := 0.0, 0.0
		for k, x := range steps {
			mean += v.post[k] * x
			square += v.post[k] * x * x
		}
		sd := math.Sqrt(max(0.04, square-mean*mean))
		if round > 0 && math.Abs(mean) < 0.3 && sd > 0.75 && sd < 1.35 || round == 5 {
			return
		}
		v.centre += v.width * mean
		v.width = min(v.width*sd*1.05, math.Sqrt(v.spread))
	}
}

// grid are likelihoods at the nodes of seller and lean, under honest work and each alternative.
type grid [1 + alternatives][nodes * len(leans)]float64

// evaluate computes the likelihoods of the cell over the nodes of seller and lean. What blind has of its acts is not seen.
func (v *view) evaluate(tails bool, blind act) evidence {
	var w work
	w.ready, w.chances = v.w.ready2(v.classes)
	cell, s := &v.cells[v.cell], v.cells[v.cell].seller
	var out evidence
	for i := cell.items.first; i < cell.items.last; i++ {
		out.n += int(v.items[i].n)
		if v.items[i].act.is(removed) {
			out.observed += int(v.items[i].n)
		}
	}
	used := 1 + len(effects)
	if v.withOutcome && out.observed > 1 && !blind.is(upheld) {
		used = 1 + alternatives
	}
	var logs [1 + alternatives]float64 // of what was divided out
	g := &v.w.grid
	for f := range used {
		for k, p := range v.post {
			for j, l := range leanWeights {
				g[f][k*len(leans)+j] = p * l
			}
		}
	}
	for i := cell.items.first; i < cell.items.last; i++ {
		seen := v.items[i]
		seen.act &^= blind
		e, one := &seen, seen.n == 1
		if one {
			v.multiply(g, e, w.at(v.classes, s, e.queue, v.centre, v.width), used)
		} else {
			v.raise(g, e, w.at(v.classes, s, e.queue, v.centre, v.width), used, &logs)
		}
		if !one || (i-cell.items.first)%32 == 31 {
			for f := range used {
				logs[f] += g.rescale(f)
			}
		}
	}
	for f := range used {
		logs[f] += g.rescale(f)
	}
	if tails {
		v.corrupted(g, &w, &out, used)
	}
	out.logNull = logs[0]
	for f := range out.logs {
		out.logs[f] = logs[1+f%(used-1)] - logs[0]
	}
	if tails {
		v.tails(&out, &w)
	}
	return out
}

// multiply brings an item into the grid.
func (v *view) multiply(g *grid, e *item, chances *[nodes]float64, used int) {
	bad, good := v.seen(e)
	a := v.at(e.place)
	for j := range leans {
		p1, p0 := a.chance[0][j], a.chance[1][j]
		b := bad * p1
		if !e.act.is(removed) {
			b = bad * (1 - p1)
		}
		for f := range used {
			x := good * v.underFavour(e, f, p0)
			for k, p := range chances {
				g[f][k*len(leans)+j] *= x + p*(b-x)
			}
		}
	}
}

// raise brings an item of many decisions into the grid: the best chance of each family is divided out, so that the power
// doesn't vanish.
func (v *view) raise(g *grid, e *item, chances *[nodes]float64, used int, logs *[1 + alternatives]float64) {
	one := &v.w.one
	for f := range used {
		for i := range one[f] {
			one[f][i] = 1
		}
	}
	v.multiply(one, e, chances, used)
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

// corrupted is how many of the cell's removals each alternative takes for the favour's. The grid is the posterior.
func (v *view) corrupted(g *grid, w *work, out *evidence, used int) {
	cell, s := &v.cells[v.cell], v.cells[v.cell].seller
	for i := cell.items.first; i < cell.items.last; i++ {
		e := &v.items[i]
		if !e.act.is(removed) {
			continue
		}
		bad, good := v.seen(e)
		a, chances := v.at(e.place), w.at(v.classes, s, e.queue, v.centre, v.width)
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
		}
	}
	for f := range out.corrupt {
		out.corrupt[f] = out.corrupt[f%(used-1)]
	}
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

// tails computes what is expected of the cell, and the chance of at least as much, from what the reviews look like and
// what others did: what became of the cell's own requests and second looks at them play no part.
func (v *view) tails(out *evidence, w *work) {
	cell, s := &v.cells[v.cell], v.cells[v.cell].seller
	var weights [nodes][len(leans)]float64
	total := 0.0
	var looks [nodes]float64
	for k := range looks {
		for i := cell.items.first; i < cell.items.last; i++ {
			e := &v.items[i]
			p := w.at(v.classes, s, e.queue, v.centre, v.width)[k]
			looks[k] += e.n * math.Log(1-p+p*v.like[e.queue][e.bin])
		}
	}
	top := math.Inf(-1)
	for _, l := range looks {
		top = max(top, l)
	}
	for k := range nodes {
		for j := range leans {
			weights[k][j] = v.post[k] * leanWeights[j] * math.Exp(looks[k]-top)
			total += weights[k][j]
		}
	}
	chances := make([]float64, 0, 64)
	var buffer [exactAtMost + 1]float64
	for k := range nodes {
		for j := range leans {
			weight := weights[k][j] / total
			if weight < 1e-12 {
				continue
			}
			chances = chances[:0]
			mean := 0.0
			for i := cell.items.first; i < cell.items.last; i++ {
				e := &v.items[i]
				p := w.at(v.classes, s, e.queue, v.centre, v.width)[k]
				bad := p * v.like[e.queue][e.bin] / (1 - p + p*v.like[e.queue][e.bin])
				a := v.at(e.place)
				chance := bad*a.chance[0][j] + (1-bad)*a.chance[1][j]
				mean += e.n * chance
				for range int(e.n) {
					chances = append(chances, chance)
				}
			}
			out.expected += weight * mean
			out.p += weight * tailOf(chances, out.observed, mean, buffer[:])
		}
	}
	out.p = max(smallestP, min(1, out.p))
}

// tailOf is the chance of at least r of independent events: exact up to exactAtMost of them, above it the binomial's of
// the same mean (see trials.tail).
func tailOf(chances []float64, r int, mean float64, buffer []float64) float64 {
	n := len(chances)
	switch {
	case r <= 0:
		return 1
	case n > exactAtMost:
		return mathext.RegIncBeta(float64(r), float64(n-r+1), mean/float64(n))
	}
	pmf := buffer[:r+1]
	clear(pmf)
	pmf[0] = 1
	for done, p := range chances {
		pmf[r] += pmf[r-1] * p
		for k := min(done+1, r-1); k > 0; k-- {
			pmf[k] += p * (pmf[k-1] - pmf[k])
		}
		pmf[0] *= 1 - p
	}
	return pmf[r]
}

// ready2 gives fresh room for chances at other nodes.
func (w *work) ready2(c *classes) ([]int32, [][nodes]float64) {
	if w.spare == nil {
		w.spare, w.spareChances = make([]int32, c.queues), make([][nodes]float64, c.queues)
	}
	clear(w.spare)
	return w.spare, w.spareChances
}

// logE is the evidence for a favour: the log of the likelihood ratio mixed over the effects with the given weights.
func (e *evidence) logE(weights *[alternatives]float64) float64 {
	top := math.Inf(-1)
	for f, l := range e.logs {
		if weights[f] > 0 {
			top = max(top, l)
		}
	}
	sum := 0.0
	for f, l := range e.logs {
		if weights[f] > 0 {
			sum += weights[f] * math.Exp(l-top)
		}
	}
	return top + math.Log(sum)
}
