package web

import "time"

// Comfort is how a page is for its reader. The zero Comfort is that of a page without a reader.
type Comfort struct {
	// Zone is whose times are shown; nil is UTC. ZoneFrom says where it is from: ZoneChosen, ZoneBrowser or "" for
	// nobody's choice.
	Zone     *time.Location
	ZoneFrom string
	// Undo has a decision wait some seconds before it is sent, where there are scripts.
	Undo bool
	// KeysOff turns single keys off.
	KeysOff bool
	// Media is how pictures are shown until somebody asks for them: blur, grey or plain.
	Media string
	// BreakAfter is after how many minutes of work a break is suggested; 0 is never.
	BreakAfter int
}

// Where a page's zone is from.
const (
	ZoneChosen  = "chosen"
	ZoneBrowser = "browser"
)

// ZoneName is the zone's name: Europe/Berlin, or UTC.
func (c Comfort) ZoneName() string {
	if c.Zone == nil {
		return "UTC"
	}
	return c.Zone.String()
}

// Zoned is the zone of a page's times.
func (p Page) Zoned() *time.Location {
	if p.Comfort.Zone == nil {
		return time.UTC
	}
	return p.Comfort.Zone
}

// PreferencesPage is GET /preferences, and what POST /preferences shows when it fails.
//
// Form: language, time_zone, undo, single_keys (checkboxes), media, break_after.
type PreferencesPage struct {
	Page
	Language, TimeZone, Media, BreakAfter string // as typed
	Undo, SingleKeys                      bool
	Errors                                Errors
	Back                                  string // where the person came from
}

// Template implements PageData.
func (PreferencesPage) Template() string { return "preferences" }

// LanguageChoices are the values of the preference.
var LanguageChoices = []Option{{Value: "en", Label: "English"}, {Value: "de", Label: "Deutsch"}}

// MediaChoices are the values of the preference.
var MediaChoices = []Option{{Value: "blur", Label: "blurred until I ask"}, {Value: "grey", Label: "grey until I ask"}, {Value: "plain", Label: "as they are"}}

// CommonZones are suggested where there are no scripts to list them all.
var CommonZones = []string{
	"UTC", "Europe/Berlin", "Europe/London", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Warsaw", "Europe/Bucharest", "Europe/Athens",
	"Europe/Istanbul", "Asia/Kolkata", "Asia/Manila", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "America/New_York", "America/Chicago",
	"America/Los_Angeles", "America/Mexico_City", "America/Sao_Paulo",
}

// BreakPage is GET /m/{m}/break: nothing to do.
//
// Form: POST /m/{m}/break (no fields) lets the ticket go, if one is held.
type BreakPage struct {
	Page
	Desk bool // whether there is a desk to go back to
	Held bool // whether a ticket is still held
}

// Template implements PageData.
func (BreakPage) Template() string { return "break" }

// JumpPage is GET /m/{m}/jump?q=, where that leads to none or to several.
type JumpPage struct {
	Page
	Query string
	Asked bool // something was asked
	Found []JumpTo
}

// JumpTo is one way that a jump can lead.
type JumpTo struct{ Kind, Label, ID, Href string }

// Template implements PageData.
func (JumpPage) Template() string { return "jump" }

// TemplatesPage is GET /m/{m}/templates, and what POST there shows when it fails.
//
// Forms: POST /m/{m}/templates with purpose, name, text, shared; POST /m/{m}/templates/{id}/delete.
type TemplatesPage struct {
	Page
	Templates           []TextTemplate
	Purpose, Name, Text string
	Shared, MayShare    bool
	Errors              Errors
}

// TextTemplate is a text to insert.
type TextTemplate struct {
	ID, Purpose, Name, Text string
	Shared, MayDelete       bool
	Owner                   Person
	Mark                    Mark
}

// Template implements PageData.
func (TemplatesPage) Template() string { return "templates" }

// PurposeChoices are what a template is for.
var PurposeChoices = []Option{{Value: "justification", Label: "a justification"}, {Value: "note", Label: "a note on a verdict"}, {Value: "answer", Label: "a question or an answer"}}
