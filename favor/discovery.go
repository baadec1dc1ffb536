package favor

import (
	"cmp"
	"slices"
)

// FalseDiscovery returns the q-values of p: the least false discovery rate at
// which each would be among the discoveries (Benjamini and Hochberg 1995, JRSS
// B 57, 289). Values are in the order of p and in [0, 1].
func FalseDiscovery(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(p[i], p[j]), cmp.Compare(i, j)) })
	q := make([]float64, len(p))
	least := 1.0
	for k := len(order) - 1; k >= 0; k-- {
		i := order[k]
		least = min(least, p[i]*float64(len(p))/float64(k+1))
		q[i] = least
	}
	return q
}

// dependent corrects q-values for tests that depend on each other in any way,
// also against each other: the factor of Benjamini and Yekutieli (2001, Annals
// of Statistics 29, 1165), 1 + 1/2 + … + 1/n.
func dependent(q []float64) {
	factor := 0.0
	for k := range q {
		factor += 1 / float64(k+1)
	}
	for i := range q {
		q[i] = min(1, q[i]*factor)
	}
}
