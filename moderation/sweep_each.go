package moderation

import (
	"errors"

	"evenhand/models"
)

// sweepBatch bounds how many rows a sweep reads at once.
const sweepBatch = 100

// errSwept is a row to which somebody else, or another instance, came at this very moment.
var errSwept = errors.New("swept meanwhile")

// sweepEach does what is due to each row, in a transaction of its own, until find has no more, and returns how many. do
// leaves the row such that find passes it over. Every instance may sweep at the same time, and killed at any line it goes
// on at the next call.
func sweepEach[Row any](find func(*[]Row) error, do func(Row) error) (int, error) {
	n := 0
	for {
		var due []Row
		err := find(&due)
		if err != nil || len(due) == 0 {
			return n, models.Translate(err)
		}
		for _, row := range due {
			switch err := do(row); {
			case errors.Is(err, errSwept):
			case err != nil:
				return n, err
			default:
				n++
			}
		}
	}
}
