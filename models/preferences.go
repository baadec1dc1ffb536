package models

import "time"

// How disturbing pictures are shown until somebody asks for them.
const (
	MediaBlur  = "blur"
	MediaGrey  = "grey"
	MediaPlain = "plain"
)

// Preferences are how the pages are for one person. An empty Language, TimeZone or Media leaves it to the browser or to
// the marketplace.
type Preferences struct {
	StaffID    string
	Language   string
	TimeZone   string // of the IANA database: Europe/Berlin
	Undo       bool   // whether a decision waits some seconds before it is sent
	SingleKeys bool
	Media      string
	BreakAfter int // minutes of work before a break is suggested; 0: never
	UpdatedAt  time.Time
}

// TableName says where they are.
func (Preferences) TableName() string { return "staff_preferences" }

// DefaultPreferences are those of who has chosen nothing.
func DefaultPreferences(person string) Preferences {
	return Preferences{StaffID: person, Undo: true, SingleKeys: true, BreakAfter: 50}
}

// TextTemplate is a text that somebody keeps, to insert where they write. It has no words of a review in it.
type TextTemplate struct {
	MarketplaceID string
	ID            string
	OwnerID       string
	Purpose       string
	Name          string
	Text          string
	Salt          []byte
	Shared        bool
	CreatedAt     time.Time
	OwnerName     string `gorm:"->"`
}

// What a template is inserted into.
const (
	PurposeJustification = "justification"
	PurposeNote          = "note"
	PurposeAnswer        = "answer"
)
