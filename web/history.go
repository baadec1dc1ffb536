package web

import "time"

// RemovalRow is one request for removal.
type RemovalRow struct {
	ReviewID, ProposalID string
	Stars                int
	Excerpt              string
	Reason               string
	Remedy               string
	Seats                Seats
	SellerID, Seller     string
	Moderator            Person
	Approver             Person // zero when nobody decided
	AskedAt              time.Time
	DecidedAt            time.Time // zero while open
	State                string
	Mark                 Mark
}

// Period is one bar: what was asked in it, and how much of that took effect.
// Href narrows the list to it.
type Period struct {
	Start, End     time.Time // End is exclusive
	Asked, Removed int
	Href           string
	Selected       bool
}

// ReviewPage is GET /m/{m}/reviews/{id}: one review's whole history.
//
// Form: POST /m/{m}/reviews/{id}/restore with note, version, remedy (empty is remove).
type ReviewPage struct {
	Page
	Review   Review    // as it stands
	Versions []Version // newest first
	Flags    []Flag
	// Repeated are the flags that said nothing which somebody hadn't decided on.
	Repeated  int
	Tickets   []TicketStory
	Looks     []Event // who opened it, oldest first
	Timeline  []Event // oldest first
	Proposals []ProposalRow
	Restore   Action
	Test      Action // mixing it into the tickets as known good
	// Undo are the lesser remedies that stand and can be undone here.
	Undo   []Option
	Note   string // kept
	Errors Errors // "note", ""
}

// Version is the review's text at one time.
type Version struct {
	Number      int
	Stars       int
	Title, Body string
	At          time.Time
	Digest      string
	Erased      bool // title and body, at the author's request
}

// TicketStory is one ticket of a review: where it waited, and when.
type TicketStory struct {
	Queue, State       string
	OpenedAt, ClosedAt time.Time // ClosedAt is zero while it isn't closed
}

// RecordPage is GET /m/{m}/record: the ledger's entries, newest first.
//
// Facets (GET): actor, act, outcome (done, refused), from, to.
type RecordPage struct {
	Page
	Filter  RecordFilter
	Entries []Entry
	Pager   Pager
	// Checkpoint is the newest signed tree size, CheckpointAt its time.
	Checkpoint   int64
	CheckpointAt time.Time
	Errors       Errors
}

// RecordFilter are the facets' values and choices.
type RecordFilter struct {
	Actor, Act, Outcome, From, To string

	Actors, Acts []Option
}

// Any reports whether a facet narrows the list.
func (f RecordFilter) Any() bool { return f.Actor+f.Act+f.Outcome+f.From+f.To != "" }

// Entry is one ledger entry. Number is its place in the log, -1 until the
// sequencer gave it one. Body is the canonical JSON, exactly as hashed.
type Entry struct {
	ID      string
	Number  int64
	At      time.Time
	Actor   Person
	Act     string // in words
	Refused bool
	// Subject is what it was about ("review 4f2c…"); SubjectHref its page.
	Subject, SubjectHref string
	Seal                 Seal
	Body, Hash           string
	Mark                 Mark
}

// EntryPage is GET /m/{m}/record/{id}: one entry, and the proof that the log includes it, which the reader's own
// browser checks.
type EntryPage struct {
	Page
	Entry Entry
	Proof Proof // zero until a checkpoint includes the entry
	// Released says that enough witnesses stand by the checkpoint; Needed is how many that takes.
	Released bool
	Needed   int
}

// Proof is an inclusion proof in the form in which it is checked: hashes and roots in hex.
type Proof struct {
	Index, Size int64
	Path        []string
	Root        string
	Note        string // the signed checkpoint
	Keys        []string
	// ConsistencyHref answers ?old=N with the proof that the log of N entries is the beginning of this one.
	ConsistencyHref string
}

// LogPage is GET /m/{m}/log: how the log stands.
//
// Form: POST /m/{m}/log/export (no fields).
type LogPage struct {
	Page
	Origin       string
	Keys         []string
	Size         int64
	SignedAt     time.Time
	Note         string
	Waiting      int // entries without a number; Since is when the oldest was written
	WaitingMore  bool
	Since        time.Time
	Released     int64
	Needed       int
	Witnesses    []Witness
	Checkpoints  []SignedSize // newest first
	Public       bool
	Export       Action
	VerifyPrefix string // of the commands on the page
}

// Witness is somebody who cosigns checkpoints. At is zero for one that never did.
type Witness struct {
	Name string
	Size int64
	At   time.Time
	// Counts says that its cosignature counts towards the quorum.
	Counts bool
}

// SignedSize is one checkpoint.
type SignedSize struct {
	Size, Added int64
	At          time.Time
	Root        string
	Witnesses   []string
}

// Template implements PageData.
func (EntryPage) Template() string { return "entry" }

// Template implements PageData.
func (LogPage) Template() string { return "log" }

// Template implements PageData.
func (ReviewPage) Template() string { return "review" }

// Template implements PageData.
func (RecordPage) Template() string { return "record" }
