package web

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Person is somebody on the staff. A zero Person is drawn as "nobody".
// Under blind work it is Hidden: Name and ID are empty.
type Person struct {
	ID, Name string
	Hidden   bool
	// Me marks the viewer.
	Me bool
}

// Initials are at most two letters for the circle of a seat.
func (p Person) Initials() string {
	if p.Hidden {
		return "?"
	}
	var out []rune
	for word := range strings.FieldsSeq(p.Name) {
		r, _ := utf8.DecodeRuneInString(word)
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, unicode.ToUpper(r))
		}
	}
	if len(out) > 2 {
		out = []rune{out[0], out[len(out)-1]}
	}
	if len(out) == 0 {
		return "·"
	}
	return string(out)
}

// Seats are the people that one act takes: the requester first, then one
// seat for each approval needed. Given, a declined seat is one of them.
type Seats []Seat

// SeatState is how a seat stands.
type SeatState string

const (
	SeatAsked    SeatState = "asked"    // the requester, who asked
	SeatApproved SeatState = "approved" // taken by an approver
	SeatDeclined SeatState = "declined" // taken by somebody who declined
	SeatEmpty    SeatState = "empty"    // waiting for somebody
	SeatYours    SeatState = "yours"    // waiting, and the viewer may take it
	SeatBarred   SeatState = "barred"   // waiting, and the viewer may not take it: say why
	SeatLapsed   SeatState = "lapsed"   // was taken, but no longer counts: say why
	SeatUnfilled SeatState = "unfilled" // never taken; the proposal is over
)

// Seat is one circle. Why is added to the words (a sentence; needed for
// SeatBarred and SeatLapsed: "You asked for this.").
type Seat struct {
	State SeatState
	Who   Person
	At    time.Time
	Why   string
}

// Words say the seat for those who don't see the circle, and on hover.
func (s Seat) Words() string {
	name := s.Who.Name
	switch {
	case s.Who.Me:
		name = "You"
	case name == "":
		name = "Someone"
	}
	text := map[SeatState]string{
		SeatAsked:    name + " asked",
		SeatApproved: name + " approved",
		SeatDeclined: name + " declined",
		SeatEmpty:    "An approver is still needed",
		SeatYours:    "An approver is still needed: you may decide",
		SeatBarred:   "An approver is still needed, but it can’t be you",
		SeatLapsed:   name + " approved, which no longer counts",
		SeatUnfilled: "Nobody took this seat",
	}[s.State]
	if text == "" {
		text = string(s.State)
	}
	if !s.At.IsZero() {
		text += ", " + s.At.Format("2 Jan 2006 15:04 MST")
	}
	if s.Why != "" {
		text += ". " + strings.TrimSuffix(s.Why, ".")
	}
	return text + "."
}

// Taken reports whether the circle shows initials.
func (s Seat) Taken() bool {
	switch s.State {
	case SeatAsked, SeatApproved, SeatDeclined, SeatLapsed:
		return true
	}
	return false
}

// Mark is the mark of the record. The zero Mark draws nothing; an entry
// without a checkpoint is a hollow circle, with one it is solid.
type Mark struct {
	// EntryID is the ledger entry's id; Href its page or proof, if any.
	EntryID, Href string
	// Checkpoint is the size of the signed tree that includes it; 0 for none.
	Checkpoint int64
}
