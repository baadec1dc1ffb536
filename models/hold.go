package models

import "time"

// How a hold ended.
const (
	HoldLapsed    = "lapsed"    // at its time
	HoldConfirmed = "confirmed" // by a removal or a redaction that took effect
	HoldLifted    = "lifted"    // by a request's end without effect, or by one person
)

// FirstHoldMinutes is how long a hold lasts at most in a new marketplace, where holds are turned on.
const FirstHoldMinutes = 240

// MostHoldTime is the longest that a hold lasts, whatever a marketplace sets.
const MostHoldTime = 4 * time.Hour

// Hold is one person's hiding of one review, for a while: no removal, and undone by itself unless two people agree on one.
type Hold struct {
	MarketplaceID string
	ID            string
	ReviewID      string
	ReviewVersion int
	TicketID      string
	SellerID      string
	Rating        int
	Queue         string
	Assigned      string
	HolderID      string
	ReasonCode    string
	ReasonVersion int
	Words         string
	Salt          []byte
	WordsDigest   []byte // commits to the words, and outlives them
	Day           string // YYYY-MM-DD in UTC, and the how-manieth hold of that day and person this is
	Nth           int
	PlacedAt      time.Time
	Until         time.Time
	EndedAt       *time.Time
	How           *string
	EndProposalID *string // the request whose end ended it
	ErasedAt      *time.Time
}

// Over says whether a hold has ended, or would have if the sweep had been here.
func (h Hold) Over(now time.Time) bool { return h.EndedAt != nil || !now.Before(h.Until) }

// HeldAt says whether a hold hides a review at a time. One past its time hides nothing, swept or not.
func (r *Review) HeldAt(now time.Time) bool {
	return r.HoldID != nil && r.HeldUntil != nil && now.Before(*r.HeldUntil)
}

// StatusAt is the status of a review at a time: a hold past its time counts for nothing.
func (r *Review) StatusAt(now time.Time) string {
	if r.Status != ReviewHeld || r.HeldAt(now) {
		return r.Status
	}
	if r.RedactionID != nil {
		return ReviewRedacted
	}
	return ReviewPublished
}
