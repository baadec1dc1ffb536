package models

import "time"

// When names are hidden.
const (
	BlindNever    = "never"
	BlindNegative = "negative" // on negative reviews
	BlindAlways   = "always"
)

// FirstBlind is when names are hidden in a new marketplace.
const FirstBlind = BlindNegative

// HidesParties says whether seller and author of a review are hidden from its moderator.
func (m Marketplace) HidesParties(rating int) bool { return m.hides(m.BlindParties, rating) }

// HidesRequester says whether who asked for something about a review is hidden from who decides.
func (m Marketplace) HidesRequester(rating int) bool { return m.hides(m.BlindRequester, rating) }

func (m Marketplace) hides(when string, rating int) bool {
	return when == BlindAlways || when == BlindNegative && m.Negative(rating)
}

// What a mask is lifted from.
const (
	OnTicket   = "ticket"   // seller and author
	OnProposal = "proposal" // who asked
)

// Unmasking is that somebody had names shown that blind work hides, and what for.
type Unmasking struct {
	MarketplaceID string
	ID            string
	StaffID       string
	SubjectType   string
	SubjectID     string
	ReviewID      string
	Purpose       string
	Text          string
	TextSalt      []byte
	TextDigest    []byte // commits to the text
	CreatedAt     time.Time
	ErasedAt      *time.Time
}
