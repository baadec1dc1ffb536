package web

import "time"

// Deciding is the section in which a second person decides on a proposal: the part second-person. A page that embeds it
// has a State and Seats, and under the proposal's address:
//
//	approve   POST digest, note
//	decline   POST digest, note
//	withdraw  POST digest
type Deciding struct {
	Digest string // of what is shown
	// Approve (and decline) and Withdraw: allowed, or disabled with why, or
	// (both empty) not drawn.
	Approve, Withdraw Action
	Notes             []VerdictNote
	Note              string // kept
	Errors            Errors // "note", ""
}

// VerdictNote is what somebody wrote who has decided already.
type VerdictNote struct {
	Who  Person
	At   time.Time
	Text string
}
