package models

import "time"

// Proposal states; the transitions are in package approval.
const (
	ProposalOpen      = "open"
	ProposalApproved  = "approved"
	ProposalEffective = "effective"
	ProposalDeclined  = "declined"
	ProposalWithdrawn = "withdrawn"
	ProposalExpired   = "expired"
	ProposalVoid      = "void"
)

// Verdicts.
const (
	VerdictApprove = "approve"
	VerdictDecline = "decline"
)

// Proposal is something that takes two people, exactly as it was asked.
type Proposal struct {
	MarketplaceID  string
	ID             string
	Kind           string
	SubjectType    string
	SubjectID      string
	SubjectVersion int
	Payload        string // canonical JSON
	Digest         []byte // SHA-256 of the canonical JSON of the proposal, payload included
	Seal           []byte // a MAC over the digest: this installation opened it
	RequesterID    string
	State          string
	Quorum         int // approvals needed; one makes two people
	CreatedAt      time.Time
	ExpiresAt      time.Time
	DecidedAt      *time.Time
	ErasedAt       *time.Time // the payload was erased, with what the customer wrote

	// Of a set: the lead says of how many, itself counted; the others, whom they follow and at which place, from 1.
	LeadID   *string
	SetPlace *int
	SetSize  *int
}

// Approval is one person's verdict on a proposal.
type Approval struct {
	MarketplaceID string
	ID            string
	ProposalID    string
	ApproverID    string
	Verdict       string
	Note          string
	NoteSalt      []byte
	NoteDigest    []byte // SHA-256(NoteSalt ‖ note): what the seal covers, so that it outlives the note
	Digest        []byte
	Seal          []byte
	CreatedAt     time.Time
	ErasedAt      *time.Time // note and salt were erased, with what the customer wrote
}

// ReasonCode is one version of one entry of the closed list of reasons. Evidence is JSON: {"any_of":[…],"min":n}.
type ReasonCode struct {
	Code        string
	Version     int
	Meaning     string
	Policy      string
	Evidence    string
	Remedy      string
	DSAGround   string `gorm:"column:dsa_ground"`
	DSACategory string `gorm:"column:dsa_category"`
	DSAKeyword  string `gorm:"column:dsa_keyword"`
	FTCBasis    string `gorm:"column:ftc_basis"`
	Position    int
	ValidFrom   time.Time
	Remedies    string // JSON: the remedies that it allows, least restrictive first
	Labels      string // JSON: [{"code":…,"text":…}], what a label may say
	Holdable    bool   // whether it means danger to a person, so that a review may be held for it
}

// Kinds of proposals: what may become of a review, to erase what a customer wrote, and to change a marketplace's
// settings or the rules by which its tickets are sent to queues.
const (
	KindLabelReview   = "review.label"
	KindRedactReview  = "review.redact"
	KindMoveReview    = "review.move"
	KindRemoveReview  = "review.remove"
	KindEraseCustomer = "customer.erase"
	KindSettings      = "settings.change"
	KindChangeRouting = "routing.change"
)

// ReviewKinds are the kinds of proposals about a review, least restrictive first.
var ReviewKinds = []string{KindLabelReview, KindRedactReview, KindMoveReview, KindRemoveReview}
