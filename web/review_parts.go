package web

import (
	"time"

	"evenhand/words"
)

// Review is a customer's review as shown for judgement: on the ticket, on a
// proposal (as it stood), in the history. Texts are raw: the templates mark
// control characters and escape.
type Review struct {
	ID      string
	Version int
	Stars   int // 1–5
	Title   string
	Body    string
	// Language is a BCP 47 tag, or empty when not known.
	Language string
	PostedAt time.Time
	// EditedAt is the time of the last edit; zero when never edited.
	EditedAt time.Time
	Edits    int
	// ErasedAt is when the author had the text erased; zero: never. Title,
	// Body and OrderRef are then empty.
	ErasedAt time.Time
	// Status is published, held, redacted or removed.
	Status string
	// Title and Body in pieces, where some of it is or would be hidden; and the
	// label under it.
	Marked *Marked
	Label  string
	// MovedFrom is the product that a moved review came in for.
	MovedFrom string
	// OrderRef is the order reference; empty when there is none.
	OrderRef string
	Verified bool // the marketplace confirms the purchase
	Product  Product
	Seller   Seller
	Author   Author
}

// Product is what was reviewed. Ratings is the count behind Average.
type Product struct {
	Ref, Name string
	Average   float64
	Ratings   int
}

// Seller is whom the review is about. Hidden says that blind work hides the
// name from this viewer: Name and Ref are then not shown, nor links to pages
// that would show them.
type Seller struct {
	ID, Ref, Name string
	Average       float64
	Ratings       int
	Hidden        bool
}

// Author is the customer, known here only by a label ("Author 4f2c").
// Under blind work, Label is empty and About says roughly who it is ("a few
// reviews").
type Author struct {
	Label   string
	About   string
	Reviews int       // written on this marketplace
	Removed int       // of which removed
	Since   time.Time // first review; zero when not known
}

// Flag is somebody's report of the review. Source is "seller", "customer",
// "staff" or "detector"; any other word is shown as it is.
type Flag struct {
	Source string
	// Code is what the flag claims, in words or as a code; may be empty.
	Code string
	Text string
	At   time.Time
	// Erased says that Text was, at the author's request.
	Erased bool
	// Decided says that it repeats what somebody had decided on already: it opened nothing.
	Decided bool
}

// OtherReview is another review by the same author on the same product.
type OtherReview struct {
	ID       string
	Stars    int
	Excerpt  string
	PostedAt time.Time
	Status   string
}

// Event is one thing that happened, as told in a timeline.
type Event struct {
	At    time.Time
	Actor Person
	// Act says it in words, without the actor: "asked for removal",
	// "took the ticket".
	Act string
	// Refused marks an attempt that the rules stopped; Why says which.
	Refused bool
	Why     string
	Reason  string // a reason code
	// Justification is the requester's text, Note the approver's.
	Justification, Note string
	// Seal is SealNone, SealOK or SealBad; shown on approvals.
	Seal Seal
	// EntryID and Hash are shown short and copied whole; may be empty.
	EntryID, Hash string
	Mark          Mark
	// ProposalID links the event to its proposal; may be empty.
	ProposalID string
}

// Seal is the state of the MAC on an approval.
type Seal string

const (
	SealNone Seal = ""    // the entry carries none
	SealOK   Seal = "ok"  // checked, and it holds
	SealBad  Seal = "bad" // does not hold: forged or altered
)

// EvidenceKind is a kind of evidence; its form field is "evidence_"+kind.
type EvidenceKind string

const (
	EvidenceOrder     EvidenceKind = "order"     // reference of an order look-up
	EvidenceStatement EvidenceKind = "statement" // the author's own statement
	EvidenceLink      EvidenceKind = "link"      // an address
	EvidenceReviews   EvidenceKind = "reviews"   // review ids, one a line
	EvidenceSpan      EvidenceKind = "span"      // the exact words of the review
	EvidenceDocument  EvidenceKind = "document"  // reference of a document on file
	EvidenceFile      EvidenceKind = "file"      // a file that was uploaded
)

// Reason is a reason code with what its choice needs.
type Reason struct {
	Code string // stable: FAKE_EXPERIENCE
	Name string // short words; from Code when empty
	// Meaning is one sentence; Policy the clause it rests on.
	Meaning, Policy string
	// Needs says in words what evidence is needed ("an order look-up or the
	// author's statement"); Kinds are the fields offered for it.
	Needs words.Sentence
	Kinds []EvidenceKind
	// Remedy is the default remedy; Legal the legal basis. For the policy page.
	Remedy, Legal string
	// Remedies are those that it allows, least restrictive first; Labels what
	// a label may say.
	Remedies []string
	Labels   []Option
}

// NeverReason is something that is never a reason, and why.
type NeverReason struct{ Name, Why string }

// Marked is a review's text in pieces. Told says what the marks mean, as a sentence.
type Marked struct {
	Title, Body []Piece
	Told        string
}

// Piece is a stretch of a text, and whether it is hidden from customers.
type Piece struct {
	Text   string
	Hidden bool
}

// Published reports how customers read pieces: with a mark in the place of what is hidden.
func Published(pieces []Piece) string {
	out := ""
	for _, p := range pieces {
		if p.Hidden {
			out += "[redacted]"
		} else {
			out += p.Text
		}
	}
	return out
}
