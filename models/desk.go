package models

import "time"

// Ticket states: open waits for a moderator, waiting for an approver, closed for nobody.
const (
	TicketOpen    = "open"
	TicketWaiting = "waiting"
	TicketClosed  = "closed"
)

// What a moderator decided about a review: that it stays as it is, or a remedy to ask for. Only a removal takes it away.
const (
	ActionKeep   = "keep"
	ActionLabel  = "label"
	ActionRedact = "redact"
	ActionMove   = "move"
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
	LookOf        *string // the decision that this ticket looks at again; nobody who gets it is told
	LookWhy       *string // how that decision was chosen
	Skill         string  // what it takes to be given it; "": nothing
	Route         int     // the n of the TicketRoute that it stands by
}

// IsLook says whether this is a second look: who decides on it decides nothing but that.
func (t Ticket) IsLook() bool { return t.LookWhy != nil && *t.LookWhy != LookRecheck }

// How a decision was chosen to be looked at again.
const (
	LookUniform = "uniform" // by lot
	LookTest    = "test"    // by a supervisor who knows the review to be good
	LookRecheck = "recheck" // a second look disagreed, so somebody else decides anew
)

// What a second look says.
const (
	LookGenuine   = "genuine"
	LookViolating = "violating"
)

// SecondLook is what another moderator said of a review that somebody had decided on, not knowing that.
type SecondLook struct {
	MarketplaceID string
	ID            string
	TicketID      string
	DecisionID    string
	ReviewID      string
	ReviewVersion int
	ModeratorID   string
	Why           string
	Verdict       string
	ReasonCode    *string
	LookedAt      time.Time
}

// Flag is someone's report of a review.
type Flag struct {
	MarketplaceID string
	ID            string
	TicketID      string
	ReviewID      string
	ReviewVersion int
	Source        string
	Score         *int // how likely the text breaks a rule, in per cent; nil: nobody says
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

// SetPick is a review that a moderator has gathered for the request of a ticket that they hold.
type SetPick struct {
	MarketplaceID string
	TicketID      string
	ReviewID      string
	StaffID       string
	PickedAt      time.Time
}

// Skip is a ticket handed back undecided.
type Skip struct {
	MarketplaceID string
	ID            string
	TicketID      string
	StaffID       string
	Reason        string
	Skill         string // of an escalation: what the ticket needs
	Note          string
	SkippedAt     time.Time
	ErasedAt      *time.Time
}

// RemovalRequest is what a proposal about a review, to remove it or for a lesser remedy, is about, in columns that
// lists filter by.
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
	Drawn         bool    // only who was drawn for it decides on it
	Evidence      int     // how many pieces have to be opened before it is approved
	Remedy        string  `gorm:"default:remove"`
	Label         string  // of a label: its code
	ToProductID   *string // of a move: where to
	ToSellerID    *string
	CreatedAt     time.Time
}

// Attachment is a file that a request rests on. Its content is emptied where no request came of it, and where the
// review's author is erased; what it was stays known by its digest.
type Attachment struct {
	MarketplaceID string
	ID            string
	ReviewID      string
	TicketID      string
	UploaderID    string
	ProposalID    *string
	Name          string
	Type          string
	Size          int
	SHA256        []byte `gorm:"column:sha256"`
	Content       []byte
	CreatedAt     time.Time
	SweptAt       *time.Time
	ErasedAt      *time.Time
}

// Restoration is one person's undoing of a removal, or of a lesser remedy.
type Restoration struct {
	MarketplaceID string
	ID            string
	ReviewID      string
	ProposalID    string
	StaffID       string
	Note          string
	AppealID      *string // the appeal whose answer it is
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

// Flagged is a review that somebody reports.
type Flagged struct {
	Review Review
	Source string
	Score  *int // as a Flag's
	Text   string
}
