package web

import (
	"time"

	"evenhand/words"
)

// Hold is one hold as it is shown. State is one of HoldOpen and the like; Until is its time, EndedAt when it ended, zero
// while it hasn't.
type Hold struct {
	ID, ReviewID   string
	Stars          int
	Excerpt        string
	Seller         string
	Holder         Person
	Reason         string // a code
	Words          string
	Erased         bool // Words, at the author's request
	PlacedAt       time.Time
	Until, EndedAt time.Time
	State          string
	ProposalID     string // the request whose end ended it
	Lift           bool   // the viewer may end it
	Mark           Mark
}

// States of a hold.
const (
	HoldOpen      = "hold-open"
	HoldLapsed    = "hold-lapsed"
	HoldConfirmed = "hold-confirmed"
	HoldLifted    = "hold-lifted"
)

// Open reports whether the review is hidden by it now.
func (h Hold) Open() bool { return h.State == HoldOpen }

// HoldForm is the ticket's form to hold its review: POST {ticket}/hold with
// text_digest, reason, words. Left is how many holds the viewer has today.
type HoldForm struct {
	Offered       bool
	Left, Minutes int
	Reasons       []Option
	Reason, Words string // kept
	Errors        Errors // "reason", "words"
}

// HoldsPage is GET /m/{m}/holds: every hold, newest first, or one person's.
//
// Facets (GET): moderator, a person's id.
//
// Forms: POST /m/{m}/holds/{id}/lift.
type HoldsPage struct {
	Page
	Of      Person // whose; no ID: everybody's
	Figures []SubjectFigure
	Holds   []Hold
	Pager   Pager
	Minutes int // how long one lasts
	PerDay  int // how many one person has a day; 0: none are placed any more
}

// Template implements PageData.
func (HoldsPage) Template() string { return "holds" }

// hoursMinutes is a length of time in words: "4 hours", "1 hour 30 minutes".
func hoursMinutes(l *words.Language, minutes int) string {
	switch h, m := minutes/60, minutes%60; {
	case h == 0:
		return l.Plural(m, "minute", "minutes")
	case m == 0:
		return l.Plural(h, "hour", "hours")
	default:
		return l.Plural(h, "hour", "hours") + " " + l.Plural(m, "minute", "minutes")
	}
}
