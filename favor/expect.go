package favor

import "math"

// The quadrature over a seller's deviation: the trapezoidal rule, one width apart, which is as good as exact for what is
// nearly Gaussian.
const nodes = 7

var steps = [nodes]float64{-3, -2, -1, 0, 1, 2, 3}

// sums are what one pass over the items gathers.
type sums struct {
	counted, happened [2][]float64 // by kind and place
	bins              [2][]float64 // by kind, queue and bin
	slope, info       []float64    // of each queue's level
	looked, right     [2]float64
	asked, passed     [2][]float64 // by kind and approver
	squares           float64
	sellers           float64
	logLik            float64
}

func (c *classes) newSums() *sums {
	s := &sums{slope: make([]float64, c.queues), info: make([]float64, c.queues)}
	for z := range 2 {
		s.counted[z], s.happened[z] = make([]float64, len(c.places)), make([]float64, len(c.places))
		s.bins[z] = make([]float64, c.queues*c.bins)
		s.asked[z], s.passed[z] = make([]float64, c.approvers), make([]float64, c.approvers)
	}
	return s
}

func (s *sums) add(t *sums) {
	for z := range 2 {
		plus(s.counted[z], t.counted[z])
		plus(s.happened[z], t.happened[z])
		plus(s.bins[z], t.bins[z])
		plus(s.asked[z], t.asked[z])
		plus(s.passed[z], t.passed[z])
		s.looked[z] += t.looked[z]
		s.right[z] += t.right[z]
	}
	plus(s.slope, t.slope)
	plus(s.info, t.info)
	s.squares += t.squares
	s.sellers += t.sellers
	s.logLik += t.logLik
}

func plus(to, from []float64) {
	for i, v := range from {
		to[i] += v
	}
}

// factors are what an item says of the two kinds, apart from the seller: its chance if the review is violating, and if it
// is genuine.
func (c *classes) factors(e *item, extra float64) (bad, good float64) {
	bad, good = c.seen(e)
	p1, p0 := c.habit[0].chance[e.place], c.habit[1].chance[e.place]
	if e.act.is(removed) {
		return bad * p1, good * (p0 + extra*(1-p0))
	}
	return bad * (1 - p1), good * (1 - p0) * (1 - extra)
}

// seen is what the score, the second person and a second look say.
func (c *classes) seen(e *item) (bad, good float64) {
	bad, good = c.like[e.queue][e.bin], 1
	switch {
	case e.act.is(upheld):
		bad, good = bad*c.passed[0][e.approver], good*c.passed[1][e.approver]
	case e.act.is(declined):
		bad, good = bad*(1-c.passed[0][e.approver]), good*(1-c.passed[1][e.approver])
	}
	switch {
	case e.act.is(seenBad):
		bad, good = bad*c.looks[0], good*(1-c.looks[1])
	case e.act.is(seenGood):
		bad, good = bad*(1-c.looks[0]), good*c.looks[1]
	}
	return bad, good
}

// pass is the E-step: sellers in batches, each batch with sums of its own, added in order.
func (c *classes) pass() *sums {
	batches := c.batches()
	parts := make([]*sums, len(batches))
	ranges(len(batches), 1, func(first, last int) {
		for i := first; i < last; i++ {
			parts[i] = c.newSums()
			var w work
			for s := batches[i].first; s < batches[i].last; s++ {
				c.seller(s, parts[i], &w)
			}
		}
	})
	total := parts[0]
	for _, p := range parts[1:] {
		total.add(p)
	}
	return total
}

// batches are ranges of sellers with about as many items each.
func (c *classes) batches() []span {
	const batchItems = 8192
	var out []span
	first, n := int32(0), int32(0)
	for s := range c.of {
		for k := c.of[s].first; k < c.of[s].last; k++ {
			n += c.cells[k].items.last - c.cells[k].items.first
		}
		if n >= batchItems || s == len(c.of)-1 {
			out = append(out, span{first, int32(s) + 1})
			first, n = int32(s)+1, 0
		}
	}
	return out
}

