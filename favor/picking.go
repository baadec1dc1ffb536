package favor

import "math"

// Where moderators pick their tickets, a favouring one picks more of their sellers'. Honest ones have preferences too, so
// that it is supporting evidence only: it counts in the order of the cells, never in an alarm. A moderator's count of a
// seller's tickets is taken as Poisson around their share of the queues, times an honest preference (log-normal with mean
// 1, its spread estimated over all pairs), times one of grabs where there is a favour. Where tickets are drawn there is no
// preference to be seen, and the evidence is 0.
var grabs = [...]float64{1.5, 3, 6}

const (
	// pickedFrom is the spread of preferences below which nobody is taken to pick.
	pickedFrom = 0.25
	// pickedLeast is how many tickets by share a pair needs to tell of the spread.
	pickedLeast = 3.0
	spreadEnd   = 2.0
)

// picks are the counts that picking is judged by.
type picks struct {
	count, usual []float64 // of each cell: tickets picked, and by share of the queues
	spread       float64
}

// picks counts what was picked, and estimates the spread of honest preferences.
func (c *classes) picks() *picks {
	p := &picks{count: make([]float64, len(c.cells)), usual: make([]float64, len(c.cells))}
	inQueue, inPlace := make([]float64, c.queues), make([]float64, len(c.places))
	for i := range c.items {
		inQueue[c.items[i].queue] += c.items[i].picked
		inPlace[c.items[i].place] += c.items[i].picked
	}
	staff := make([][]int32, c.queues)
	for i, at := range c.places {
		staff[at.queue] = append(staff[at.queue], int32(i))
	}
	type pair struct{ count, usual float64 }
	var pairs []pair
	usual, seen := make([]float64, c.moderators), make([]int32, 0, c.moderators)
	ofQueue, queues := make([]float64, c.queues), make([]int32, 0, c.queues)
	for s := range c.of {
		seen, queues = seen[:0], queues[:0]
		for k := c.of[s].first; k < c.of[s].last; k++ {
			for i := c.cells[k].items.first; i < c.cells[k].items.last; i++ {
				e := &c.items[i]
				if e.picked == 0 {
					continue
				}
				if ofQueue[e.queue] == 0 {
					queues = append(queues, e.queue)
				}
				ofQueue[e.queue] += e.picked
				p.count[k] += e.picked
			}
		}
		for _, q := range queues {
			for _, at := range staff[q] {
				m := c.places[at].moderator
				if usual[m] == 0 {
					seen = append(seen, m)
				}
				usual[m] += ofQueue[q] * inPlace[at] / inQueue[q]
			}
			ofQueue[q] = 0
		}
		for k := c.of[s].first; k < c.of[s].last; k++ {
			m := c.cells[k].moderator
			if p.usual[k] = usual[m]; usual[m] >= pickedLeast {
				pairs = append(pairs, pair{p.count[k], usual[m]})
			}
			usual[m] = 0
		}
		for _, m := range seen {
			if usual[m] >= pickedLeast {
				pairs = append(pairs, pair{0, usual[m]})
			}
			usual[m] = 0
		}
	}
	p.spread = maximise(func(spread float64) float64 {
		sum := 0.0
		for i := range pairs {
			sum += math.Log(max(smallestP, preferred(pairs[i].count, pairs[i].usual, spread)))
		}
		return sum
	}, spreadEnd)
	return p
}

// preferred is the chance of a count, up to what doesn't depend on the mean.
func preferred(count, mean, spread float64) float64 {
	sum := 0.0
	for j, x := range leans {
		m := mean * math.Exp(spread*x-spread*spread/2)
		sum += leanWeights[j] * math.Exp(count*math.Log(m/mean)-m+mean)
	}
	return sum
}

// evidence is the log of how much likelier the count of a cell is where there is a favour.
func (p *picks) evidence(cell int) float64 {
	if p.spread < pickedFrom || p.usual[cell] <= 0 {
		return 0
	}
	usual := max(p.usual[cell], 0.1)
	honest := preferred(p.count[cell], usual, p.spread)
	sum := 0.0
	for _, g := range grabs {
		sum += preferred(p.count[cell], usual*g, p.spread) * math.Exp(p.count[cell]*math.Log(g)-usual*g+usual) / float64(len(grabs))
	}
	if !(sum > 0 && honest > 0) || math.IsInf(sum, 1) || math.IsInf(honest, 1) {
		return 0
	}
	return math.Log(sum / honest)
}
