package favor

import "math"

// Counts added before the data speak: what an estimate is worth when there is nothing to estimate it from.
const (
	looksBefore  = 20.0  // second looks, right as usual
	passedBefore = 40.0  // requests of an approver, decided as all approvers together do
	binsBefore   = 200.0 // reviews of a queue, looking as in all queues together
	binBefore    = 2.0   // reviews of each look and kind
)

const (
	emAtMost = 50
	emMove   = 0.02 // logits: a pass that moves no habit further has converged
)

// fit runs EM from the start.
func (c *classes) fit(atMost int) {
	for range atMost {
		moved := c.maximise(c.pass())
		c.sweeps++
		if moved < emMove {
			c.converged = true
			return
		}
	}
}

// maximise is the M-step. It returns the largest move of a logit.
func (c *classes) maximise(t *sums) float64 {
	moved := 0.0
	for z := range c.habit {
		h := &c.habit[z]
		copy(h.counted, t.counted[z])
		copy(h.happened, t.happened[z])
		moved = max(moved, h.fit(2))
		c.looks[z] = (t.right[z] + looksBefore*usualLook) / (t.looked[z] + looksBefore)
	}
	middle := 0.0
	for _, v := range c.level {
		middle += v / float64(c.queues)
	}
	const queueSpread = 0.5 * 0.5
	for q := range c.level {
		step := bounded((t.slope[q] + (middle-c.level[q])/queueSpread) / (t.info[q] + 1/queueSpread))
		c.level[q] += step
		moved = max(moved, math.Abs(step))
	}
	c.spread = max(0.01, (t.squares+priorLevels*0.8)/(t.sellers+priorLevels))
	c.bin(t)
	c.approve(t)
	return moved
}

// bin estimates how much likelier each look is among violating reviews: in all queues, then in each, drawn to all.
func (c *classes) bin(t *sums) {
	var all, total [2]float64
	whole := [2][]float64{make([]float64, c.bins), make([]float64, c.bins)}
	for z := range 2 {
		for i, n := range t.bins[z] {
			whole[z][i%c.bins] += n
			all[z] += n
		}
		for b := range whole[z] {
			whole[z][b] = (whole[z][b] + binBefore/float64(c.bins)) / (all[z] + binBefore)
		}
	}
	for q := range c.like {
		for z := range 2 {
			total[z] = 0
			for b := range c.bins {
				total[z] += t.bins[z][q*c.bins+b]
			}
		}
		for b := range c.bins {
			bad := (t.bins[0][q*c.bins+b] + binsBefore*whole[0][b]) / (total[0] + binsBefore)
			good := (t.bins[1][q*c.bins+b] + binsBefore*whole[1][b]) / (total[1] + binsBefore)
			c.like[q][b] = bad / good
		}
	}
}

// approve estimates how often each approver lets requests through.
func (c *classes) approve(t *sums) {
	if !c.withOutcome {
		return
	}
	for z := range 2 {
		asked, passed := 0.0, 0.0
		for a := range c.passed[z] {
			asked += t.asked[z][a]
			passed += t.passed[z][a]
		}
		usual := (passed + looksBefore*usualPassed) / (asked + looksBefore)
		for a := range c.passed[z] {
			c.passed[z][a] = (t.passed[z][a] + passedBefore*usual) / (t.asked[z][a] + passedBefore)
		}
	}
}
