package favor

import "math"

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

// fit estimates share and effects by EM.
func (m *mixed) fit(cells []evidence) {
	for range 30 {
		var counts [alternatives]float64
		sum := 0.0
		for i := range cells {
			odds := m.odds(&cells[i])
			for f, o := range odds {
				counts[f] += o
				sum += o
			}
		}
		m.share = (sum + shareBefore) / (float64(len(cells)) + cellsBefore)
		for f := range counts {
			m.effects[f] = (counts[f] + effectsPer*float64(len(effects))*m.fixed[f]) / (sum + effectsPer*float64(len(effects)))
		}
	}
}

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
		for f, o := range m.odds(&cells[i]) {
			c.extra[i] += o * effects[f%len(effects)]
		}
		if c.extra[i] < 0.001 {
			c.extra[i] = 0
		}
	}
}
