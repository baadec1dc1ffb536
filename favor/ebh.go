package favor

import (
	"cmp"
	"math"
	"slices"
)

// FalseDiscoveryE returns, for each of the logs of e-values, the least false discovery rate at which e-BH has it among its
// discoveries: K/(k·e_(k)), least over the k from its own place on, at most 1 (Wang and Ramdas 2022, JRSS B 84, 822). It
// holds however the e-values depend on each other.
func FalseDiscoveryE(logE []float64) []float64 {
	order := make([]int, len(logE))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(logE[j], logE[i]), cmp.Compare(i, j)) })
	q := make([]float64, len(logE))
	least := 1.0
	for k := len(order) - 1; k >= 0; k-- {
		i := order[k]
		least = min(least, math.Exp(math.Log(float64(len(logE)))-math.Log(float64(k+1))-logE[i]))
		q[i] = least
	}
	return q
}
