package models

import "time"

// Review states. Only the approval engine makes a review removed, and the database checks that it did.
const (
	ReviewPublished = "published"
	ReviewHeld      = "held"
	ReviewRedacted  = "redacted"
	ReviewRemoved   = "removed"
)

// Marketplace is one place where reviews are published, with its settings.
type Marketplace struct {
	ID                string
	Name              string
	NegativeAtOrBelow int    // stars at or below which a review counts as negative
	ProposalTTLHours  int    // how long a proposal stays open
	LeaseMinutes      int    // how long a ticket is held without a sign of life
	ApproversDrawn    bool   // whether the system draws who decides on a request about a negative rating
	StatementLanguage string `gorm:"default:en"`
	RedressBody       string // where else an author can complain, as a sentence; "" says nothing
	Territory         string // where removals take effect: ISO codes with spaces between them; "": wherever it is read
	CreatedAt         time.Time
}

// Negative says whether a rating counts as negative here.
func (m Marketplace) Negative(rating int) bool { return rating <= m.NegativeAtOrBelow }

// Seller is who sold what a review is about.
type Seller struct {
	MarketplaceID string
	ID            string
	ExternalID    string
	Name          string
	CreatedAt     time.Time
}

// Product is what a review is about.
type Product struct {
	MarketplaceID string
	ID            string
	ExternalID    string
	Title         string
	Category      string
	CreatedAt     time.Time
}

// Customer is who wrote a review, as an opaque id.
type Customer struct {
	MarketplaceID string
	ID            string
	ExternalID    string // of an erased one, ErasedCustomer and our id
	CreatedAt     time.Time
	ErasedAt      *time.Time
	ErasureID     *string // the proposal by which they were erased
}

// ErasedCustomer is how the external id of an erased customer begins; no marketplace's id may.
const ErasedCustomer = "erased:"

// Review is the customer's text and stars as they stand.
type Review struct {
	MarketplaceID string
	ID            string
	ExternalID    string
	SellerID      string
	ProductID     string
	CustomerID    string
	OrderRef      string // the marketplace's order, "" where none is known
	Verified      *bool  // a purchase stands behind it; nil: not known
	Rating        int
	Title         string
	Body          string
	PostedAt      time.Time
	Version       int
	Salt          []byte
	Digest        []byte
	Status        string
	RemovalID     *string
	IntakeID      string
	CreatedAt     time.Time
	UpdatedAt     time.Time
	ErasedAt      *time.Time // title, body, order and salt were erased at the author's request
}

// ReviewVersion is a text that an edit has replaced.
type ReviewVersion struct {
	MarketplaceID string
	ReviewID      string
	Version       int
	Rating        int
	Title         string
	Body          string
	PostedAt      time.Time
	Salt          []byte
	Digest        []byte
	ReplacedAt    time.Time
	ErasedAt      *time.Time
}

// Fields are the members of an object that is written as canonical JSON: key, value, key, value, in the order of the
// keys. It is quicker to write than a map, which has none.
type Fields []any

// Content is what the digest of a review commits to: everything that a removal or an edit would take away or change.
func (r *Review) Content() Fields {
	return Fields{
		"body", r.Body, "customer", r.CustomerID, "external_id", r.ExternalID, "marketplace", r.MarketplaceID,
		"posted_at", r.PostedAt.UTC().UnixMicro(), "product", r.ProductID, "rating", r.Rating, "seller", r.SellerID,
		"title", r.Title, "v", 1, "version", r.Version,
	}
}
