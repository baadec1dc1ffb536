package models

import "time"

// RuleSet is a version of the rules by which a marketplace's tickets are sent to queues, as two people agreed on it.
type RuleSet struct {
	MarketplaceID string
	Version       int
	ProposalID    string
	Rules         string // canonical JSON of a routing.Set
	Digest        []byte // SHA-256 of it
	InForceAt     time.Time
}

// Why a ticket was sent somewhere.
const (
	RoutedByFlag     = "flag"
	RoutedByEscalate = "escalate"
	RoutedLikeFirst  = "look"
	RoutedBefore     = "before" // there were rules
)

// TicketRoute is the n-th way that a ticket was sent, and by which rule.
type TicketRoute struct {
	MarketplaceID string
	TicketID      string
	N             int
	Why           string
	Version       int // of the rules; 0: the program's own
	Rule          int
	Facts         string // canonical JSON of routing.Facts; "" where none were asked about
	Queue         string
	Priority      int
	DueAt         time.Time
	Skill         string
	EntryID       *string // of an escalation
	RoutedAt      time.Time
}

// What people say about being at work.
const (
	ShiftOn    = "on"
	ShiftBreak = "break"
	ShiftOff   = "off"
)

// Shift is one time that somebody said whether they are at work.
type Shift struct {
	MarketplaceID string
	ID            string
	StaffID       string
	State         string
	SaidAt        time.Time
}

// ShiftLasts is for how long a shift holds that nobody ends.
const ShiftLasts = 12 * time.Hour
