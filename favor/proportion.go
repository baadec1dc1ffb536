package favor

import "gonum.org/v1/gonum/mathext"

// Proportion is a share of k in n with the interval that contains the true one with confidence 1−alpha at least
// (Clopper, Pearson: The use of confidence or fiducial limits illustrated in the case of the binomial, Biometrika 26,
// 1934). With n = 0 nothing is known: from 0 to 1.
func Proportion(k, n int, alpha float64) (low, high float64) {
	low, high = 0, 1
	if k > 0 {
		low = mathext.InvRegIncBeta(float64(k), float64(n-k+1), alpha/2)
	}
	if k < n {
		high = mathext.InvRegIncBeta(float64(k+1), float64(n-k), 1-alpha/2)
	}
	return low, high
}
