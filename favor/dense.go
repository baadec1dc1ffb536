package favor

import (
	"cmp"
	"slices"
)

// edge is a pair with the weight that ties its row to its column, above 0.
type edge struct {
	row, col int32
	weight   float64
}

// densest returns the rows and columns, in rising order, of a set of both whose edges weigh the most for each of its
// members: Σ weights / (rows + columns). It peels off the lightest member, again and again, and keeps the best set on the
// way, which is at least half as dense as the densest there is (Charikar 2000; for bipartite fraud graphs Hooi et al. 2016,
// FRAUDAR, KDD). Of equally light members the last row or, after all rows, the last column goes first.
func densest(edges []edge) (rows, cols []int32, density float64) {
	p := newPeeling(edges)
	best, at := p.weight/float64(max(1, p.left)), 0
	for k := 1; p.left > 1; k++ {
		p.peel()
		if d := p.weight / float64(p.left); d > best {
			best, at = d, k
		}
	}
	gone := map[int32]bool{}
	for _, m := range p.peeled[:at] {
		gone[m] = true
	}
	for m, id := range p.members {
		switch {
		case gone[int32(m)]:
		case id.col:
			cols = append(cols, id.number)
		default:
			rows = append(rows, id.number)
		}
	}
	return rows, cols, best
}

// densestPart are the edges of the densest set's densest connected part: what isn't tied to each other is no one group.
func densestPart(edges []edge) []edge {
	rows, cols, _ := densest(edges)
	left := slices.DeleteFunc(slices.Clone(edges), func(e edge) bool {
		return !slices.Contains(rows, e.row) || !slices.Contains(cols, e.col)
	})
	var best []edge
	most := 0.0
	for len(left) > 0 {
		part := left[:1:1]
		inRow, inCol := map[int32]bool{left[0].row: true}, map[int32]bool{left[0].col: true}
		left = left[1:]
		for grown := true; grown; {
			grown = false
			for i := 0; i < len(left); i++ {
				if e := left[i]; inRow[e.row] || inCol[e.col] {
					inRow[e.row], inCol[e.col], grown = true, true, true
					part = append(part, e)
					left = append(left[:i:i], left[i+1:]...)
					i--
				}
			}
		}
		weight := 0.0
		for _, e := range part {
			weight += e.weight
		}
		if d := weight / float64(len(inRow)+len(inCol)); d > most {
			best, most = part, d
		}
	}
	return best
}

// shared are the edges left when rows and columns with fewer than two are taken out, again and again: each row shares each
// of its columns with another.
func shared(edges []edge) []edge {
	for {
		rows, cols := map[int32]int{}, map[int32]int{}
		for _, e := range edges {
			rows[e.row]++
			cols[e.col]++
		}
		kept := slices.DeleteFunc(slices.Clone(edges), func(e edge) bool { return rows[e.row] < 2 || cols[e.col] < 2 })
		if len(kept) == len(edges) {
			return kept
		}
		edges = kept
	}
}

// member is a row or a column of the graph.
type member struct {
	number int32
	col    bool
}

// peeling is a graph losing its members one by one. Members are in order: rows, then columns.
type peeling struct {
	members []member
	edges   [][]end // of each member
	degree  []float64
	heap    []int32 // members left, the lightest on top
	place   []int32 // of each member in the heap, −1: peeled
	peeled  []int32
	weight  float64
	left    int
}

type end struct {
	to     int32
	weight float64
}

func newPeeling(edges []edge) *peeling {
	p := &peeling{}
	at := map[member]int32{}
	for _, m := range sortedMembers(edges) {
		at[m] = int32(len(p.members))
		p.members = append(p.members, m)
	}
	n := len(p.members)
	p.left, p.edges, p.degree, p.place = n, make([][]end, n), make([]float64, n), make([]int32, n)
	for _, e := range edges {
		a, b := at[member{e.row, false}], at[member{e.col, true}]
		p.edges[a], p.edges[b] = append(p.edges[a], end{b, e.weight}), append(p.edges[b], end{a, e.weight})
		p.degree[a] += e.weight
		p.degree[b] += e.weight
		p.weight += e.weight
	}
	for m := range int32(n) {
		p.heap, p.place[m] = append(p.heap, m), m
	}
	for i := n/2 - 1; i >= 0; i-- {
		p.sink(i)
	}
	return p
}

// lighter orders members: by weight, then the later one first.
func (p *peeling) lighter(a, b int32) bool {
	return cmp.Or(cmp.Compare(p.degree[a], p.degree[b]), cmp.Compare(b, a)) < 0
}

// peel takes the lightest member out.
func (p *peeling) peel() {
	m := p.heap[0]
	last := len(p.heap) - 1
	p.swap(0, last)
	p.heap, p.place[m] = p.heap[:last], -1
	p.sink(0)
	p.peeled = append(p.peeled, m)
	p.left--
	for _, e := range p.edges[m] {
		if p.place[e.to] < 0 {
			continue
		}
		p.weight -= e.weight
		p.degree[e.to] -= e.weight
		p.rise(int(p.place[e.to]))
	}
}

func (p *peeling) swap(i, j int) {
	p.heap[i], p.heap[j] = p.heap[j], p.heap[i]
	p.place[p.heap[i]], p.place[p.heap[j]] = int32(i), int32(j)
}

func (p *peeling) sink(i int) {
	for {
		least := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(p.heap) && p.lighter(p.heap[child], p.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		p.swap(i, least)
		i = least
	}
}

func (p *peeling) rise(i int) {
	for i > 0 && p.lighter(p.heap[i], p.heap[(i-1)/2]) {
		p.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
}

// sortedMembers are all rows in order, then all columns.
func sortedMembers(edges []edge) []member {
	seen := map[member]bool{}
	var out []member
	for _, e := range edges {
		for _, m := range [2]member{{e.row, false}, {e.col, true}} {
			if !seen[m] {
				seen[m] = true
				out = append(out, m)
			}
		}
	}
	slices.SortFunc(out, func(a, b member) int {
		return cmp.Or(cmp.Compare(counted(a.col), counted(b.col)), cmp.Compare(a.number, b.number))
	})
	return out
}
