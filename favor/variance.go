package favor

import "math"

// A block's variance is estimated as if it had, beside its own levels, this
// many more with a deviation of priorDeviation logits: next to nothing in a
// block of hundreds, and what keeps one of two or three from collapsing.
const (
	priorLevels    = 2
	priorDeviation = 0.5
)

// settledAt is the change of a standard deviation, in logits, that no longer
// matters.
const settledAt = 0.002

// reweigh re-estimates the variances by MacKay's fixed point and tells whether
// they have settled.
func (b *baseline) reweigh() bool {
	b.posterior()
	settled := true
	for _, k := range b.blocks {
		squares, freedom := priorLevels*priorDeviation*priorDeviation, float64(priorLevels)
		for l, v := range k.value {
			squares += v * v
			freedom += max(0, 1-k.spread[l]/k.variance)
		}
		next := squares / freedom
		settled = settled && math.Abs(math.Sqrt(next)-math.Sqrt(k.variance)) < settledAt
		k.variance = next
	}
	return settled
}

// posterior fills in the variances of the effects. What a level says of itself
// is worth less when its children may have said it (their own deviations are
// integrated out), and a child isn't known better than what it hangs on.
func (b *baseline) posterior() {
	for _, k := range b.blocks {
		copy(k.spread, k.info)
	}
	for _, n := range b.nestings {
		if n.parent == nil {
			continue
		}
		known := make([]float64, len(n.parent.value))
		for l, info := range n.child.info {
			known[n.of[l]] += info / (1 + info*n.child.variance)
		}
		for l := range known {
			n.parent.spread[l] = min(n.parent.spread[l], known[l])
		}
	}
	for _, k := range b.blocks {
		for l, info := range k.spread {
			k.spread[l] = 1 / (info + 1/k.variance)
		}
	}
	for _, n := range b.nestings {
		if n.parent == nil {
			continue
		}
		for l, info := range n.child.info {
			share := info / (info + 1/n.child.variance)
			n.child.spread[l] = min(n.child.variance, n.child.spread[l]+share*share*n.parent.spread[n.of[l]])
		}
	}
}
