package favor

import (
	"iter"
	"time"
)

// Decision is one moderator's decision on one flagged review, with what became
// of it. ID, At, Moderator, Seller, Queue and Action are required; the rest is
// used where it is known, and its zero value means unknown.
type Decision struct {
	ID        string
	At        time.Time
	Moderator string
	Seller    string
	Queue     string
	Action    Action

	Approver    string // the second person; empty where there was none
	Outcome     Outcome
	Marketplace string
	SellerGroup string  // sellers known to belong together; empty: none known
	Rating      float64 // stars, 1 to 5; 0: unknown
	Content     Content
	Assigned    Assignment
	SecondLook  Label
}

// Content is an outside judgement of the review's text: the higher the score,
// the more likely it violates the rules. Only its order matters.
type Content struct {
	Score float64
	Known bool
}

// Action is what the moderator asked for.
type Action uint8

// The actions. The zero value is not one.
const (
	Remove Action = iota + 1
	Keep
)

// Outcome is what became of the review after the second person.
type Outcome uint8

// The outcomes. The zero value is unknown.
const (
	Removed Outcome = iota + 1
	Kept
)

// Assignment is how the ticket came to its moderator.
type Assignment uint8

// The ways of assignment. The zero value is unknown.
const (
	Random Assignment = iota + 1
	Picked
)

// Label is the result of a blind second look by another moderator.
type Label uint8

// The labels. The zero value means that nobody looked.
const (
	Violating Label = iota + 1
	Genuine
)

// The words of the closed lists, as they stand in files.
var (
	actionWords     = map[string]Action{"remove": Remove, "keep": Keep}
	outcomeWords    = map[string]Outcome{"removed": Removed, "kept": Kept}
	assignmentWords = map[string]Assignment{"random": Random, "picked": Picked}
	labelWords      = map[string]Label{"violating": Violating, "genuine": Genuine}
)

// All makes a sequence for Analyze and Looks from decisions in memory.
func All(decisions []Decision) iter.Seq2[Decision, error] {
	return func(yield func(Decision, error) bool) {
		for i := range decisions {
			if !yield(decisions[i], nil) {
				return
			}
		}
	}
}

// Count is one row of a table of counts: N events seen, Expected of them
// expected under independence (in events, above 0).
type Count struct {
	Row, Col string
	N        int
	Expected float64
}

// AllCounts makes a sequence for AnalyzeCounts from counts in memory.
func AllCounts(counts []Count) iter.Seq2[Count, error] {
	return func(yield func(Count, error) bool) {
		for _, c := range counts {
			if !yield(c, nil) {
				return
			}
		}
	}
}
