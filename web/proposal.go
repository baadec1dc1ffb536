package web

import "time"

// RequestsPage is GET /m/{m}/requests: what the viewer asked for.
//
// Form: POST /m/{m}/proposals/{id}/withdraw with digest.
type RequestsPage struct {
	Page
	Requests []ProposalRow
	Pager    Pager
}

// InboxPage is GET /m/{m}/approvals: the most urgent first. Tab is empty for
// those that the viewer may be the one to decide on, "all" (?show=all) for
// everybody's open ones, "decided" for those that the viewer decided.
type InboxPage struct {
	Page
	Shift ShiftBar
	Loads []LoadRow // of the people at work
	Tab   string
	Now   time.Time // of the figures
	Rows  []InboxRow
	Pager Pager
}

// InboxRow is a proposal in an approver's inbox. Decide says why not.
type InboxRow struct {
	ProposalRow
	Escalated, LastHours bool
	Answered, Asked      bool   // the last message is an answer, or a question
	Opened, Pieces       int    // of the evidence, by the viewer
	DrawnFor             string // in words, naming nobody
	Mine                 string // the viewer's verdict: approve, decline or empty
}

// ProposalRow is a proposal in a list.
type ProposalRow struct {
	ID        string
	State     string // open, approved, effective, declined, withdrawn, expired, void
	Stars     int
	Excerpt   string
	Seller    string
	Reason    string // code
	Remedy    string // label, redact, move or remove; empty is remove
	Set       int    // how many reviews it is about; 0 is one
	Requester Person
	Seats     Seats
	Mark      Mark
	AskedAt   time.Time
	ExpiresAt time.Time
	DecidedAt time.Time // zero while open
	Effect    Effect
	Digest    string
	// Note is the last approver's note (on a declined one).
	Note string
	// Question says that an approver waits for an answer.
	Question bool
	// Withdraw is for the requester; Decide for the approver, with why not.
	Withdraw, Decide Action
}

// Effect is what a removal would change: the seller's average and count.
// The zero Effect isn't drawn.
type Effect struct {
	AverageBefore, AverageAfter float64
	CountBefore, CountAfter     int
	// LowBefore and LowAfter are how many of them have one or two stars.
	LowBefore, LowAfter int
}

// ProposalPage is GET /m/{m}/proposals/{id}, and what its forms show when
// they fail. Under /m/{m}/proposals/{id}:
//
//	approve   POST digest, note
//	decline   POST digest, note
//	withdraw  POST digest
//	unmask    POST see Unmask
//	hand-back POST reason (a drawn approver's, one of HandBackReasons)
//
//	evidence/{n} POST (n from 1; note is kept)
//	question  POST question (an approver's)
//	answer    POST answer (the requester's)
//
// Approve and decline are two buttons of one form, so the note is shared.
type ProposalPage struct {
	Page
	ID    string
	State string
	// StateWhy adds to the state's own explanation, as a sentence ("The
	// author edited the review on 3 March.").
	StateWhy string
	// Review is as it stood when it was asked; Now is the version that
	// stands today (0 when the same).
	Review        Review
	Held          *Hold // that hides the review now
	NowVersion    int
	Reason        Reason
	Requester     Person
	AskedAt       time.Time
	ExpiresAt     time.Time
	DecidedAt     time.Time
	Justification string
	Evidence      []Evidence
	// ErasedAt is when both were erased with what the author wrote; zero: never.
	ErasedAt time.Time
	Effect   Effect
	// ProductEffect is the same for the product; both are as of EffectAt.
	ProductEffect Effect
	EffectAt      time.Time
	// Escalated says that the time is nearly over; Seated is for how many
	// people it is drawn.
	Escalated, LastHours bool
	Seated               int
	Seats                Seats
	// QuorumWhy says why a third seat is there, as a sentence; may be empty.
	QuorumWhy string
	// Known are figures about this requester and this seller.
	Known []Figure
	// Signal is what the board says of requester and seller.
	Signal PairSignal
	// Thread is what was asked and answered; Question that an answer is due.
	Thread      []Message
	Question    bool
	Ask, Answer Action
	// QuestionText and AnswerText are kept.
	QuestionText, AnswerText string

	Digest string
	// Remedy is what was asked for; empty is remove. Would says what it would
	// do, as a sentence, where the review doesn't show it.
	Remedy, Would string
	// Marked is the text with what a redaction hides.
	Marked *Marked
	// Approve, Decline and Withdraw: allowed, or disabled with why, or (both
	// empty) not drawn.
	Approve, Decline, Withdraw Action
	// HandBack is for the approver who was drawn.
	HandBack Action
	Unmask   Unmask
	Set      *SetOf // of linked reviews that it is about
	Note     string // kept
	Errors   Errors // "note", ""
	Timeline []Event
	Mark     Mark
	// Notes and Answers are templates for the verdict's note, and for questions and answers.
	Notes, Answers []TextTemplate
}

// HandBackReasons are the values and words of the hand-back form's reason.
var HandBackReasons = []Option{
	{Value: "absent", Label: "I won’t be there in time"},
	{Value: "conflict", Label: "I know the people involved"},
	{Value: "expertise", Label: "It needs knowledge that I don’t have"},
	{Value: "language", Label: "I don’t read the language well enough"},
	{Value: "upsetting", Label: "I would rather not look at this"},
}

// Evidence is one piece given for a proposal. Href, when set, opens it; for
// EvidenceReviews give one Evidence per review, with its href.
type Evidence struct {
	Kind  EvidenceKind
	Value string
	Href  string
	// Check says what the system found when it looked ("Order 7731 exists
	// and was delivered"); may be empty.
	Check string
	// SeeHref shows what is behind it; empty where it stands here in full.
	SeeHref string
	Name    string // of a file
	// Preview is the picture, drawn anew; empty where it isn't one, or isn't opened.
	Preview string
	// Number counts from 1. Closed says that the viewer has to open it before
	// they see it; Opened that they have.
	Number         int
	Closed, Opened bool
}

// Message is a question to the requester or their answer.
type Message struct {
	Kind   string // question, answer
	Who    Person
	Text   string
	At     time.Time
	Erased bool
}

// PairSignal is what the board said of requester and seller when it was last
// computed, at At (zero: never). Open is a question, no verdict.
type PairSignal struct {
	Shown, Open        bool
	At                 time.Time
	Observed, Exposure int
	Expected           float64
}

// EvidencePage is GET /m/{m}/proposals/{id}/evidence/{n} for another review:
// as it was when it was named.
type EvidencePage struct {
	Page
	ProposalID string
	Number     int
	Review     Review
	Changed    bool
	Digest     string
}

// Template implements PageData.
func (EvidencePage) Template() string { return "evidence" }

// Figure is one fact with its number: Label "Removals asked, this seller",
// Value "9 of 14", Note "others: 3 of 21". Href leads to what is behind it.
type Figure struct{ Label, Value, Note, Href string }

// Template implements PageData.
func (RequestsPage) Template() string { return "requests" }

// Template implements PageData.
func (InboxPage) Template() string { return "inbox" }

// Template implements PageData.
func (ProposalPage) Template() string { return "proposal" }
