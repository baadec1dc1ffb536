package worlds

import "math"

// thresholds is a desk where reviews are more or less bad by degrees: a moderator sees how bad through noise and removes
// above a threshold that depends on them, the queue and the month; attacks on sellers come in bursts; the score is a
// rounded, heavy-tailed reading of the same degree with a scale of its own in each marketplace; honest leanings follow
// tastes that moderators share; and a favouring moderator prefers what is nearly bad enough, for part of the period.
type thresholds struct {
	*desk
	background []float64
	bursts     [][][2]float64 // of each seller: first and last day
	threshold  []float64
	in         map[[2]int]float64
	drift      []float64
	taste      [][2]float64 // of each moderator
	flavour    [][2]float64 // of each seller
	shift      []float64    // of the score, by marketplace
	since      []float64    // a favouring moderator's first day
	cumulative []float64
}

func newThresholds(g *desk) *thresholds {
	const moderators, queues, sellers = 45, 18, 1600
	c := &thresholds{desk: g, in: map[[2]int]float64{}}
	g.affinitySD = 0.5
	g.hire(moderators, queues, 1, 6, 4)
	c.threshold, c.drift, c.shift = g.gauss(moderators, .22), g.gauss(moderators, .1), g.gauss(3, .3)
	g.volume, g.sellerIn = make([]float64, sellers), make([][]int, sellers)
	c.background, c.bursts = make([]float64, sellers), make([][][2]float64, sellers)
	for s := range sellers {
		g.volume[s] = 1 / math.Pow(float64(s+8), 0.85) // Zipf
		for _, q := range g.Perm(6)[:1+g.IntN(3)] {
			g.sellerIn[s] = append(g.sellerIn[s], s%3*6+q)
		}
		c.background[s] = 0.08 + 0.3*g.Float64()*g.Float64()
		for range g.IntN(4) {
			first := 175 * g.Float64()
			c.bursts[s] = append(c.bursts[s], [2]float64{first, first + 4 + 16*g.Float64()})
		}
		c.flavour = append(c.flavour, [2]float64{g.NormFloat64(), g.NormFloat64()})
	}
	for range moderators {
		c.taste = append(c.taste, [2]float64{.08 * g.NormFloat64(), .08 * g.NormFloat64()})
		c.since = append(c.since, 60*g.Float64())
	}
	g.innocentGroups(120)
	c.cumulative = runningSums(g.volume)
	return c
}

func (c *thresholds) attacked(s int, day float64) bool {
	for _, b := range c.bursts[s] {
		if day >= b[0] && day < b[1] {
			return true
		}
	}
	return false
}

func (c *thresholds) arrives() (seller, queue int, day float64) {
	for {
		s, day := c.drawn(c.cumulative), 180*c.Float64()
		if c.attacked(s, day) || c.Float64() < 0.3 {
			in := c.sellerIn[s]
			return s, in[min(c.IntN(len(in)), c.IntN(len(in)))], day
		}
	}
}

func (c *thresholds) review(t *ticket) {
	share := c.background[t.seller]
	if c.attacked(t.seller, t.day) {
		share = 0.75
	}
	t.violating = c.Float64() < share
	t.severity = -1.45 + 0.9*c.NormFloat64()
	if t.violating {
		t.severity = 0.35 + 0.6*c.ExpFloat64()
	}
	noise := c.NormFloat64() / math.Sqrt(math.Max(0.2, (c.ExpFloat64()+c.ExpFloat64())/2)) // tails of t with 4 degrees
	t.score = math.Round(100*logistic(t.severity+1.15*noise+c.shift[t.queue/6])) / 100
	t.rating = 1 + float64(bit(c.Float64() < 0.45-0.2*float64(bit(t.violating))))
}

func (c *thresholds) margin(m int, t *ticket) float64 {
	a, b := c.taste[m], c.flavour[t.seller]
	bar := c.threshold[m] + c.once(c.in, [2]int{m, t.queue}, .15) + c.drift[m]*(t.day/90-1) - a[0]*b[0] - a[1]*b[1]
	return t.severity - bar
}

func (c *thresholds) removes(m int, t *ticket) bool {
	return c.margin(m, t)+0.55*c.NormFloat64() > 0
}

func (c *thresholds) overturns(t *ticket) bool {
	return t.severity+0.5*c.NormFloat64() < -0.9 && c.Float64() < 0.6
}

func (c *thresholds) swayed(m int, t *ticket, d float64) bool {
	if t.day < c.since[m] {
		return false
	}
	if c.margin(m, t) < -1.4 {
		d *= 0.6
	} else {
		d *= 1.4
	}
	return c.Float64() < d
}
