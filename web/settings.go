package web

import "time"

// SettingsPage is GET /m/{m}/settings: what the marketplace has set, the
// requests to change it, newest first, and the form to ask for a change.
//
// Form: POST /m/{m}/settings with, for each setting, NAME and was_NAME (its
// value when the page was made), and justification.
type SettingsPage struct {
	Page
	Settings []Setting
	Requests []SettingsRow
	Pager    Pager
	// Ask draws the form.
	Ask           Action
	Typed         map[string]string // kept, by name
	Justification string            // kept
	Errors        Errors            // names of settings, "justification", ""
}

// Problems are what is wrong with the form, in its order.
func (p SettingsPage) Problems() []Problem {
	var names []string
	for _, s := range p.Settings {
		names = append(names, s.Name)
	}
	return problems("settings", p.Errors, append(names, "justification")...)
}

// Setting is one of them as it stands.
type Setting struct {
	Name, Words, Means string
	// Open says what becomes of what is open when it changes.
	Open string
	// Kind is number, yes-no, choice or text; Unit, Min and Max of a number,
	// Max and Shape of a text, Choices of the others.
	Kind, Unit, Shape string
	Min, Max          int
	Choices           []Option
	// Value is as forms have it, Said in words; Input is what the field holds.
	Value, Said, Default, Input string
	// By are the people who made it so, since Since, by the request ByID;
	// nobody: it is as the marketplace began.
	By    []Person
	Since time.Time
	ByID  string
}

// SettingsRow is a request in the list.
type SettingsRow struct {
	ID        string
	State     string // a proposal's
	Changes   []SettingChange
	Requester Person
	Seats     Seats
	AskedAt   time.Time
	ExpiresAt time.Time
	DecidedAt time.Time // zero while open
	Mark      Mark
}

// Weakens reports whether one of the changes weakens control.
func (r SettingsRow) Weakens() bool {
	for _, c := range r.Changes {
		if c.Weakens != "" {
			return true
		}
	}
	return false
}

// SettingChange is one setting, what it is and what it would be, in words.
// Weakens says what is lost, where the change weakens control.
type SettingChange struct{ Words, From, To, Means, Open, Weakens string }

// SettingsRequestPage is GET /m/{m}/settings/{id}, and what its forms show
// when they fail. Its forms are those of Deciding.
type SettingsRequestPage struct {
	Page
	SettingsRow
	Deciding
	Justification string
}

// Template implements PageData.
func (SettingsPage) Template() string { return "settings" }

// Template implements PageData.
func (SettingsRequestPage) Template() string { return "settings-request" }
