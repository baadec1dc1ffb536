package models

import "time"

// EvidenceOpening is that somebody has opened one piece of a request's evidence.
type EvidenceOpening struct {
	MarketplaceID string
	ID            string
	ProposalID    string
	Item          int // from 0, in the order of the request
	StaffID       string
	OpenedAt      time.Time
}

// What a message about a request is.
const (
	MessageQuestion = "question"
	MessageAnswer   = "answer"
)

// ProposalMessage is a question back to who asked for something, or their answer.
type ProposalMessage struct {
	MarketplaceID string
	ID            string
	ProposalID    string
	N             int // within the request, from 1
	AuthorID      string
	Kind          string
	Text          string
	TextSalt      []byte
	TextDigest    []byte // commits to the text
	CreatedAt     time.Time
	ErasedAt      *time.Time
}

// KeptBoard is a marketplace's board as it was last computed.
type KeptBoard struct {
	MarketplaceID string
	ComputedAt    *time.Time // nil: never
	Since         *time.Time // how far back it reaches
	Compared      int
	LeaseUntil    *time.Time
}

// KeptAlarm is a pair that stood out on it.
type KeptAlarm struct {
	MarketplaceID string
	ModeratorID   string
	SellerID      string
	Exposure      int
	Observed      int
	Expected      float64
}
