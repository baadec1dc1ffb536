package web

import (
	"cmp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"evenhand/words"
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

// seatWords say a seat that somebody took, and seatYours one that the viewer did.
var (
	seatWords = map[SeatState]string{
		SeatAsked: "%s asked", SeatApproved: "%s approved", SeatDeclined: "%s declined", SeatLapsed: "%s approved, which no longer counts",
		SeatEmpty: "An approver is still needed", SeatYours: "An approver is still needed: you may decide",
		SeatBarred: "An approver is still needed, but it can’t be you", SeatUnfilled: "Nobody took this seat",
	}
	seatYours = map[SeatState]string{
		SeatAsked: "You asked", SeatApproved: "You approved", SeatDeclined: "You declined", SeatLapsed: "You approved, which no longer counts",
	}
)

// Words say the seat for those who don't see the circle, and on hover.
func (s Seat) Words(l *words.Language) string {
	text := seatWords[s.State]
	switch {
	case text == "":
		text = string(s.State)
	case s.Who.Me && s.Taken():
		text = l.Say(seatYours[s.State])
	case s.Taken():
		text = l.Say(text, cmp.Or(s.Who.Name, l.Say("Someone")))
	default:
		text = l.Say(text)
	}
	if !s.At.IsZero() {
		text += ", " + l.Date(s.At, "2 Jan 2006 15:04 MST")
	}
	if s.Why != "" {
		text += ". " + strings.TrimSuffix(l.Say(s.Why), ".")
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
