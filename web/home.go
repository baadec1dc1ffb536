package web

import "time"

// HomePage is GET /: what this person can do today.
type HomePage struct {
	Page
	Cards []HomeCard
}

// HomeCard is one thing to do, in one role at one marketplace.
type HomeCard struct {
	Role   string // "moderator"
	Market string // the marketplace's name; empty for work outside any
	Title  string // "The desk"
	Text   string // one sentence
	Href   string
	// Count with CountLabel ("tickets waiting"); -1 for no count.
	Count      int
	CountLabel string
	// Due is the most urgent due time behind the count; may be zero.
	Due time.Time
}

// Template implements PageData.
func (HomePage) Template() string { return "home" }

// DeskPage is GET /m/{m}/desk.
//
// Form: POST /m/{m}/desk/next (no fields) takes the next ticket.
type DeskPage struct {
	Page
	Queues []DeskQueue
	// Today and Week are since midnight and since Monday, as the viewer's days begin.
	Today, Week DeskDay
	Pace        Pace
	// Own is how the viewer's own decisions stood up to second looks; nil where nobody looked yet.
	Own *Agreement
	// Held is the ticket that the viewer holds now; nil when none.
	Held  *HeldTicket
	Shift ShiftBar
	// Take is whether a next ticket may be taken, and if not why.
	Take Action
}

// DeskQueue is one queue of the viewer. Due is the most urgent due time.
type DeskQueue struct {
	Name    string
	Waiting int
	Due     time.Time
	Overdue int
}

// DeskDay are the viewer's own figures since midnight.
type DeskDay struct{ Kept, Asked, Skipped int }

// All is how many tickets that were.
func (d DeskDay) All() int { return d.Kept + d.Asked + d.Skipped }

// Pace is how the viewer's week stands beside the rest of the desk's. Each of Shares has the others' as an interval.
type Pace struct {
	Median    string // "2 min 10 s"; empty where nothing was decided
	Decided   int
	Low, High string // the others' median; empty where they are too few to say anything of them
	Shares    []PaceShare
}

// PaceShare is what part of the week's tickets ended in one way. Others says whether Low and High are known.
type PaceShare struct {
	Name      string
	Share     float64
	Others    bool
	Low, High float64
}

// HeldTicket is a ticket under the viewer's lease.
type HeldTicket struct {
	ID         string
	Stars      int
	Excerpt    string
	Queue      string
	LeaseUntil time.Time
}

// Template implements PageData.
func (DeskPage) Template() string { return "desk" }
