package web

import "math"

// Before and After are the averages as far as they differ: to one decimal
// where that shows it, to two otherwise.
func (e Effect) Before() string { return fixed(e.decimals(), e.AverageBefore) }

// After is the average without the review.
func (e Effect) After() string { return fixed(e.decimals(), e.AverageAfter) }

func (e Effect) decimals() int {
	if math.Abs(e.AverageAfter-e.AverageBefore) >= 0.1 {
		return 1
	}
	return 2
}

// Moves says in words what happens to the average.
func (e Effect) Moves() string {
	by := fixed(e.decimals(), math.Abs(e.AverageAfter-e.AverageBefore))
	switch {
	case by == "0.00":
		return "stays the same to two decimals"
	case e.AverageAfter > e.AverageBefore:
		return "rises by " + by
	}
	return "falls by " + by
}

// LowShareBefore is the share of ratings with one or two stars.
func (e Effect) LowShareBefore() float64 { return share(e.LowBefore, e.CountBefore) }

// LowShareAfter is that without the review.
func (e Effect) LowShareAfter() float64 { return share(e.LowAfter, e.CountAfter) }

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
