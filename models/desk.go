package models

import "time"

// Ticket states: open waits for a moderator, waiting for an approver, closed for nobody.
const (
	TicketOpen    = "open"
	TicketWaiting = "waiting"
	TicketClosed  = "closed"
)

// What a moderator decided about a review.
const (
	ActionKeep   = "keep"
	ActionRemove = "remove"
)

// How a ticket came to its moderator.
const (
	AssignedRandom = "random"
	AssignedPicked = "picked"
)

// Ticket is the work item for one flagged review; a lease is a moderator's hold on it.
type Ticket struct {
	MarketplaceID string
	ID            string
	ReviewID      string
	SellerID      string
	Queue         string
	Priority      int
	State         string
	LeaseHolderID *string
	LeaseUntil    *time.Time
	OpenedAt      time.Time
	DueAt         time.Time
	ClosedAt      *time.Time
}

// Flag is someone's report of a review.
type Flag struct {
	MarketplaceID string
	ID            string
	TicketID      string
	ReviewID      string
	ReviewVersion int
	Source        string
	Text          string
	CreatedAt     time.Time
	ErasedAt      *time.Time
}

// Decision is one moderator's decision on one review: the unit of exposure for the statistics.
type Decision struct {
	MarketplaceID string
	ID            string
	TicketID      string
	ReviewID      string
	ReviewVersion int
	SellerID      string
	ModeratorID   string
	Queue         string
	Rating        int
	Action        string
	Assigned      string
	ProposalID    *string
	DecidedAt     time.Time
}

// Skip is a ticket handed back undecided.
type Skip struct {
	MarketplaceID string
	ID            string
	TicketID      string
	StaffID       string
	Reason        string
	Note          string
	SkippedAt     time.Time
	ErasedAt      *time.Time
}

// RemovalRequest is what a proposal to remove a review is about, in columns that lists filter by.
type RemovalRequest struct {
	MarketplaceID string
	ProposalID    string
	ReviewID      string
	ReviewVersion int
	SellerID      string
	TicketID      string
	RequesterID   string
	ReasonCode    string
	ReasonVersion int
	Rating        int
	Drawn         bool // only who was drawn for it decides on it
	Evidence      int  // how many pieces have to be opened before it is approved
	CreatedAt     time.Time
}

// Restoration is one person's undoing of a removal.
type Restoration struct {
	MarketplaceID string
	ID            string
	ReviewID      string
	ProposalID    string
	StaffID       string
	Note          string
	CreatedAt     time.Time
	ErasedAt      *time.Time
}

// Sources of a flag.
const (
	FlagSeller     = "seller"
	FlagCustomer   = "customer"
	FlagClassifier = "classifier"
	FlagStaff      = "staff"
	FlagImport     = "import"
)

// Flagged is a review that somebody reports, and the queue where its ticket is to wait.
type Flagged struct {
	Review Review
	Queue  string
	Source string
	Text   string
}
