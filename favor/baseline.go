package favor

import (
	"math"
	"slices"
)

// The baseline: the logit of the chance that a decision is counted is
//
//	offset + level + queue + rating + band + stratum + row + row in place + unit
//
// where stratum is queue with rating and band together, place is the queue for
// a moderator and the requester for an approver, unit is the seller (or, among
// moderators' approvers, the approver), and every term but the first two is a
// deviation from a Gaussian with mean 0 and its own variance. The deviations
// maximise the penalised likelihood (each block by Newton's step in turn); the
// variances follow by MacKay's fixed point, v = Σ effect² / Σ (1 − s/v) with s
// the posterior variance of an effect (variance.go; MacKay 1992, Neural
// Computation 4, 415; for mixed logistic models Breslow and Clayton 1993, JASA
// 88, 9).

// block is one family of effects.
type block struct {
	level    []int32 // of each entry
	value    []float64
	variance float64
	info     []float64 // Σ n p (1−p) of each level, at the fit
	slope    []float64 // Σ (y − n p)
	spread   []float64 // posterior variance of each effect
}

// baseline is a fitted model of a table.
type baseline struct {
	table     *table
	level     float64
	logit     []float64 // of each entry
	p         []float64
	blocks    []*block
	row       *block
	inPlace   *block // row in place
	unit      *block
	nestings  []nesting
	converged bool
}

const (
	sweepsAtMost = 200
	smallMove    = 1e-3 // logits: a sweep that moves nothing further has converged
)

// fitBaseline fits the model. A table where everything or nothing was counted
// has a finite level too: half an observation of each kind is added to it.
func fitBaseline(t *table) *baseline {
	b := &baseline{table: t, logit: make([]float64, len(t.entries)), p: make([]float64, len(t.entries))}
	b.build()
	b.start()
	b.findNestings()
	for range sweepsAtMost {
		moved := b.sweep()
		for i := range b.nestings {
			b.recentre(&b.nestings[i])
		}
		if b.reweigh() && moved < smallMove {
			b.converged = true
			break
		}
	}
	for _, k := range b.blocks {
		b.gather(k)
	}
	return b
}

// build lays out the blocks, first those that cells can be taken out of: a queue
// with one moderator is the moderator's.
func (b *baseline) build() {
	if !b.table.noRow {
		b.row = b.add(func(e *entry) [3]int32 { return [3]int32{e.row} })
		b.inPlace = b.add(func(e *entry) [3]int32 { return [3]int32{e.row, e.place} })
	}
	if !b.table.noUnit {
		b.unit = b.add(func(e *entry) [3]int32 { return [3]int32{e.unit} })
	}
	b.add(func(e *entry) [3]int32 { return [3]int32{e.queue} })
	b.add(func(e *entry) [3]int32 { return [3]int32{e.rating} })
	b.add(func(e *entry) [3]int32 { return [3]int32{e.band} })
	b.add(func(e *entry) [3]int32 { return [3]int32{e.queue, e.rating, e.band} })
}

// add numbers the levels that key tells apart, in the order of the keys. It
// returns nil, and adds nothing, when there is one level or when an earlier
// block tells the same entries apart.
func (b *baseline) add(key func(*entry) [3]int32) *block {
	ids := map[[3]int32]int32{}
	k := &block{level: make([]int32, len(b.table.entries)), variance: 0.25}
	var keys [][3]int32
	for i := range b.table.entries {
		at := key(&b.table.entries[i])
		id, ok := ids[at]
		if !ok {
			id = int32(len(keys))
			ids[at] = id
			keys = append(keys, at)
		}
		k.level[i] = id
	}
	if len(keys) < 2 {
		return nil
	}
	k.renumber(keys)
	if slices.ContainsFunc(b.blocks, k.same) {
		return nil
	}
	k.value = make([]float64, len(keys))
	k.info, k.slope, k.spread = make([]float64, len(keys)), make([]float64, len(keys)), make([]float64, len(keys))
	b.blocks = append(b.blocks, k)
	return k
}

// renumber puts the levels in the order of their keys.
func (k *block) renumber(keys [][3]int32) {
	order := make([]int32, len(keys))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int { return slices.Compare(keys[i][:], keys[j][:]) })
	to := make([]int32, len(keys))
	for at, id := range order {
		to[id] = int32(at)
	}
	for i, id := range k.level {
		k.level[i] = to[id]
	}
}

// same tells whether two blocks with sorted levels split the entries alike.
func (k *block) same(other *block) bool {
	to := map[int32]int32{}
	for i, l := range k.level {
		if at, ok := to[l]; ok && at != other.level[i] {
			return false
		}
		to[l] = other.level[i]
	}
	seen := map[int32]bool{}
	for _, at := range to {
		seen[at] = true
	}
	return len(seen) == len(to)
}

// start sets the level to the overall share, and the logits with the offsets.
func (b *baseline) start() {
	n, y := 1.0, 0.5
	for i := range b.table.entries {
		n += b.table.entries[i].n
		y += b.table.entries[i].y
	}
	b.level = math.Log(y / (n - y))
	for i := range b.logit {
		b.logit[i] = b.level + b.table.entries[i].offset
		b.p[i] = logistic(b.logit[i])
	}
}

// gather sums slopes and information by level at the present logits.
func (b *baseline) gather(k *block) {
	clear(k.slope)
	clear(k.info)
	for i := range b.table.entries {
		e, p, at := &b.table.entries[i], b.p[i], k.level[i]
		k.slope[at] += e.y - e.n*p
		k.info[at] += e.n * p * (1 - p)
	}
}

// sweep moves the level and each block once, and returns the largest move.
func (b *baseline) sweep() float64 {
	slope, info := 0.5-logistic(b.level), 0.25
	for i := range b.table.entries {
		e, p := &b.table.entries[i], b.p[i]
		slope += e.y - e.n*p
		info += e.n * p * (1 - p)
	}
	step := bounded(slope / info)
	b.level += step
	b.shift(func(int) float64 { return step })
	moved := math.Abs(step)
	move := make([]float64, len(b.p))
	for _, k := range b.blocks {
		b.gather(k)
		for l := range k.value {
			move[l] = bounded((k.slope[l] - k.value[l]/k.variance) / (k.info[l] + 1/k.variance))
			k.value[l] += move[l]
			moved = max(moved, math.Abs(move[l]))
		}
		b.shift(func(i int) float64 { return move[k.level[i]] })
	}
	return moved
}

// shift moves the logit of each entry.
func (b *baseline) shift(by func(entry int) float64) {
	ranges(len(b.logit), 4096, func(first, last int) {
		for i := first; i < last; i++ {
			b.logit[i] += by(i)
			b.p[i] = logistic(b.logit[i])
		}
	})
}

// bounded keeps one Newton step within 1 logit.
func bounded(step float64) float64 { return max(-1, min(1, step)) }