// seller is the E-step of one seller: the posterior of its deviation at the nodes, then of the kind of each review.
func (c *classes) seller(s int32, t *sums, w *work) {
	if c.of[s].first == c.of[s].last {
		return
	}
	centre, width := c.centre[s], c.width[s]
	w.whole.move(c, centre, width)
	logs, product := w.whole.prior(c.spread), ones
	w.bad, w.good = w.bad[:0], w.good[:0]
	for k := c.of[s].first; k < c.of[s].last; k++ {
		cell := &c.cells[k]
		for i := cell.items.first; i < cell.items.last; i++ {
			e := &c.items[i]
			bad, good := c.factors(e, c.extra[k])
			w.bad, w.good = append(w.bad, bad), append(w.good, good)
			multiply(&logs, &product, w.whole.at(c, e.queue), bad, good, e.n)
		}
	}
	settle(&logs, &product)
	post := weights(logs)
	mean, variance := moments(&post)
	t.logLik += logs[nodes/2] + math.Log(width/math.Sqrt(2*math.Pi*c.spread)) - math.Log(post[nodes/2])
	i := 0
	for k := c.of[s].first; k < c.of[s].last; k++ {
		for j := c.cells[k].items.first; j < c.cells[k].items.last; j++ {
			c.gather(&c.items[j], c.extra[k], w.bad[i], w.good[i], &post, w.whole.at(c, c.items[j].queue), t)
			i++
		}
	}
	c.centre[s] = centre + width*mean
	c.width[s] = width * math.Sqrt(max(0.04, variance))
	t.squares += c.centre[s]*c.centre[s] + c.width[s]*c.width[s]
	t.sellers++
}

// multiply brings n alike decisions into the likelihood at each node. Products are turned into logs before they vanish.
func multiply(logs, product *[nodes]float64, chances *[nodes]float64, bad, good, n float64) {
	least := 1.0
	switch {
	case n == 1:
		for k, p := range chances {
			product[k] *= good + p*(bad-good)
			least = min(least, product[k])
		}
	case n <= 16 && min(bad, good) > 1e-5:
		for k, p := range chances {
			product[k] *= power(good+p*(bad-good), int(n))
			least = min(least, product[k])
		}
	default:
		for k, p := range chances {
			logs[k] += n * math.Log(good+p*(bad-good))
		}
	}
	if least < 1e-200 {
		for k := range product {
			logs[k] += math.Log(product[k])
			product[k] = 1
		}
	}
}

// power is x to the n, by squaring.
func power(x float64, n int) float64 {
	y := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			y *= x
		}
		x *= x
	}
	return y
}

// ones are products of nothing.
var ones = [nodes]float64{1, 1, 1, 1, 1, 1, 1}

// settle turns products into logs.
func settle(logs, product *[nodes]float64) {
	for k := range logs {
		logs[k] += math.Log(product[k])
	}
	*product = ones
}

// weights are the logs' exponentials, which sum to 1.
func weights(logs [nodes]float64) (post [nodes]float64) {
	top := math.Inf(-1)
	for _, l := range logs {
		top = max(top, l)
	}
	sum := 0.0
	for k, l := range logs {
		post[k] = math.Exp(l - top)
		sum += post[k]
	}
	for k := range post {
		post[k] /= sum
	}
	return post
}

// gather adds an item to the sums, each review being of both kinds in part. What a favour removed is not the habit's: of
// the removed genuine reviews the habit has its share, the rest it would have kept.
func (c *classes) gather(e *item, extra, bad, good float64, post, chances *[nodes]float64, t *sums) {
	r, mean, info := 0.0, 0.0, 0.0
	for k, p := range chances {
		b := p * bad
		r += post[k] * b / (b + (1-p)*good)
		mean += post[k] * p
		info += post[k] * p * (1 - p)
	}
	part := [2]float64{e.n * r, e.n * (1 - r)}
	t.slope[e.queue] += part[0] - e.n*mean
	t.info[e.queue] += e.n * info
	for z, n := range part {
		t.counted[z][e.place] += n
		t.bins[z][int(e.queue)*c.bins+int(e.bin)] += n
		if e.act.is(removed) {
			share := 1.0
			if z == 1 && extra > 0 {
				share = habitual(c.habit[1].chance[e.place], extra)
			}
			t.happened[z][e.place] += n * share
		}
		if e.act.is(upheld | declined) {
			t.asked[z][e.approver] += n
			if e.act.is(upheld) {
				t.passed[z][e.approver] += n
			}
		}
		if e.act.is(seenBad | seenGood) {
			t.looked[z] += n
			if e.act.is(seenBad) == (z == 0) {
				t.right[z] += n
			}
		}
	}
}
