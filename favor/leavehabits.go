package favor

import "math"

// placeLeft is a place of the cell's moderator with the cell's part in it.
type placeLeft struct {
	place             int32
	counted, happened [2]float64
	logit             [2]float64 // of each habit, without the cell
	share             float64
	chance            [2][len(leans)]float64
}

// placed finds a place among those of the cell's moderator.
func (v *view) placed(place int32) *placeLeft {
	for i := range v.w.places {
		if v.w.places[i].place == place {
			return &v.w.places[i]
		}
	}
	panic("favor: a decision outside its moderator's places")
}

// leaveHabits takes the cell out of its moderator's habits, and tells how uncertain they stay: by the nodes of leans, which
// a lean of the moderator for or against the seller is part of.
func (v *view) leaveHabits() {
	total := v.own()
	for z := range v.habit {
		sd := v.leaveHabit(z, total)
		for i := range v.w.places {
			a := &v.w.places[i]
			if a.share == 0 {
				continue
			}
			for j, x := range leans {
				a.chance[z][j] = logistic(a.logit[z] + sd*x)
			}
		}
	}
}

// own fills in the cell's part in its moderator's places, and returns the number of its decisions.
func (v *view) own() float64 {
	cell := &v.cells[v.cell]
	v.w.places = v.w.places[:0]
	for _, p := range v.byModerator[cell.moderator] {
		v.w.places = append(v.w.places, placeLeft{place: p, logit: [2]float64{v.habit[0].logit[p], v.habit[1].logit[p]}})
	}
	total := 0.0
	for i := cell.items.first; i < cell.items.last; i++ {
		e := &v.items[i]
		bad, good := v.w.bad[i-v.base], v.w.good[i-v.base]
		r := 0.0
		for k, p := range v.w.whole.at(v.classes, e.queue) {
			r += v.whole[k] * p * bad / (p*bad + (1-p)*good)
		}
		a := v.placed(e.place)
		a.share += e.n
		total += e.n
		kinds := [2]float64{e.n * r, e.n * (1 - r)}
		for z, n := range kinds {
			a.counted[z] += n
		}
		if e.act.is(removed) {
			a.happened[0] += kinds[0]
			a.happened[1] += kinds[1] * habitual(v.habit[1].chance[e.place], v.extra[v.cell])
		}
	}
	return total
}

// habitual is which part of the genuine reviews removed would have been so by habit.
func habitual(p0, extra float64) float64 { return p0 / (p0 + extra*(1-p0)) }

// leaveHabit is one Newton step for moderator and places together: their information matrix is an arrow, solved by its
// Schur complement. It returns the standard deviation that all of the cell's decisions share.
func (v *view) leaveHabit(z int, total float64) float64 {
	h := &v.habit[z]
	mv, vv := h.by[0].variance, h.by[2].variance
	slope, info, weight, rest := 0.0, 1/mv, 1.0, 0.0
	for i := range v.w.places {
		a := &v.w.places[i]
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
	for i := range v.w.places {
		a := &v.w.places[i]
		p := h.chance[a.place]
		g, left := a.happened[z]-a.counted[z]*p, max(0, (h.counted[a.place]-a.counted[z])*p*(1-p))
		a.logit[z] += move + bounded((-g-left*move)/(left+1/vv))
	}
	return math.Sqrt(weight*weight/info + rest + v.tau2)
}
