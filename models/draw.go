package models

import "time"

// DrawSeed is one day's seed: committed to before the day's first draw, in the database only when the day is over.
type DrawSeed struct {
	MarketplaceID string
	Period        string // the UTC day, as YYYY-MM-DD
	ID            string
	Commitment    []byte // SHA-256 of the seed
	RevealID      *string
	Seed          []byte // nil until it is revealed
}

// Draw is the n-th ticket that a person drew on a day, and among which.
type Draw struct {
	MarketplaceID string
	ID            string
	Period        string
	PersonID      string
	N             int
	Pool          string // canonical JSON list of tickets' ids, the most urgent first
	Attempts      int    // tickets that somebody else took meanwhile, before this one
	TicketID      string
	DrawnAt       time.Time
}

// Why a drawn approver was replaced by another draw. The others are what somebody says who hands a request back.
const (
	DrawLate     = "late"
	DrawDisabled = "disabled"
	DrawRole     = "role"
	DrawInterest = "interest"
)

// ApproverDraw is the n-th person drawn to decide on a request, and among whom.
type ApproverDraw struct {
	MarketplaceID string
	ID            string
	ProposalID    string
	ApproverID    string
	N             int
	Period        string
	Pool          string // canonical JSON list of staff ids, in their order
	DrawnAt       time.Time
	DueAt         time.Time // when another is drawn in their place, if there is one
	EndedAt       *time.Time
	EndedWhy      *string
}
