package favor

// nesting says that each level of child belongs to one level of parent, such as
// a moderator in a queue to that queue. What the children of a level have in
// common can as well be the parent's; the data don't care, the priors do. The
// sweeps are slow to carry it over, so that it is done at once.
type nesting struct {
	parent, child *block // parent nil: the model's level
	of            []int32
}

// findNestings finds all pairs of blocks that nest.
func (b *baseline) findNestings() {
	for _, child := range b.blocks {
		b.nestings = append(b.nestings, nesting{child: child, of: make([]int32, len(child.value))})
		for _, parent := range b.blocks {
			if of, ok := child.within(parent); ok {
				b.nestings = append(b.nestings, nesting{parent: parent, child: child, of: of})
			}
		}
	}
}

// within returns the level of parent that each level of k belongs to.
func (k *block) within(parent *block) ([]int32, bool) {
	if parent == k || len(parent.value) >= len(k.value) {
		return nil, false
	}
	of := make([]int32, len(k.value))
	for i := range of {
		of[i] = -1
	}
	for i, l := range k.level {
		if of[l] >= 0 && of[l] != parent.level[i] {
			return nil, false
		}
		of[l] = parent.level[i]
	}
	return of, true
}

// recentre moves what the children of each level share to their parent, as far
// as the two priors together want it. No logit changes.
func (b *baseline) recentre(n *nesting) {
	levels := 1
	if n.parent != nil {
		levels = len(n.parent.value)
	}
	sum, count := make([]float64, levels), make([]float64, levels)
	for l, v := range n.child.value {
		sum[n.of[l]] += v
		count[n.of[l]]++
	}
	for l := range sum {
		if n.parent == nil {
			sum[l] /= count[l]
			b.level += sum[l]
			continue
		}
		ratio := n.child.variance / n.parent.variance
		sum[l] = (sum[l] - n.parent.value[l]*ratio) / (count[l] + ratio)
		n.parent.value[l] += sum[l]
	}
	for l := range n.child.value {
		n.child.value[l] -= sum[n.of[l]]
	}
}
