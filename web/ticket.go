package web

import (
	"slices"
	"time"
)

// TicketPage is GET /m/{m}/tickets/{id}, and what its forms show when they
// fail. All are POST under /m/{m}/tickets/{id}:
//
//	keep     version, text_digest
//	remove   version, text_digest, reason, justification, and of
//	         evidence_order, evidence_statement, evidence_link,
//	         evidence_reviews (ids, one a line), evidence_span,
//	         evidence_document those that the reason offers (the others may
//	         arrive too, when the moderator changed their mind: ignore them)
//	         and remedy (label, redact, move, remove; empty: the least that the
//	         reason allows), label, redact, product, seller; file (the ids of
//	         files taken in before), files (uploaded now)
//	check    the same; sends nothing, and says what is missing
//	hold     text_digest, reason, words: hides the review for a while
//	escalate skill, reason (an EscalateReasons value), note
//	skip     reason (a SkipReasons value), note
//	release  (no fields)
//	unmask   see Unmask
//	lease    (no fields; fetch only) answers 200 with
//	         {"lease_until": RFC 3339}, anything else means it isn't held
type TicketPage struct {
	Page
	ID     string
	Queue  string
	Due    time.Time
	Review Review
	Flags  []Flag
	Others []OtherReview
	// State is waiting, leased or decided. The forms show only when Mine.
	State string
	// Mine says the viewer holds the lease, until LeaseUntil.
	Mine       bool
	LeaseUntil time.Time
	// NotMine says, as a sentence, why there are no forms ("Someone else
	// holds this ticket."). Used when Mine is false.
	NotMine string
	// TextDigest is the digest of the text judged; sent back by the forms.
	TextDigest string
	// Reasons are the codes offered here, in the order of the number keys.
	Reasons []Reason
	Never   []NeverReason
	// ProposalID is the proposal that came of this ticket, if any.
	ProposalID string
	// KeepErrors is used with the key "" only.
	KeepErrors Errors
	Remove     RemoveForm
	Skip       SkipForm
	Hold       HoldForm
	Held       *Hold // that hides the review now
	Unmask     Unmask
	Escalate   EscalateForm
	Timeline   []Event
	// Templates are offered for the justification.
	Templates []TextTemplate
}

// RemoveForm is the input kept after a failure. Errors keys are field names.
type RemoveForm struct {
	Reason        string
	Evidence      map[EvidenceKind]string
	Justification string
	Remedy        string
	Label         string
	Redact        string
	Product       string
	Seller        string
	Set           SetSummary // the linked reviews that it is about, too
	FileIDs       []string   // of the files taken in that are chosen
	Files         []File     // taken in, and not sent yet
	// Checked says that it was asked what is missing; Have are the kinds of
	// evidence that are there.
	Checked bool
	Have    []EvidenceKind
	Errors  Errors
}

// File is a file that was taken in for a request.
type File struct {
	ID, Name, Type, Href string
	Size                 int
	Chosen               bool
	Preview              string // the picture, where it is one
}

// HasKind reports whether there is evidence of a kind.
func (f RemoveForm) HasKind(k EvidenceKind) bool { return slices.Contains(f.Have, k) }

// RemedyIs reports whether a remedy is chosen.
func (f RemoveForm) RemedyIs(name string) bool { return f.Remedy == name }

// SkipForm is the input kept after a failure.
type SkipForm struct {
	Reason, Note string
	Errors       Errors
}

// MinJustification and MinNote are the least characters (runes, after
// trimming) that the counters ask for; the server is the judge.
const (
	MinJustification = 40
	MinNote          = 10
)

// SkipReasons are the values and words of the skip form's reason.
var SkipReasons = []Option{
	{Value: "language", Label: "Not my language"},
	{Value: "conflict", Label: "I have an interest in it"},
	{Value: "expertise", Label: "Needs other expertise"},
	{Value: "upsetting", Label: "Upsetting content"},
	{Value: "technical", Label: "Technical problem"},
}

// Template implements PageData.
func (TicketPage) Template() string { return "ticket" }
