package favor

import "math"

// habits are logits of chances by place: level + moderator + queue + place, the last three Gaussian deviations with
// variances of their own.
type habits struct {
	usual    float64 // what the level is drawn to
	level    float64
	by       [3]part // moderator, queue, place
	logit    []float64
	chance   []float64
	counted  []float64 // of each place: how many, and how many of them removed (both expected numbers)
	happened []float64
}

// part is one family of deviations.
type part struct {
	of       []int32 // of each place
	value    []float64
	info     []float64
	variance float64
}

// levelSpread is how far, in logits, a desk's level may be from the usual one.
const levelSpread = 0.7

func (h *habits) start(c *classes, usual float64) {
	n := len(c.places)
	h.usual, h.level = usual, usual
	h.logit, h.chance = make([]float64, n), make([]float64, n)
	h.counted, h.happened = make([]float64, n), make([]float64, n)
	for i, size := range []int{c.moderators, c.queues, n} {
		h.by[i] = part{of: make([]int32, n), value: make([]float64, size), info: make([]float64, size), variance: 0.1}
		for p, at := range c.places {
			h.by[i].of[p] = []int32{at.moderator, at.queue, int32(p)}[i]
		}
	}
	h.spell()
}

// spell sets logits and chances from the parts.
func (h *habits) spell() {
	for p := range h.logit {
		h.logit[p] = h.level + h.by[0].value[h.by[0].of[p]] + h.by[1].value[h.by[1].of[p]] + h.by[2].value[p]
		h.chance[p] = logistic(h.logit[p])
	}
}

// fit moves every part by Newton's step in turn, several times round, then the variances (MacKay's fixed point, as in
// variance.go). It returns the largest move of a chance's logit.
func (h *habits) fit(rounds int) float64 {
	before := append([]float64(nil), h.logit...)
	for range rounds {
		slope, info := (h.usual-h.level)/(levelSpread*levelSpread), 1/(levelSpread*levelSpread)
		for p, v := range h.chance {
			slope += h.happened[p] - h.counted[p]*v
			info += h.counted[p] * v * (1 - v)
		}
		h.level += bounded(slope / info)
		h.spell()
		for i := range h.by {
			h.by[i].move(h)
		}
	}
	for i := range h.by {
		h.by[i].reweigh()
	}
	moved := 0.0
	for p := range before {
		moved = max(moved, math.Abs(h.logit[p]-before[p]))
	}
	return moved
}

func (k *part) move(h *habits) {
	slope := make([]float64, len(k.value))
	clear(k.info)
	for p, l := range k.of {
		v := h.chance[p]
		slope[l] += h.happened[p] - h.counted[p]*v
		k.info[l] += h.counted[p] * v * (1 - v)
	}
	for l := range k.value {
		k.value[l] += bounded((slope[l] - k.value[l]/k.variance) / (k.info[l] + 1/k.variance))
	}
	h.spell()
}

func (k *part) reweigh() {
	squares, freedom := priorLevels*priorDeviation*priorDeviation, float64(priorLevels)
	for l, v := range k.value {
		squares += v * v
		freedom += k.info[l] / (k.info[l] + 1/k.variance)
	}
	k.variance = squares / freedom
}
