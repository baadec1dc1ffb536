package favor

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// densestByTrying tries every set of rows and columns.
func densestByTrying(edges []edge, rows, cols int) float64 {
	best := 0.0
	for set := 1; set < 1<<(rows+cols); set++ {
		weight, members := 0.0, 0.0
		for x := set; x > 0; x &= x - 1 {
			members++
		}
		for _, e := range edges {
			if set>>e.row&1 == 1 && set>>(int(e.col)+rows)&1 == 1 {
				weight += e.weight
			}
		}
		best = max(best, weight/members)
	}
	return best
}

// On small graphs the density is that of the set returned, is at least half of the best there is, and a planted block that
// outweighs all else is found exactly, in whatever order the edges come.
func TestDensestAgainstTryingEverySet(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	exact := 0
	for round := range 300 {
		rows, cols := 1+r.IntN(6), 1+r.IntN(6)
		var edges []edge
		for i := range rows {
			for j := range cols {
				if r.IntN(2) == 0 || i == 0 && j == 0 {
					edges = append(edges, edge{int32(i), int32(j), r.ExpFloat64()})
				}
			}
		}
		in, to, density := densest(edges)
		weight := 0.0
		for _, e := range edges {
			if slices.Contains(in, e.row) && slices.Contains(to, e.col) {
				weight += e.weight
			}
		}
		if got := weight / float64(len(in)+len(to)); got < density-1e-9 || got > density+1e-9 {
			t.Fatalf("round %d: the set has density %v, told %v", round, got, density)
		}
		best := densestByTrying(edges, rows, cols)
		if density < best/2-1e-12 || density > best+1e-12 {
			t.Fatalf("round %d: density %v, the best is %v", round, density, best)
		}
		if density > best-1e-12 {
			exact++
		}
		r.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
		if again, there, _ := densest(edges); !slices.Equal(again, in) || !slices.Equal(there, to) {
			t.Fatalf("round %d: another set in another order", round)
		}
	}
	t.Logf("exactly the best in %d of 300", exact)
	planted := []edge{{1, 4, 3}, {1, 5, 3}, {1, 7, 3}, {2, 4, 3}, {2, 5, 3}, {2, 7, 3}}
	for i := range int32(40) {
		planted = append(planted, edge{3 + i%10, 10 + i, 2})
	}
	if rows, cols, _ := densest(planted); !slices.Equal(rows, []int32{1, 2}) || !slices.Equal(cols, []int32{4, 5, 7}) {
		t.Errorf("%v %v", rows, cols)
	}
}

// Two stars with a row and a column in between: the heavier star is the densest part, and nothing in it is shared. A square
// with a tail is shared without its tail.
func TestDensestPartIsConnectedAndSharedIsShared(t *testing.T) {
	stars := []edge{{1, 1, 9}, {1, 2, 9}, {2, 3, 8}, {2, 4, 8.5}}
	if part := densestPart(stars); !slices.Equal(part, stars[:2]) || len(shared(part)) != 0 {
		t.Errorf("%v, shared %v", part, shared(part))
	}
	square := []edge{{1, 1, 1}, {1, 2, 1}, {2, 1, 1}, {2, 2, 1}, {2, 3, 1}, {4, 3, 1}}
	if got := shared(square); !slices.Equal(got, square[:4]) {
		t.Errorf("%v", got)
	}
	if densestPart(nil) != nil || len(shared(nil)) != 0 {
		t.Error("something of nothing")
	}
}
