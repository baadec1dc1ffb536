package web

import "time"

// InterestsPage is GET and POST /m/{m}/interests: the viewer's declared
// interests in sellers.
//
// Forms: POST /m/{m}/interests with seller (external id or name), relation
// (a Relations value), note; POST /m/{m}/interests/{id}/end (no fields).
type InterestsPage struct {
	Page
	Interests              []Interest
	Seller, Relation, Note string // kept
	Errors                 Errors // "seller", "relation", "note", ""
}

// Interest is one declared interest. Until is zero while it lasts.
type Interest struct {
	ID, Seller, SellerRef string
	Relation              string // a Relations value
	Note                  string
	Since, Until          time.Time
	Mark                  Mark
}

// Relations are the values and words of an interest's relation.
var Relations = []Option{
	{Value: "relative", Label: "Relative or friend works there"},
	{Value: "former_employer", Label: "I used to work there"},
	{Value: "owner", Label: "I own it or hold shares"},
	{Value: "other_business", Label: "Other business with them"},
}

// PolicyPage is GET /m/{m}/policy: the reason codes in force.
type PolicyPage struct {
	Page
	Version int       // 0 when not versioned
	Since   time.Time // in force since
	Reasons []Reason
	Never   []NeverReason
}

// PeoplePage is GET /people: staff and their grants, for administrators and
// auditors.
type PeoplePage struct {
	Page
	People []StaffRow
	Pager  Pager
}

// StaffRow is one person with their grants.
type StaffRow struct {
	Person
	Email      string
	Disabled   bool
	DisabledAt time.Time
	Grants     []Grant
}

// Grant is one role held. From and Until bound it; zero means open.
type Grant struct {
	Role string
	// Market is the marketplace's name; empty means everywhere.
	Market      string
	Queues      []string // none means all
	From, Until time.Time
	GrantedBy   Person
	Ended       bool // over, or not begun
	Skills      []string
}

// Template implements PageData.
func (InterestsPage) Template() string { return "interests" }

// Template implements PageData.
func (PolicyPage) Template() string { return "policy" }

// Template implements PageData.
func (PeoplePage) Template() string { return "people" }
