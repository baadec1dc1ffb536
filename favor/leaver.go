package favor

// leaver evaluates cells, each left out of all that it is compared with: out of the seller's deviation exactly, out of the
// moderator's habits by one Newton step.
type leaver struct {
	*classes
	byModerator [][]int32 // places
	tau2        float64   // variance of an honest lean, in squared logits
}

func (c *classes) newLeaver(tau2 float64) *leaver {
	l := &leaver{classes: c, byModerator: make([][]int32, c.moderators), tau2: tau2}
	for p := range c.places {
		m := c.places[p].moderator
		l.byModerator[m] = append(l.byModerator[m], int32(p))
	}
	return l
}

// all evaluates every cell, with what is expected and how likely that is.
func (l *leaver) all() []evidence {
	return l.each(func(v *view) evidence { return v.evaluate(true, 0) })
}

// promising evaluates the cells with more removals than the model expects with the cell in it, for which leaving it out
// matters; the others get a rough figure, for the number of favours among all.
func (l *leaver) promising() []evidence {
	return l.each(func(v *view) evidence {
		if rough := v.rough(); rough.logs[0] < 0 {
			return rough
		}
		return v.evaluate(false, 0)
	})
}

// each calls do for every cell.
func (l *leaver) each(do func(v *view) evidence) []evidence {
	out := make([]evidence, len(l.cells))
	batches := l.batches()
	ranges(len(batches), 1, func(first, last int) {
		var w work
		for i := first; i < last; i++ {
			for s := batches[i].first; s < batches[i].last; s++ {
				if l.of[s].first == l.of[s].last {
					continue
				}
				v := l.view(s, &w)
				for k := l.of[s].first; k < l.of[s].last; k++ {
					v.cell, v.left = k, false
					out[k] = do(&v)
				}
			}
		}
	})
	return out
}

// visit is for one cell alone.
func (l *leaver) visit(k int32, do func(v *view)) {
	var w work
	v := l.view(l.cells[k].seller, &w)
	v.cell = k
	do(&v)
}

// view fills in the factors of a seller's items and what each of its cells says of its deviation.
func (l *leaver) view(s int32, w *work) view {
	v := view{leaver: l, w: w, seller: s, base: l.cells[l.of[s].first].items.first}
	w.whole.move(l.classes, l.centre[s], l.width[s])
	v.total = w.whole.prior(l.spread)
	w.bad, w.good, w.logs = w.bad[:0], w.good[:0], w.logs[:0]
	for k := l.of[s].first; k < l.of[s].last; k++ {
		logs, product := [nodes]float64{}, ones
		for i := l.cells[k].items.first; i < l.cells[k].items.last; i++ {
			e := &l.items[i]
			bad, good := l.factors(e, l.extra[k])
			w.bad, w.good = append(w.bad, bad), append(w.good, good)
			multiply(&logs, &product, w.whole.at(l.classes, e.queue), bad, good, e.n)
		}
		settle(&logs, &product)
		w.logs = append(w.logs, logs)
		for j := range logs {
			v.total[j] += logs[j]
		}
	}
	v.whole = weights(v.total)
	return v
}
