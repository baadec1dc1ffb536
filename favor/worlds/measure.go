package worlds

import (
	"slices"

	"evenhand/favor"
)

// Measured is how a report fares against the truth.
type Measured struct {
	Material  int     // pairs that should be found
	Precision float64 // average precision over them
	Recall    float64 // of them, the largest share found along the ranking with at most 5 % of the found being honest
	Right     int     // alarms on planted pairs, of any size
	Wrong     int     // alarms on honest pairs
	Moderator float64 // share of the rows with a material pair that have an alarm

	Circles     int     // middlemen's moderators with two material pairs or more
	Overlap     float64 // mean, over them, of the best circle's sellers in common with the middleman's, of both together
	CircleRight int     // alarms of circles all of whose rows favour somebody
	CircleWrong int     // and of others
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
	w.MeasureCircles(&m, r.Circles)
	return m
}

// MeasureCircles adds how the circles that nobody had named fare against the middlemen's groups. A circle's alarm is right
// when each of its rows favours at least two of its sellers; a middleman's pairs below Material are neither.
func (w *World) MeasureCircles(m *Measured, circles []favor.Circle) {
	material, any := map[string][]string{}, map[string][]string{}
	for _, p := range w.Planted {
		any[p.Moderator] = append(any[p.Moderator], p.Seller)
		if p.Kind == "middleman" && p.Corrupt >= Material {
			material[p.Moderator] = append(material[p.Moderator], p.Seller)
		}
	}
	for _, c := range circles {
		if !c.Alarm {
			continue
		}
		right := true
		for _, row := range c.Rows {
			right = right && common(any[row], c.Cols) >= 2
		}
		if right {
			m.CircleRight++
		} else {
			m.CircleWrong++
		}
	}
	for moderator, sellers := range material {
		if len(sellers) < 2 {
			continue
		}
		m.Circles++
		best := 0.0
		for _, c := range circles {
			if slices.Contains(c.Rows, moderator) {
				in, minor := common(sellers, c.Cols), common(any[moderator], c.Cols)-common(sellers, c.Cols)
				best = max(best, float64(in)/float64(len(sellers)+len(c.Cols)-in-minor))
			}
		}
		m.Overlap += best
	}
	m.Overlap /= float64(max(1, m.Circles))
}

func common(a, b []string) (n int) {
	for _, s := range a {
		if slices.Contains(b, s) {
			n++
		}
	}
	return n
}
