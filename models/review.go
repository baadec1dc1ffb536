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
	LooksPer10000     int    `gorm:"column:looks_per_10000"` // how many decisions in 10,000 get a second look by lot
	StatementLanguage string `gorm:"default:en"`
	RedressBody       string // where else an author can complain, as a sentence; "" says nothing
	Territory         string // where removals take effect: ISO codes with spaces between them; "": wherever it is read
	Media             string `gorm:"default:blur"` // how disturbing pictures are shown to who hasn't chosen
	CreatedAt         time.Time

	BlindParties   string `gorm:"default:negative"` // on which reviews seller and author are hidden from the moderator
	BlindRequester string `gorm:"default:negative"` // and who asked from the approver

	SettingsVersion int     `gorm:"default:1"` // raised by each change to a setting
	SettingsID      *string // the proposal by which they were changed last
}

// FirstLanguage is what statements are written in at first.
const FirstLanguage = "en"

// FirstLooks is the share of decisions that get a second look in a new marketplace: 1.5 %, in 10,000.
const FirstLooks = 150

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
	Language      string // ISO 639-1 as the marketplace gives it, "" where it doesn't
	Status        string
	RemovalID     *string // the proposals by which the review is removed, redacted, labelled and moved
	RedactionID   *string
	LabelID       *string
	MoveID        *string
	HomeSellerID  *string // of a moved review: where it came in
	HomeProductID *string
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

// Home is the seller and the product that a review came in for; a move doesn't change it.
func (r *Review) Home() (seller, product string) {
	if r.HomeSellerID != nil && r.HomeProductID != nil {
		return *r.HomeSellerID, *r.HomeProductID
	}
	return r.SellerID, r.ProductID
}

// Content is what the digest of a review commits to: everything that a removal or an edit would take away or change.
// It is about where the review came in, so a move leaves it as it is.
func (r *Review) Content() Fields {
	seller, product := r.Home()
	return Fields{
		"body", r.Body, "customer", r.CustomerID, "external_id", r.ExternalID, "marketplace", r.MarketplaceID,
		"posted_at", r.PostedAt.UTC().UnixMicro(), "product", product, "rating", r.Rating, "seller", seller,
		"title", r.Title, "v", 1, "version", r.Version,
	}
}
