package web

import (
	"math"

	"evenhand/words"
)

// Before and After are the averages as far as they differ: to one decimal
// where that shows it, to two otherwise.
func (e Effect) Before(l *words.Language) string { return l.Fixed(e.decimals(), e.AverageBefore) }

// After is the average without the review.
func (e Effect) After(l *words.Language) string { return l.Fixed(e.decimals(), e.AverageAfter) }

func (e Effect) decimals() int {
	if math.Abs(e.AverageAfter-e.AverageBefore) >= 0.1 {
		return 1
	}
	return 2
}

// Moves says in words what happens to the average.
func (e Effect) Moves(l *words.Language) string {
	by := l.Fixed(e.decimals(), math.Abs(e.AverageAfter-e.AverageBefore))
	switch {
	case math.Abs(e.AverageAfter-e.AverageBefore) < 0.005:
		return l.Say("stays the same to two decimals")
	case e.AverageAfter > e.AverageBefore:
		return l.Say("rises by %s", by)
	}
	return l.Say("falls by %s", by)
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
