package worlds

import (
	"math"
	"slices"
)

// plant makes six moderators favour one to three sellers each, two a middleman's five to eight, and two, with an
// approver in it, one to three.
func (g *desk) plant() {
	order := g.Perm(len(g.queuesOf))
	for k, m := range order[:10] {
		sellers := g.wanted(m)
		kind, n, share := "direct", 1+g.IntN(3), g.direct
		switch {
		case k >= 8:
			kind = "approver"
		case k >= 6:
			kind, n, share = "middleman", 5+g.IntN(4), g.middleman
		}
		group := ""
		if kind == "middleman" {
			group = numbered("g", 900+k, 3)
		}
		approver := -1
		for _, s := range sellers[:min(n, len(sellers))] {
			if kind == "approver" && approver < 0 {
				pool := g.approvers[g.sellerIn[s][0]]
				approver = pool[g.IntN(len(pool))]
			}
			p := Planted{Moderator: numbered("m", m, 2), Seller: numbered("s", s, 4), Kind: kind}
			if group != "" {
				g.group[s], p.Group = group, group
			}
			if approver >= 0 {
				p.Approver = numbered("a", approver, 2)
			}
			g.favours[[2]int{m, s}] = &favour{share: share, approver: approver, planted: len(g.world.Planted)}
			g.world.Planted = append(g.world.Planted, p)
		}
	}
}

// wanted are sellers of some size in a moderator's queues, in random order, those not in a group yet.
func (g *desk) wanted(moderator int) []int {
	var found []int
	total := 0.0
	for _, v := range g.volume {
		total += v
	}
	for _, s := range g.Perm(len(g.volume)) {
		share := g.volume[s] / total
		if share < 0.0008 || share > 0.006 {
			continue
		}
		for _, q := range g.sellerIn[s] {
			if slices.Contains(g.queuesOf[moderator], q) && len(g.group[s]) < 4 {
				found = append(found, s)
				break
			}
		}
	}
	return found
}

// grouped puts sellers into n innocent groups of two to six.
func (g *desk) innocentGroups(n int) {
	g.group = make([]string, len(g.volume))
	for k := range n {
		for range 2 + g.IntN(5) {
			g.group[g.IntN(len(g.volume))] = numbered("g", k, 3)
		}
	}
}

// hire lays out queues, approvers and moderators with least to most queues each.
func (g *desk) hire(moderators, queues, least, most, approversPerMarket int) {
	g.staff, g.queuesOf = make([][]int, queues), make([][]int, moderators)
	g.capacity = make([]float64, moderators)
	for m := range moderators {
		g.capacity[m] = math.Exp(0.5 * g.NormFloat64())
		for _, q := range g.Perm(queues)[:least+g.IntN(most-least+1)] {
			g.queuesOf[m] = append(g.queuesOf[m], q)
		}
	}
	for q := range queues { // everybody has help
		for have := 0; ; have++ {
			n := 0
			for m := range moderators {
				n += int(bit(slices.Contains(g.queuesOf[m], q)))
			}
			if n >= 4 {
				break
			}
			if m := g.IntN(moderators); !slices.Contains(g.queuesOf[m], q) {
				g.queuesOf[m] = append(g.queuesOf[m], q)
			}
		}
		for m := range moderators {
			if slices.Contains(g.queuesOf[m], q) {
				g.staff[q] = append(g.staff[q], m)
			}
		}
		first := q / 6 * approversPerMarket
		pool := make([]int, approversPerMarket)
		for i := range pool {
			pool[i] = first + i
		}
		g.approvers = append(g.approvers, pool)
	}
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// drawn draws from weights by their running sums.
func (g *desk) drawn(sums []float64) int {
	i, _ := slices.BinarySearch(sums, g.Float64()*sums[len(sums)-1])
	return min(i, len(sums)-1)
}

func runningSums(w []float64) []float64 {
	sums, total := make([]float64, len(w)), 0.0
	for i, v := range w {
		total += v
		sums[i] = total
	}
	return sums
}
