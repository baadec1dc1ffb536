package web

import "time"

// LooksPage is GET /m/{m}/looks: how decisions stood up to second looks in the last 90 days.
//
// Facets (GET): show=all lists every second look, and not only those that disagree.
type LooksPage struct {
	Page
	Since      time.Time
	Agreements []Agreement
	All        bool
	Looks      []Look
	Pager      Pager
}

// Agreement is one moderator's: of their decisions that somebody looked at again, how many stood; and of the known good
// reviews that they were given, how many they asked to have removed. Low to High is the 95 % interval of each share.
type Agreement struct {
	Moderator       Person
	Looked, Agreed  int
	Low, High       float64
	WrongAsked      int
	WrongKept       int
	Tests           int
	TestErrors      int
	ErrLow, ErrHigh float64
}

// Share of the decisions looked at again that stood.
func (a Agreement) Share() float64 { return float64(a.Agreed) / float64(max(a.Looked, 1)) }

// Look is one second look beside the decision that it looked at.
type Look struct {
	ReviewID  string
	Stars     int
	Excerpt   string
	Seller    string
	First     Person
	Action    string // keep, remove: what the first decided
	DecidedAt time.Time
	Second    Person
	Verdict   string // genuine, violating
	Reason    string // the code behind violating
	Test      bool   // the review was mixed in as known good
	Disagree  bool
	LookedAt  time.Time
	Mark      Mark
}

// Template implements PageData.
func (LooksPage) Template() string { return "looks" }
