package favor

import (
	"math"
	"slices"
)

// mixed is the prior of favours, estimated over all cells: how many there are, and of which effect.
type mixed struct {
	share   float64 // of cells
	effects [alternatives]float64
	fixed   [alternatives]float64 // the weights that are no estimate
}

// shareBefore favoured cells in cellsBefore cells are what the share is drawn to: few.
const (
	shareBefore = 1.0
	cellsBefore = 1000.0
	effectsPer  = 1.0 // of each effect, before the data speak
)

func newMixed(c *classes) mixed {
	m := mixed{share: shareBefore / cellsBefore}
	for f := range m.fixed {
		switch {
		case !c.withOutcome && f < len(effects):
			m.fixed[f] = 1 / float64(len(effects))
		case c.withOutcome && f < len(effects):
			m.fixed[f] = (1 - colluding) / float64(len(effects))
		case c.withOutcome:
			m.fixed[f] = colluding / float64(len(effects))
		}
	}
	m.effects = m.fixed
	return m
}

// fit estimates share and effects by EM. Cells without a sign of a favour are taken together: what they add is linear in
// the share as long as it is small.
func (m *mixed) fit(cells []evidence) {
	type ratio [alternatives]float64
	var ratios []ratio
	var faintly ratio
	for i := range cells {
		top := 0.0
		var r ratio
		for _, l := range cells[i].logs {
			top = max(top, l)
		}
		for f, l := range cells[i].logs {
			r[f] = math.Exp(min(l, 600))
		}
		if top >= faint {
			ratios = append(ratios, r)
			continue
		}
		for f := range r {
			faintly[f] += r[f]
		}
	}
	for range 30 {
		var counts [alternatives]float64
		sum := 0.0
		for i := range ratios {
			total := 0.0
			for f, r := range ratios[i] {
				total += m.effects[f] * r
			}
			scale := m.share / (1 - m.share + m.share*total)
			for f, r := range ratios[i] {
				counts[f] += scale * m.effects[f] * r
			}
			sum += scale * total
		}
		for f, r := range faintly {
			counts[f] += m.share * m.effects[f] * r
			sum += m.share * m.effects[f] * r
		}
		m.share = (sum + shareBefore) / (float64(len(cells)) + cellsBefore)
		for f := range counts {
			m.effects[f] = (counts[f] + effectsPer*float64(len(effects))*m.fixed[f]) / (sum + effectsPer*float64(len(effects)))
		}
	}
}

// faint is the log of a likelihood ratio below which a cell isn't worth counting as favoured in part.
const faint = 0.5

// odds are the posterior probabilities of the alternatives of a cell.
func (m *mixed) odds(e *evidence) (post [alternatives]float64) {
	top := math.Log(1 - m.share)
	var logs [alternatives]float64
	for f, l := range e.logs {
		logs[f] = math.Inf(-1)
		if m.effects[f] > 0 {
			logs[f] = math.Log(m.share*m.effects[f]) + l
			top = max(top, logs[f])
		}
	}
	sum := math.Exp(math.Log(1-m.share) - top)
	for f := range logs {
		post[f] = math.Exp(logs[f] - top)
		sum += post[f]
	}
	for f := range post {
		post[f] /= sum
	}
	return post
}

// decontaminate sets how much of each cell is a favour, so that the habits aren't learned from it.
func (c *classes) decontaminate(m *mixed, cells []evidence) {
	for i := range cells {
		c.extra[i] = 0
		if slices.Max(cells[i].logs[:]) < faint {
			continue
		}
		for f, o := range m.odds(&cells[i]) {
			c.extra[i] += o * effects[f%len(effects)]
		}
		if c.extra[i] < 0.001 {
			c.extra[i] = 0
		}
	}
}
