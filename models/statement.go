package models

import "time"

// ReasonAuthorWithdrew is the code of a removal that the author asked for: no restriction, so no statement, and nothing
// that anybody publishes again.
const ReasonAuthorWithdrew = "AUTHOR_WITHDREW"

// Answers to an appeal.
const (
	AppealUphold  = "uphold"  // the removal stands
	AppealReverse = "reverse" // it was wrong, and the review comes back
)

// Statement is what the author of a removed review is told. Its words follow from the decision and its form, the version
// of the templates that they are made with.
type Statement struct {
	MarketplaceID string
	ID            string
	ProposalID    string
	ReviewID      string
	ReviewVersion int
	TokenHash     []byte // a keyed hash of the link's token
	Language      string
	Form          int
	AppealUntil   time.Time
	CreatedAt     time.Time
}

// Appeal is an author's complaint about a removal.
type Appeal struct {
	MarketplaceID string
	ID            string
	StatementID   string
	ProposalID    string
	ReviewID      string
	Wrong         string // what they say is wrong: a code, "" for none
	Words         string
	Salt          []byte
	Digest        []byte
	FiledAt       time.Time
	DueAt         time.Time
	ErasedAt      *time.Time
}

// AppealDraw is the n-th person drawn to answer an appeal, and among whom.
type AppealDraw struct {
	MarketplaceID string
	ID            string
	AppealID      string
	PersonID      string
	N             int
	Period        string
	Pool          string // canonical JSON list of staff ids, in their order
	DrawnAt       time.Time
	EndedAt       *time.Time
	EndedWhy      *string
}

// DrawTouched is why somebody lost an appeal who has had a hand in the case since.
const DrawTouched = "touched"

// AppealAnswer is what the person who was drawn made of an appeal.
type AppealAnswer struct {
	MarketplaceID string
	ID            string
	AppealID      string
	ReviewID      string
	PersonID      string
	Verdict       string
	Words         string
	Salt          []byte
	Digest        []byte
	Seal          []byte // a MAC: it was given through this installation
	AnsweredAt    time.Time
	ErasedAt      *time.Time
}

// Lot is the outcome of one draw from a pool: the place drawn, and what its row and its entry say of it.
type Lot struct {
	Index      int
	Period     string
	CommitID   string // the entry that committed to the period's seed
	Pool       string
	PoolDigest []byte
}
