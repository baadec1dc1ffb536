// Package worlds makes and reads synthetic review desks in which it is known which moderators removed genuine reviews for
// which sellers: what the detector in package favor is judged on. It is no part of the product's own way.
package worlds

import (
	"strconv"

	"evenhand/favor"
)

// World is a desk with its truth.
type World struct {
	Name      string
	Decisions []favor.Decision
	// Answers is what a second look at each decision would say, in the order of Decisions.
	Answers []favor.Label
	Planted []Planted
}

// Planted is a favoured pair.
type Planted struct {
	Moderator, Seller string
	Corrupt           int    // genuine reviews removed in the end because of the favour
	Kind              string // direct, middleman or approver
	Approver          string // the one in it, if any
	Group             string // the seller's group, if it is a middleman's
}

// Material is the number of corrupt removals from which a pair should be found.
const Material = 5

// Bare are the decisions with the required columns alone.
func (w *World) Bare() []favor.Decision {
	out := make([]favor.Decision, len(w.Decisions))
	for i, d := range w.Decisions {
		out[i] = favor.Decision{ID: d.ID, At: d.At, Moderator: d.Moderator, Seller: d.Seller, Queue: d.Queue, Action: d.Action}
	}
	return out
}

// Answer fills in the second looks that were asked for.
func (w *World) Answer(decisions []favor.Decision, ids []string) {
	at := make(map[string]int, len(w.Decisions))
	for i, d := range w.Decisions {
		at[d.ID] = i
	}
	for _, id := range ids {
		decisions[at[id]].SecondLook = w.Answers[at[id]]
	}
}

// Pairs are the planted pairs of a table with their corrupt removals, the names being those of rows and columns.
func (w *World) Pairs(by favor.By) map[[2]string]int {
	pairs := map[[2]string]int{}
	for _, p := range w.Planted {
		switch {
		case by == favor.ModeratorSeller:
			pairs[[2]string{p.Moderator, p.Seller}] += p.Corrupt
		case by == favor.ModeratorGroup && p.Kind == "middleman":
			pairs[[2]string{p.Moderator, p.Group}] += p.Corrupt
		case by == favor.ApproverSeller && p.Approver != "":
			pairs[[2]string{p.Approver, p.Seller}] += p.Corrupt
		case by == favor.ModeratorApprover && p.Approver != "":
			pairs[[2]string{p.Moderator, p.Approver}] += p.Corrupt
		}
	}
	return pairs
}

func numbered(prefix string, n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return prefix + s
}
