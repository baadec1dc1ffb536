package web

import "time"

// RoutingPage is GET /m/{m}/routing: the rules in force, and the requests for
// others, newest first.
type RoutingPage struct {
	Page
	Version int       // 0: the program's own
	Since   time.Time // zero: from the beginning
	// Language is what a review is taken for that comes without; "" stays unknown.
	Language   string
	RepeatDays int
	Rules      []RuleRow
	// Change is whether the viewer may ask for other rules, and if not why.
	Change Action
	Asks   []RoutingRow
	Pager  Pager
}

// RuleRow is one rule in words.
type RuleRow struct {
	Name     string
	When     []string // none: everything
	Queue    string   // "": that of the category
	Priority int
	DueHours int
	Skill    string
}

// RoutingRow is a request for other rules in the list.
type RoutingRow struct {
	ID        string
	State     string // a proposal's
	Requester Person
	Seats     Seats
	Changes   int
	Version   int // in force by it; 0: not
	AskedAt   time.Time
	ExpiresAt time.Time
	DecidedAt time.Time // zero while open
	Mark      Mark
}

// RoutingEditPage is GET /m/{m}/routing/edit.
//
// Form: POST /m/{m}/routing/edit with basis, language, repeat, count, of each
// rule rN-name, rN-categories, rN-languages, rN-sources, rN-score-from,
// rN-score-to, rN-stars-from, rN-stars-to, rN-age-from, rN-age-to,
// rN-verified, rN-flags, rN-distinct, rN-queue, rN-priority, rN-due, rN-skill,
// then justification, and do: add, up:N, down:N, drop:N, preview or ask.
type RoutingEditPage struct {
	Page
	Basis         int
	Language      string
	RepeatDays    string
	Rules         []RuleForm
	Justification string
	Errors        Errors
	// Previewed says that Preview was asked for.
	Previewed bool
	Preview   RoutingPreview
	// Categories, Skills and Sources are what rules may name here.
	Categories, Skills, Sources []string
	// More says that there is room for another rule.
	More bool
}

// RuleForm is a rule as it was typed.
type RuleForm struct {
	N                                                           int // from 0
	Name, Categories, Languages, Sources                        string
	ScoreFrom, ScoreTo, StarsFrom, StarsTo, AgeFrom, AgeTo      string
	Verified, Flags, Distinct, Queue, Priority, DueHours, Skill string
	First, Last                                                 bool
	Problem                                                     string // the rule's as a whole
	Errors                                                      Errors // by the field's name without rN-
}

// Number is what people call the rule.
func (r RuleForm) Number() int { return r.N + 1 }

// RoutingPreview is what rules would have done with the tickets of the last days.
type RoutingPreview struct {
	Changes []RuleChange
	Days    int
	Tickets int
	More    bool
	Same    int
	Ways    []RoutingWay
}

// RuleChange is one difference from the rules that are to be replaced.
type RuleChange struct{ Kind, Rule, Text string }

// RoutingWay is so many tickets that would have gone another way.
type RoutingWay struct {
	Was, Would RoutingStop
	Tickets    int
	Examples   []string
}

// RoutingStop is where a ticket stands.
type RoutingStop struct {
	Queue    string
	Priority int
	DueHours int
	Skill    string
}

// RoutingAskPage is GET /m/{m}/routing/requests/{id}, and what its forms show
// when they fail. Its forms are those of Deciding.
type RoutingAskPage struct {
	Page
	RoutingRow
	Deciding
	Justification string
	Preview       RoutingPreview
	Rules         []RuleRow
}

// RoutedPage is GET /m/{m}/routing/tickets/{id}: how one ticket came where it
// stands. It says nothing of the review's words, its author or its seller.
type RoutedPage struct {
	Page
	ID, State string
	Facts     []Fact
	Stops     []RoutedStop
	// Now is where the rules in force would send it, and Rule by which.
	Now  RoutingStop
	Rule string
}

// Fact is something known, in words.
type Fact struct{ Name, Value string }

// RoutedStop is one time that a ticket was sent somewhere.
type RoutedStop struct {
	RoutingStop
	At, Due time.Time
	Why     string // flag, escalate, look, before
	Version int
	Rule    string
}

// EscalateForm is the way to send a ticket on to a skill; none offered hides nothing, it says so.
type EscalateForm struct {
	Skills              []Option
	Skill, Reason, Note string
	Errors              Errors
}

// EscalateReasons are the values and words of the escalation's reason.
var EscalateReasons = []Option{
	{Value: "law", Label: "It is a question of law"},
	{Value: "language", Label: "It takes another language"},
	{Value: "image", Label: "It turns on a picture or file"},
	{Value: "pattern", Label: "It may belong to an attack"},
	{Value: "danger", Label: "Somebody may be in danger"},
}

// ShiftBar says whether the viewer is at work.
//
// Form: POST /m/{m}/shift with state (on, break, off) and back (desk, approvals).
type ShiftBar struct {
	State string // "" draws nothing
	Since time.Time
	Back  string
	Base  string
}

// LoadRow is how much one person at work has before them.
type LoadRow struct {
	Who                    Person
	State                  string
	Since                  time.Time
	Held, Decided, Waiting int
}

// Template implements PageData.
func (RoutingPage) Template() string { return "routing" }

// Template implements PageData.
func (RoutingEditPage) Template() string { return "routing-edit" }

// Template implements PageData.
func (RoutingAskPage) Template() string { return "routing-ask" }

// Template implements PageData.
func (RoutedPage) Template() string { return "routed" }
