package favor

import "math"

// odds are by how much a removal that was looked at again may be likelier to be found wrong in a favoured cell than in
// other hands: what is mixed over, in equal parts.
var odds = []float64{2, 4, 8}

// looked counts the removals that were looked at again.
type looked struct{ wrong, right float64 }

func (l looked) minus(m looked) looked { return looked{l.wrong - m.wrong, l.right - m.right} }

// addLooks brings second looks at removals, and appeals against them, into the scores.
//
// The ratio is that of a Bernoulli mixture: over the removals of the cell that were looked at again, each wrong with the
// chance that it has in other hands under honest work, or with odds raised by one of odds. That chance leaves the row's own
// removals out, and is drawn towards one half by one removal of each kind (a Beta(1, 1) prior), so that nothing is found
// unlikely that nobody had a chance to see. Which removals were looked at may depend on what was decided: the ratio is of
// what was found, given that somebody looked. Multiplying a p-value's evidence by a ratio of its own kind keeps its
// meaning (Ignatiadis, Wang, Ramdas: E-values as unnormalized weights in multiple testing, Biometrika 2024); alarms rest on
// P alone all the same, so that appeals move what is looked at first and never what is called an alarm.
func (d *desk) addLooks(r *Report) {
	for i := range r.Cells {
		r.Cells[i].Looks = 1
	}
	if r.By != ModeratorSeller && r.By != ModeratorGroup {
		return
	}
	var all looked
	rows, cells := map[string]looked{}, map[[2]string]looked{}
	for i := range d.records {
		x := &d.records[i]
		if !x.labelled || x.action != Remove {
			continue
		}
		one := looked{wrong: counted(x.label == Genuine), right: counted(x.label == Violating)}
		all = looked{all.wrong + one.wrong, all.right + one.right}
		row := rows[d.moderators.list[x.moderator]]
		rows[d.moderators.list[x.moderator]] = looked{row.wrong + one.wrong, row.right + one.right}
		if cell, ok := d.cellOf(x, r.By); ok {
			c := cells[cell]
			cells[cell] = looked{c.wrong + one.wrong, c.right + one.right}
		}
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		own, ok := cells[[2]string{c.Row, c.Col}]
		if !ok {
			continue
		}
		c.Wrong, c.Looks = int(own.wrong), own.ratio(all.minus(rows[c.Row]))
		c.Score = min(300, max(0, c.Score+math.Log10(c.Looks)))
	}
}

// ratio is how much likelier what was found is in a favoured cell than where others' is the rule.
func (l looked) ratio(others looked) float64 {
	usual := (others.wrong + 1) / (others.wrong + others.right + 2)
	ratio := 0.0
	for _, k := range odds {
		raised := k * usual / (1 - usual + k*usual)
		ratio += math.Exp(l.wrong*math.Log(raised/usual)+l.right*math.Log((1-raised)/(1-usual))) / float64(len(odds))
	}
	return max(ratio, math.SmallestNonzeroFloat64)
}
