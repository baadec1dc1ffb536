package worlds

import "evenhand/favor"

// Measured is how a report fares against the truth.
type Measured struct {
	Material  int     // pairs that should be found
	Precision float64 // average precision over them
	Recall    float64 // of them, the largest share found along the ranking with at most 5 % of the found being honest
	Right     int     // alarms on planted pairs, of any size
	Wrong     int     // alarms on honest pairs
	Moderator float64 // share of the rows with a material pair that have an alarm
}

// Measure scores a ranking. Planted pairs below Material are neither right nor wrong.
func (w *World) Measure(r *favor.Report) Measured {
	pairs, m := w.Pairs(r.By), Measured{}
	rows, alarmed := map[string]bool{}, map[string]bool{}
	for pair, n := range pairs {
		if n >= Material {
			m.Material++
			rows[pair[0]] = true
		}
	}
	hits, seen := 0, 0
	for _, c := range r.Cells {
		n, planted := pairs[[2]string{c.Row, c.Col}]
		switch {
		case c.Alarm && planted:
			m.Right++
			alarmed[c.Row] = true
		case c.Alarm:
			m.Wrong++
		}
		if planted && n < Material {
			continue
		}
		seen++
		if planted {
			hits++
			m.Precision += float64(hits) / float64(seen) / float64(m.Material)
		}
		if m.Material > 0 && float64(seen-hits) <= 0.05*float64(seen) {
			m.Recall = max(m.Recall, float64(hits)/float64(m.Material))
		}
	}
	for row := range rows {
		if alarmed[row] {
			m.Moderator += 1 / float64(len(rows))
		}
	}
	return m
}
