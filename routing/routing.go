// Package routing decides where a ticket goes: an ordered list of rules, of which the first that fits the facts wins. It
// is pure: facts in, route out. Who may change the rules, and that it takes two people, is for those who call it.
package routing

import (
	"slices"
	"time"
)

// Set is the rules of a marketplace, as two administrators agreed on them.
type Set struct {
	// Language is what a review is taken to be in whose language the marketplace doesn't give; "" leaves it unknown.
	Language string `json:"language"`
	// RepeatDays is for how long a flag says nothing new that repeats one which somebody has decided on.
	RepeatDays int    `json:"repeat_days"`
	Rules      []Rule `json:"rules"`
}

// Rule sends the tickets that fit it to a queue.
type Rule struct {
	Name     string `json:"name"`
	When     When   `json:"when"`
	Queue    string `json:"queue"`     // "": that of the review's category
	Priority int    `json:"priority"`  // 0 to 9, the highest is drawn first
	DueHours int    `json:"due_hours"` // from when it comes in
	Skill    string `json:"skill"`     // "": takes none
}

// When is what a ticket has to be like; what is empty is never asked.
type When struct {
	Categories []string `json:"categories,omitempty"` // one of them, by the names of their queues
	Languages  []string `json:"languages,omitempty"`  // one of them; Unknown stands for none known
	Sources    []string `json:"sources,omitempty"`    // one of them is among the flags'
	Score      Range    `json:"score"`                // the highest that a flag gives, in per cent
	Stars      Range    `json:"stars"`
	Age        Range    `json:"age"`                // of the review when it was flagged, in whole days
	Verified   string   `json:"verified,omitempty"` // Yes, No or Unknown: whether a purchase stands behind it
	Flags      int      `json:"flags,omitempty"`    // at least so many
	Distinct   int      `json:"distinct,omitempty"` // from at least so many different sources
}

// Range is from one bound to another, both included; nil is none.
type Range struct {
	From *int `json:"from,omitempty"`
	To   *int `json:"to,omitempty"`
}

// Values of conditions.
const (
	Unknown = "unknown"
	Yes     = "yes"
	No      = "no"
)

// Facts are what rules are asked about: nothing about the author, the seller, or who works at the desk.
type Facts struct {
	Category string   `json:"category"` // by the name of its queue
	Language string   `json:"language"` // as the marketplace gives it, "" where it doesn't
	Sources  []string `json:"sources"`  // of the flags, each once, sorted
	Flags    int      `json:"flags"`
	Score    *int     `json:"score"`
	Stars    int      `json:"stars"`
	Age      int      `json:"age"`
	Verified *bool    `json:"verified"`
}

// Route is where a ticket goes.
type Route struct {
	Rule     int // its place in the set
	Queue    string
	Priority int
	Due      time.Duration // from now on
	Skill    string
}

// BuiltIn are the rules of a marketplace that has agreed on none: the queue by the category, 24 hours.
func BuiltIn() Set {
	return Set{RepeatDays: 30, Rules: []Rule{{Name: "Everything", DueHours: 24}}}
}

// Route gives the first rule that fits. A set that Check passes always has one; of any other, the last rule stands in.
func (s Set) Route(f Facts) Route {
	if f.Language == "" {
		f.Language = s.Language
	}
	i := slices.IndexFunc(s.Rules, func(r Rule) bool { return r.When.fits(f) })
	if i < 0 {
		i = len(s.Rules) - 1
	}
	if i < 0 {
		return Route{Queue: f.Category, Due: BuiltIn().Route(f).Due}
	}
	r := s.Rules[i]
	out := Route{Rule: i, Queue: r.Queue, Priority: r.Priority, Due: time.Duration(r.DueHours) * time.Hour, Skill: r.Skill}
	if out.Queue == "" {
		out.Queue = f.Category
	}
	return out
}

func (w When) fits(f Facts) bool {
	return oneOf(w.Categories, f.Category) && oneOf(w.Languages, known(f.Language)) &&
		(len(w.Sources) == 0 || slices.ContainsFunc(f.Sources, func(s string) bool { return slices.Contains(w.Sources, s) })) &&
		w.Score.holds(f.Score) && w.Stars.holds(&f.Stars) && w.Age.holds(&f.Age) &&
		(w.Verified == "" || w.Verified == verified(f.Verified)) && f.Flags >= w.Flags && len(f.Sources) >= w.Distinct
}

func oneOf(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }

func known(language string) string {
	if language == "" {
		return Unknown
	}
	return language
}

func verified(v *bool) string {
	switch {
	case v == nil:
		return Unknown
	case *v:
		return Yes
	}
	return No
}

// none says that nothing is asked.
func (r Range) none() bool { return r.From == nil && r.To == nil }

// holds says whether a value is within; one that isn't known never is.
func (r Range) holds(v *int) bool {
	if r.none() {
		return true
	}
	return v != nil && (r.From == nil || *v >= *r.From) && (r.To == nil || *v <= *r.To)
}

// QueueOf is the name of the queue for a category: lower-case letters, digits, _ and -.
func QueueOf(category string) string {
	name := make([]byte, 0, len(category))
	for _, r := range category {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-':
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		default:
			r = '_'
		}
		if len(name) > 0 || (r != '_' && r != '-') {
			name = append(name, byte(r))
		}
	}
	if len(name) == 0 {
		return Uncategorised
	}
	return string(name[:min(len(name), MaxName)])
}

// Uncategorised is the queue of what has no category.
const Uncategorised = "uncategorised"

// MaxName is the longest name of a queue, a skill or a rule.
const MaxName = 60
