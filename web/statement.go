package web

import "time"

// StatementPage is GET /s/{token}: what the author of a removed review is told, in their language, without an account.
//
// Form: POST /s/{token}/appeal with wrong, words and lang.
type StatementPage struct {
	Page
	// W are the page's words, by key; sentences with something in them come ready made.
	W         map[string]string
	Href      string // this page's address
	Languages []Option
	// Heading and Note stand alone where there is nothing more to tell: unknown, erased, being recorded, throttled.
	Heading, Note string

	What, Back, Clause, Policy, Facts, People, Scope string
	Marked                                           []string
	Appeal                                           string // how, and until when; "" when there can be none
	NoAppeal                                         string // why not; may be empty
	Redress                                          string
	Appeals                                          []StatementAppeal
	Wrongs                                           []Option
	Wrong, Words                                     string // kept
	Errors                                           Errors // "wrong", "words", ""
}

// StatementAppeal is what the author wrote, and what came of it.
type StatementAppeal struct {
	Filed, State, Words       string
	Answered, Verdict, Answer string
	Reversed                  bool
}

// StatementsPage is GET /m/{m}/statements.
type StatementsPage struct {
	Page
	Rows  []StatementRow
	Pager Pager
	Dsa   Action // the form for the export
}

// StatementRow is one statement. Href takes its text out, which is on record.
type StatementRow struct {
	ID, ProposalID, ReviewID string
	Stars                    int
	Reason, Product          string
	MadeAt, Until            time.Time
	State                    string
	Appeals, Answered        int
	Href                     string
}

// AppealsPage is GET /m/{m}/appeals; ?show is open (as without), overdue or all.
type AppealsPage struct {
	Page
	Show            string
	Rows            []AppealRow
	Nobody, Overdue int
	Pager           Pager
}

// AppealRow is an appeal in the queue. Href is empty for who may not open it.
type AppealRow struct {
	ID, Href       string
	State, Reason  string
	Stars          int
	Who            Person
	FiledAt, DueAt time.Time
	AnsweredAt     time.Time
	Overdue, Mine  bool
}

// AppealPage is GET /m/{m}/appeals/{id}: everything that answering an appeal takes. Under it:
//
//	answer     POST seen, verdict (uphold, reverse), words
//	hand-back  POST reason
type AppealPage struct {
	Page
	ID, State      string
	FiledAt, DueAt time.Time
	Overdue        bool
	Who            Person
	Wrong          string // in words
	Words          string // the author's
	Earlier        []StatementAppeal
	Proposal       ProposalPage
	Versions       []Version
	Flags          []Flag
	Seen           string
	Answer         Action
	HandBack       Action
	AnsweredAt     time.Time
	Verdict        string
	Reply          string // the answer, or what was written of it
	Errors         Errors // "verdict", "words", ""
}

// Standing says whether the removal is in effect.
func (p AppealPage) Standing() bool { return p.Proposal.Review.Status == "removed" }

// NeutralityPage is GET /m/{m}/neutrality?from&to (days, both included).
type NeutralityPage struct {
	Page
	From, To   string
	Rows       []NeutralRow
	ExportHref string
	Errors     Errors // "from", "to"
}

// NeutralRow compares one reason on low and on high stars.
type NeutralRow struct {
	Code                    string // "" is every reason
	Low, High               NeutralBand
	Difference, Least, Most string
	Apart                   bool // the interval leaves nought out
	Small, Nothing          bool
}

// NeutralBand is what was decided on reviews of some stars.
type NeutralBand struct {
	Decisions, Asked, Removed int
	Rate                      string
}

// Template implements PageData.
func (StatementPage) Template() string { return "statement" }

// Template implements PageData.
func (StatementsPage) Template() string { return "statements" }

// Template implements PageData.
func (AppealsPage) Template() string { return "appeals" }

// Template implements PageData.
func (AppealPage) Template() string { return "appeal" }

// Template implements PageData.
func (NeutralityPage) Template() string { return "neutrality" }
