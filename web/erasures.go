package web

import "time"

// ErasuresPage is GET /m/{m}/erasures: the requests to erase what a customer
// wrote, newest first, and the form to ask for one.
//
// Form: POST /m/{m}/erasures with customer, reference, justification.
type ErasuresPage struct {
	Page
	Erasures []ErasureRow
	Pager    Pager
	// Ask draws the form, or says why it isn't there.
	Ask                                Action
	Customer, Reference, Justification string // kept
	Errors                             Errors // "customer", "reference", "justification", ""
}

// ErasureRow is a request in the list.
type ErasureRow struct {
	ID        string
	State     string // a proposal's
	Reference string // "" once a later erasure took it away
	Requester Person
	Seats     Seats
	Reviews   int
	AskedAt   time.Time
	ExpiresAt time.Time
	DecidedAt time.Time // zero while open
	Mark      Mark
}

// ErasurePage is GET /m/{m}/erasures/{id}, and what its forms show when they
// fail. Its forms are those of Deciding.
type ErasurePage struct {
	Page
	ErasureRow
	Deciding
	// Customer is the marketplace's id of the customer, to be held against the
	// case; empty once they are erased, by this request or (Gone) another.
	Customer      string
	Gone          bool
	Removed       int // of the reviews
	Justification string
}

// Template implements PageData.
func (ErasuresPage) Template() string { return "erasures" }

// Template implements PageData.
func (ErasurePage) Template() string { return "erasure" }
