package worlds

import "math"

// classes is a desk of two kinds of review: moderators remove each kind with a chance of their own, by moderator, queue
// and a little by seller, and the score of each kind is normal.
type classes struct {
	*desk
	fake       []float64 // share of violating reviews of each seller
	queue      []float64
	p0, p1     []float64 // logits of each moderator
	in0, in1   map[[2]int]float64
	lean       map[[2]int]float64
	cumulative []float64
}

func newClasses(g *desk) *classes {
	c := &classes{desk: g, in0: map[[2]int]float64{}, in1: map[[2]int]float64{}, lean: map[[2]int]float64{}}
	const moderators, queues, sellers = 60, 24, 2000
	g.affinitySD = 0.7
	g.hire(moderators, queues, 2, 4, 3)
	c.p0, c.p1, c.queue = g.gauss(moderators, .5), g.gauss(moderators, .4), g.gauss(queues, .2)
	g.volume, g.sellerIn, c.fake = make([]float64, sellers), make([][]int, sellers), make([]float64, sellers)
	for s := range sellers {
		g.volume[s] = math.Exp(1.35 * g.NormFloat64())
		market, first := g.IntN(queues/6), g.IntN(6)
		g.sellerIn[s] = []int{market*6 + first}
		if g.Float64() < 0.75 {
			g.sellerIn[s] = append(g.sellerIn[s], market*6+(first+1+g.IntN(5))%6)
		}
		a, b := g.gamma(2.2), g.gamma(4)
		c.fake[s] = a / (a + b)
	}
	g.innocentGroups(150)
	c.cumulative = runningSums(g.volume)
	return c
}

func (c *classes) arrives() (seller, queue int, day float64) {
	s := c.drawn(c.cumulative)
	in := c.sellerIn[s]
	q := in[0]
	if len(in) > 1 && c.Float64() < 0.35 {
		q = in[1]
	}
	return s, q, c.Float64() * 180
}

func (c *classes) review(t *ticket) {
	p := math.Log(c.fake[t.seller]/(1-c.fake[t.seller])) + c.queue[t.queue]
	t.violating = c.Float64() < logistic(p)
	t.score = math.Round(1000*(c.NormFloat64()+1.5*float64(bit(t.violating)))) / 1000
	t.rating = 1 + float64(bit(c.Float64() < 0.3))
}

func (c *classes) removes(m int, t *ticket) bool {
	in, of := c.in0, logit(.075)+c.p0[m]
	if t.violating {
		in, of = c.in1, logit(.79)+c.p1[m]
	}
	place, pair := [2]int{m, t.queue}, [2]int{m, t.seller}
	return c.Float64() < logistic(of+c.once(in, place, .3)+c.once(c.lean, pair, .25))
}

func (c *classes) overturns(t *ticket) bool {
	if t.violating {
		return c.Float64() < .03
	}
	return c.Float64() < .3
}

func (c *classes) swayed(_ int, _ *ticket, d float64) bool { return c.Float64() < d }

// once draws a deviation the first time it is asked for.
func (g *desk) once(of map[[2]int]float64, key [2]int, sd float64) float64 {
	v, ok := of[key]
	if !ok {
		v = sd * g.NormFloat64()
		of[key] = v
	}
	return v
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// gamma draws with shape a above 1 (Marsaglia and Tsang 2000, ACM TOMS 26, 363).
func (g *desk) gamma(a float64) float64 {
	d := a - 1.0/3
	for {
		x := g.NormFloat64()
		v := math.Pow(1+x/math.Sqrt(9*d), 3)
		if v > 0 && math.Log(g.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
