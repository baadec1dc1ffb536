package favor

import "math"

// Where moderators pick their tickets, a favouring one picks more of their sellers'. Honest ones have preferences too, so
// that it is supporting evidence only: it counts in the order of the cells, never in an alarm. The log of a pair's count
// over what the moderator's share of the queues would have brought is taken as Gaussian: its variance is that of honest
// preferences, estimated over all pairs, and 1/count for chance; a favour adds the log of one of grabs. Where tickets are
// drawn there is no preference to be seen, and the evidence is 0.
var grabs = [...]float64{1.5, 3, 6}

const (
	pickedFrom  = 0.25 // standard deviation of preferences below which nobody is taken to pick
	pickedLeast = 8.0  // tickets by share that a pair needs to tell of it
	leastPicked = -3.0 // nats: little picking doesn't clear anybody
)

// picks are the counts that picking is judged by.
type picks struct {
	count, usual []float64 // of each cell: tickets picked, and by share of the queues
	variance     float64   // of honest preferences, in squared logs
}

// picks counts what was picked, and estimates the variance of honest preferences.
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
	mean, n := 0.0, float64(len(pairs))
	for _, x := range pairs {
		mean += math.Log((x.count+.5)/(x.usual+.5)) / max(1, n)
	}
	for _, x := range pairs {
		d := math.Log((x.count+.5)/(x.usual+.5)) - mean
		p.variance += (d*d - 1/x.usual) / max(1, n)
	}
	return p
}

// evidence is the log of how much likelier the count of a cell is where there is a favour.
func (p *picks) evidence(cell int) float64 {
	if p.variance < pickedFrom*pickedFrom || p.usual[cell] <= 0 || p.count[cell] < 1 {
		return 0
	}
	ratio, variance := math.Log(p.count[cell]/max(p.usual[cell], 0.1))+p.variance/2, p.variance+1/p.count[cell]
	sum := 0.0
	for _, g := range grabs {
		d := ratio - math.Log(g)
		sum += math.Exp((ratio*ratio-d*d)/(2*variance)) / float64(len(grabs))
	}
	return max(leastPicked, math.Log(sum))
}
