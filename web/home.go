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
	Today  DeskDay
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
