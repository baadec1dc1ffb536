package routing

import (
	"fmt"
	"slices"
	"strings"
)

// Change is one difference between two sets.
type Change struct {
	Kind string // Added, Dropped, Changed, Moved
	Rule string // its name; "" is the set itself
	Text string
}

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
		out = append(out, Change{Changed, "", fmt.Sprintf("reviews without a language are taken for %s, not %s", known(would.Language), known(was.Language))})
	}
	if was.RepeatDays != would.RepeatDays {
		out = append(out, Change{Changed, "", fmt.Sprintf("repeated flags count for nothing new for %d days, not %d", would.RepeatDays, was.RepeatDays)})
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
		if old := was.Rules[before].Words(); old != r.Words() {
			out = append(out, Change{Changed, r.Name, r.Words() + " (was: " + old + ")"})
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
				out = append(out, Change{Moved, r.Name, "comes before " + later.Name + " now"})
				break
			}
		}
	}
	return out
}

func place(s Set, name string) int {
	return slices.IndexFunc(s.Rules, func(r Rule) bool { return r.Name == name })
}

// Words say what a rule does in one sentence.
func (r Rule) Words() string {
	when := "everything"
	if c := r.When.Words(); len(c) > 0 {
		when = strings.Join(c, ", ")
	}
	queue := "the queue of its category"
	if r.Queue != "" {
		queue = "the queue " + r.Queue
	}
	out := fmt.Sprintf("%s → %s, priority %d, due within %d h", when, queue, r.Priority, r.DueHours)
	if r.Skill != "" {
		out += ", takes the skill " + r.Skill
	}
	return out
}

// Words are the conditions, one by one.
func (w When) Words() []string {
	var out []string
	list := func(what string, values []string) {
		if len(values) > 0 {
			out = append(out, what+" "+strings.Join(values, " or "))
		}
	}
	list("category", w.Categories)
	list("language", w.Languages)
	list("flagged by", w.Sources)
	for _, x := range []struct {
		what string
		Range
	}{{"score", w.Score}, {"stars", w.Stars}, {"age in days", w.Age}} {
		if !x.none() {
			out = append(out, x.what+" "+x.String())
		}
	}
	switch w.Verified {
	case Yes:
		out = append(out, "order verified")
	case No:
		out = append(out, "order not verified")
	case Unknown:
		out = append(out, "unknown whether there was an order")
	}
	if w.Flags > 1 {
		out = append(out, fmt.Sprintf("at least %d flags", w.Flags))
	}
	if w.Distinct > 1 {
		out = append(out, fmt.Sprintf("from at least %d sources", w.Distinct))
	}
	return out
}
