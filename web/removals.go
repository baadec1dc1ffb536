package web

import "time"

// RemovalsPage is GET /m/{m}/removals: every request for removal and what
// became of it.
//
// Facets (GET): seller, product, customer, moderator, approver, queue,
// reason, stars, state (these three several times), verified, held, assigned, ids,
// by, from, to, asof (YYYY-MM-DD, inclusive). Empty means any.
//
// Forms: POST /m/{m}/filters with query, name, shared.
type RemovalsPage struct {
	Page
	Filter  RemovalFilter
	Chips   []Chip
	Rows    []RemovalRow
	Pager   Pager
	Periods []Period
	// PeriodUnit is day, week or month.
	PeriodUnit string
	// CSVHref and JSONLHref are the same selection as files; empty for none.
	CSVHref, JSONLHref string
	Saved              []SavedFilter
	Save               SaveForm
	// AsOf is the moment before which everything shown was known; zero: now.
	AsOf   time.Time
	Errors Errors // by field, and ""
}

// RemovalFilter are the facets' values, as they were typed, and choices. An
// empty choice ("Any") is added by the template.
type RemovalFilter struct {
	Seller, Product, Customer, Moderator, Approver, Queue string
	Verified, Held, Assigned, IDs, By, From, To, AsOf     string
	Remedy                                                string

	Moderators, Approvers, Queues []Option
	Reasons, Stars, States        []Choice
	Sellers, Months               []Choice // links: they narrow at once
	// AtLeast says that the counts cover the newest of more requests.
	AtLeast bool
}

// Choice is one value of a facet with its count. AtLeast: the count is of the
// newest requests only. Href narrows to it, for those that are links.
type Choice struct {
	Value, Label string
	Count        int
	AtLeast, On  bool
	Href         string
}

// Chip is one part of the filter that narrows the list; Href is the list
// without it.
type Chip struct{ Label, Value, Href string }

// SavedFilter is a filter that somebody keeps.
type SavedFilter struct {
	ID, Name, Href string
	Shared, Mine   bool
	Owner          Person
	At             time.Time
	Mark           Mark
}

// SaveForm keeps the filter that is shown. Query is empty where there is
// nothing to keep.
type SaveForm struct {
	Allowed bool
	Query   string
	Name    string // kept
	Shared  bool   // kept
	Errors  Errors // "name"
}

// FiltersPage is GET /m/{m}/filters: the filters that the viewer keeps, and
// those that others share.
//
// Forms: POST /m/{m}/filters with query, name, shared;
// POST /m/{m}/filters/{id}/rename with name; POST /m/{m}/filters/{id}/delete.
type FiltersPage struct {
	Page
	Filters []SavedFilter
	Save    SaveForm
	// Renamed is the filter whose form failed, with what was typed.
	Renamed, Name string
	Errors        Errors // "name"
}

// SubjectPage is one seller's, moderator's, approver's or pair's history:
// GET /m/{m}/sellers/{id}, /moderators/{id}, /approvers/{id},
// /pairs/{requester}/{approver}.
//
// Facets (GET): from, to, asof.
type SubjectPage struct {
	Page
	Kind             string // "seller", "moderator", "approver", "pair"
	Name, Other, Ref string
	From, To, AsOf   string // kept
	At               time.Time
	Figures          []SubjectFigure
	Breakdowns       []Breakdown
	Periods          []Period
	PeriodUnit       string
	Rows             []RemovalRow
	Pager            Pager
	Links            []NavItem // the same in the list, the board
	AtLeast          bool      // figures cover the newest of more requests
	Errors           Errors
}

// SubjectFigure is one number with what it is a share of.
type SubjectFigure struct{ Label, Value, Of string }

// Breakdown is how a subject's requests divide by one facet.
type Breakdown struct {
	Title string
	Rows  []BreakdownRow
}

// BreakdownRow is one value. Share is of all requests (0–1).
type BreakdownRow struct {
	Label, Href string
	Count       int
	Share       float64
}

// ComparePage is GET /m/{m}/removals/compare: two periods side by side.
//
// Fields (GET): preset, or from, to, before_from, before_to.
type ComparePage struct {
	Page
	Preset, From, To, BeforeFrom, BeforeTo string // kept
	Tables                                 []CompareTable
	All                                    CompareRow
	Now, Before                            string // the periods in words
	Errors                                 Errors
}

// CompareTable is one facet. More is how many values aren't listed.
type CompareTable struct {
	Title, Of string
	Rows      []CompareRow
	More      int
}

// CompareRow is one value in both periods. Shares are words: "12 %", or "no
// decisions". Ratio and Range are empty where there is nothing to divide.
type CompareRow struct {
	Label, Href        string
	N, Before          int
	Share, BeforeShare string
	Ratio, Range       string
	Differs            bool // chance alone would seldom give as much
}

// VerifiedChoices and AssignedChoices are the values and words of two facets.
var (
	VerifiedChoices = []Option{{Value: "yes", Label: "confirmed"}, {Value: "no", Label: "not confirmed"}, {Value: "unknown", Label: "not known"}}
	HeldChoices     = []Option{{Value: "yes", Label: "held for a while"}, {Value: "no", Label: "never held"}}
	AssignedChoices = []Option{{Value: "random", Label: "drawn"}, {Value: "picked", Label: "picked"}}
)

// Template implements PageData.
func (RemovalsPage) Template() string { return "removals" }

// Template implements PageData.
func (FiltersPage) Template() string { return "filters" }

// Template implements PageData.
func (SubjectPage) Template() string { return "subject" }

// Template implements PageData.
func (ComparePage) Template() string { return "compare" }
