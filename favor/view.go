package favor

import "math"

// view is a seller of whose cells one is looked at.
type view struct {
	*leaver
	w      *work
	seller int32
	base   int32          // first of the seller's items
	total  [nodes]float64 // log likelihood of the seller's deviation by all of its cells
	whole  [nodes]float64 // its posterior

	cell int32
	left bool           // the cell has been left out
	at   *vicinity      // of the seller without the cell
	post [nodes]float64 // posterior of the seller's deviation there
}

// leave takes the cell out of what it is compared with.
func (v *view) leave() {
	if !v.left {
		v.left = true
		v.leaveHabits()
		v.leaveSeller()
	}
}

// leaveSeller finds the posterior of the seller's deviation from the other moderators' decisions: what all of them say less
// what the cell says. Where that lies outside the nodes, or fills too few of them, it is reckoned again at nodes of its own.
func (v *view) leaveSeller() {
	v.at = &v.w.whole
	rest := v.total
	for k, l := range v.w.logs[v.cell-v.of[v.seller].first] {
		rest[k] -= l
	}
	v.post = weights(rest)
	for range 5 {
		mean, variance := moments(&v.post)
		sd := math.Sqrt(max(0.04, variance))
		if math.Abs(mean) < 0.3 && sd > 0.75 && sd < 1.35 {
			return
		}
		centre, width := v.at.centre+v.at.width*mean, min(v.at.width*sd*1.05, math.Sqrt(v.spread))
		v.at = &v.w.apart
		v.at.move(v.classes, centre, width)
		v.post = v.others()
	}
}

// others is the posterior of the seller's deviation without the cell, at the nodes of v.at.
func (v *view) others() [nodes]float64 {
	logs, product := v.at.prior(v.spread), ones
	for k := v.of[v.seller].first; k < v.of[v.seller].last; k++ {
		if k == v.cell {
			continue
		}
		for i := v.cells[k].items.first; i < v.cells[k].items.last; i++ {
			e := &v.items[i]
			multiply(&logs, &product, v.at.at(v.classes, e.queue), v.w.bad[i-v.base], v.w.good[i-v.base], e.n)
		}
	}
	settle(&logs, &product)
	return weights(logs)
}

// rough is the cell's evidence with the cell left in what it is compared with, and nothing integrated over: too little
// rather than too much.
func (v *view) rough() (out evidence) {
	used := v.used()
	cell := &v.cells[v.cell]
	var ratios [1 + alternatives]float64
	for f := range ratios {
		ratios[f] = 1
	}
	for i := cell.items.first; i < cell.items.last; i++ {
		e := &v.items[i]
		p := 0.0
		for k, chance := range v.w.whole.at(v.classes, e.queue) {
			p += v.whole[k] * chance
		}
		bad, good := v.seen(e)
		p1, p0 := v.habit[0].chance[e.place], v.habit[1].chance[e.place]
		b := p * bad * p1
		if !e.act.is(removed) {
			b = p * bad * (1 - p1)
		}
		honest := b + (1-p)*good*v.underFavour(e, 0, p0)
		for f := 1; f < used; f++ {
			ratio := (b + (1-p)*good*v.underFavour(e, f, p0)) / honest
			if e.n > 1 || (i-cell.items.first)%16 == 15 {
				out.logs[f-1] += e.n*math.Log(ratio) + math.Log(ratios[f])
				ratios[f] = 1
				continue
			}
			ratios[f] *= ratio
		}
	}
	for f := 1; f < used; f++ {
		out.logs[f-1] += math.Log(ratios[f])
	}
	for f := range out.logs {
		out.logs[f] = out.logs[f%(used-1)]
	}
	return out
}
