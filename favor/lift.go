package favor

import "fmt"

// Stars counts reviews by their stars: Stars[0] of one star to Stars[4] of five.
type Stars [5]int

// count is the number of reviews and the sum of their stars.
func (s Stars) count() (n int, sum float64) {
	for i, k := range s {
		n += k
		sum += float64(k * (i + 1))
	}
	return n, sum
}

// Lifted is what removals did to a seller's mean rating, in stars.
type Lifted struct {
	Before, After float64 // mean rating with and without the removed reviews
	PerRemoval    float64 // by how much it rose for each of them
}

// Lift tells what removing some of a seller's reviews did to the mean rating: of those that stay and those removed together,
// against those that stay. It is an error when a count is negative, nothing was removed, or nothing stays.
func Lift(stay, removed Stars) (Lifted, error) {
	for i := range stay {
		if stay[i] < 0 || removed[i] < 0 {
			return Lifted{}, fmt.Errorf("favor: lift: a number of reviews of %d stars is negative", i+1)
		}
	}
	n, sum := stay.count()
	k, gone := removed.count()
	if n == 0 || k == 0 {
		return Lifted{}, fmt.Errorf("favor: lift: %d reviews stay and %d were removed", n, k)
	}
	l := Lifted{Before: (sum + gone) / float64(n+k), After: sum / float64(n)}
	l.PerRemoval = (l.After - l.Before) / float64(k)
	return l, nil
}
