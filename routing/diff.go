package routing

import (
	"slices"

	"evenhand/words"
)

// Change is one difference between two sets.
type Change struct {
	Kind string // Added, Dropped, Changed, Moved
	Rule string // its name; "" is the set itself
	Said words.Sentence
}

// Kinds are those of changes.
var Kinds = []string{Added, Dropped, Changed, Moved}

// Kinds of changes.
const (
	Added   = "added"
	Dropped = "dropped"
	Changed = "changed"
	Moved   = "moved"
)

// Diff says how a set differs from the one that it is to replace. Rules are the same by their name.
func Diff(was, would Set) []Change {
	var out []Change
	if was.Language != would.Language {
		out = append(out, Change{Changed, "", said("reviews without a language are taken for %s, not %s", named(would.Language), named(was.Language))})
	}
	if was.RepeatDays != would.RepeatDays {
		out = append(out, Change{Changed, "", said("repeated flags count for nothing new for %d days, not %d", would.RepeatDays, was.RepeatDays)})
	}
	for _, r := range was.Rules {
		if place(would, r.Name) < 0 {
			out = append(out, Change{Dropped, r.Name, r.Words()})
		}
	}
	for _, r := range would.Rules {
		before := place(was, r.Name)
		if before < 0 {
			out = append(out, Change{Added, r.Name, r.Words()})
			continue
		}
		if old, now := was.Rules[before].Words(), r.Words(); old.String() != now.String() {
			out = append(out, Change{Changed, r.Name, said("%s (was: %s)", now, old)})
		}
	}
	return append(out, moves(was, would)...)
}

// moves are the rules of both that another one of both stands before now.
func moves(was, would Set) []Change {
	var out []Change
	for i, r := range would.Rules {
		at := place(was, r.Name)
		if at < 0 {
			continue
		}
		for _, later := range would.Rules[i+1:] {
			if p := place(was, later.Name); p >= 0 && p < at {
				out = append(out, Change{Moved, r.Name, said("comes before %s now", later.Name)})
				break
			}
		}
	}
	return out
}

func place(s Set, name string) int {
	return slices.IndexFunc(s.Rules, func(r Rule) bool { return r.Name == name })
}
