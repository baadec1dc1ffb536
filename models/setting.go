package models

import "evenhand/words"

// Kinds of settings.
const (
	SettingNumber = "number"
	SettingYesNo  = "yes-no"
	SettingChoice = "choice"
	SettingText   = "text"
)

// Which way a setting is changed where that weakens control.
const (
	LooserLower  = "lower" // of a choice: one that stands before it
	LooserHigher = "higher"
)

// Setting is one thing that a marketplace decides for itself, a column of marketplaces. Only two administrators change
// one, and what changes is in force for what happens from then on.
type Setting struct {
	Name    string // the column
	Words   string
	Means   string
	Open    string // what becomes of what is open when it changes
	Kind    string
	Unit    string // of a number
	One     string // of the number 1, "" as of any other
	Min     int
	Max     int // of a number, or characters of a text
	Choices []SettingChoiceOf
	Pattern string // of a text, "" any; Shape says it in words
	Shape   string
	Default any    // int, bool or string: what a marketplace has of which nobody said anything else
	Looser  string // "": neither way
	Weakens string // what that means, as a sentence
	Of      func(m Marketplace) any
}

// SettingChoiceOf is a value that a choice may have; the first one is the weakest.
type SettingChoiceOf struct{ Value, Words string }

// Settings are all settings, in the order of the page. A new one is a column, a line here, and its guard on SQLite
// (migrations/sqlite/00022_settings.sql says how); tests fail where one of the three is missing.
var Settings = []Setting{
	{
		Name: "negative_at_or_below", Words: "Negative ratings", Kind: SettingNumber, Unit: "stars or fewer", One: "star or fewer", Min: 0, Max: 5, Default: 2,
		Means:  "So many stars or fewer make a review a negative one, for which approvers are drawn and work is blind.",
		Open:   "Open requests keep the approvers that they have; names are hidden by the new line at once.",
		Looser: LooserLower, Weakens: "Fewer reviews count as negative, and get what protects negative ones.",
		Of: func(m Marketplace) any { return m.NegativeAtOrBelow },
	},
	{
		Name: "proposal_ttl_hours", Words: "Time to decide", Kind: SettingNumber, Unit: "hours", One: "hour", Min: 1, Max: 720, Default: 72,
		Means:  "How long a request waits for approvers. What nobody decides in time doesn’t happen.",
		Open:   "Open requests keep the time that they were made with.",
		Looser: LooserHigher, Weakens: "A request lies open for longer, so that there is more time to find somebody who agrees.",
		Of: func(m Marketplace) any { return m.ProposalTTLHours },
	},
	{
		Name: "lease_minutes", Words: "Holding a ticket", Kind: SettingNumber, Unit: "minutes", One: "minute", Min: 1, Max: 120, Default: 10,
		Means:  "How long a ticket stays a moderator’s without a sign of life from its page.",
		Open:   "Tickets that are held keep their time until their page renews it.",
		Looser: LooserHigher, Weakens: "A ticket can be kept from everybody else for longer.",
		Of: func(m Marketplace) any { return m.LeaseMinutes },
	},
	{
		Name: "approvers_drawn", Words: "Approvers are drawn", Kind: SettingYesNo, Default: true,
		Means:  "Who decides on a request about a negative rating is drawn, and not picked.",
		Open:   "Open requests stay as they are: drawn, or for whoever may decide.",
		Looser: LooserLower, Weakens: "Requester and approver can find each other.",
		Of: func(m Marketplace) any { return m.ApproversDrawn },
	},
	{
		Name: "looks_per_10000", Words: "Second looks", Kind: SettingNumber, Unit: "of 10,000 decisions", Min: 0, Max: 10000, Default: FirstLooks,
		Means:  "How many decisions another moderator looks at again, by lot and without knowing.",
		Open:   "Second looks that wait are still done.",
		Looser: LooserLower, Weakens: "Fewer wrong removals are found out.",
		Of: func(m Marketplace) any { return m.LooksPer10000 },
	},
	{
		Name: "blind_parties", Words: "Seller and author hidden", Kind: SettingChoice, Default: FirstBlind, Choices: blindChoices,
		Means:  "On which reviews the moderator isn’t shown who sells and who wrote, unless they say what for.",
		Open:   "Tickets and requests that are open follow at once; names that somebody had shown stay shown to them.",
		Looser: LooserLower, Weakens: "A moderator sees whose review they decide on, and can favour them.",
		Of: func(m Marketplace) any { return m.BlindParties },
	},
	{
		Name: "blind_requester", Words: "Requester hidden", Kind: SettingChoice, Default: FirstBlind, Choices: blindChoices,
		Means:  "On which reviews the approver isn’t shown who asked before they have decided, unless they say what for.",
		Open:   "Requests that are open follow at once; names that somebody had shown stay shown to them.",
		Looser: LooserLower, Weakens: "An approver sees whose request it is, and can return a favour.",
		Of: func(m Marketplace) any { return m.BlindRequester },
	},
	{
		Name: "holds_per_day", Words: "Placing holds", Kind: SettingNumber, Unit: "a person and day", Min: 0, Max: 20, Default: 0,
		Means:  "How many dangerous reviews one person may hide for a short time a day; 0 turns holds off.",
		Open:   "Reviews that are held stay held for their time.",
		Looser: LooserHigher, Weakens: "One person can hide more reviews for a while, without anybody who agrees.",
		Of: func(m Marketplace) any { return m.HoldsPerDay },
	},
	{
		Name: "hold_minutes", Words: "Length of a hold", Kind: SettingNumber, Unit: "minutes", One: "minute", Min: 1, Max: 240, Default: FirstHoldMinutes,
		Means:  "How long a hold hides a review at most; then it comes back by itself.",
		Open:   "Reviews that are held stay held for the time that they were held with.",
		Looser: LooserHigher, Weakens: "One person can hide a review for longer, without anybody who agrees.",
		Of: func(m Marketplace) any { return m.HoldMinutes },
	},
	{
		Name: "statement_language", Words: "Language of statements", Kind: SettingChoice, Default: FirstLanguage,
		Choices: []SettingChoiceOf{{"en", "English##of statements"}, {"de", "German##of statements"}},
		Means:   "What authors of removed reviews are told in.",
		Open:    "All statements are read in the new language from then on.",
		Of:      func(m Marketplace) any { return m.StatementLanguage },
	},
	{
		Name: "redress_body", Words: "Where else to complain", Kind: SettingText, Max: 500, Default: "",
		Means: "A sentence at the end of every statement, such as the body for settling disputes out of court.",
		Open:  "All statements say it from then on.",
		Of:    func(m Marketplace) any { return m.RedressBody },
	},
	{
		Name: "territory", Words: "Where removals take effect", Kind: SettingText, Max: 200, Default: "",
		Pattern: `^([A-Z]{2}( [A-Z]{2})*)?$`, Shape: "Two-letter codes of countries in capitals with single spaces between them, or nothing.",
		Means: "The countries that statements name; nothing is wherever the marketplace is read.",
		Open:  "All statements name them from then on.",
		Of:    func(m Marketplace) any { return m.Territory },
	},
}

var blindChoices = []SettingChoiceOf{{BlindNever, "never"}, {BlindNegative, "on negative reviews"}, {BlindAlways, "on all reviews"}}

// SettingNamed finds a setting by its name.
func SettingNamed(name string) (Setting, bool) {
	for _, s := range Settings {
		if s.Name == name {
			return s, true
		}
	}
	return Setting{}, false
}

// SettingsOf are all settings of a marketplace as they are, for the entry that records how it begins.
func SettingsOf(m Marketplace) map[string]any {
	out := make(map[string]any, len(Settings))
	for _, s := range Settings {
		if s.Kind != SettingText { // no free text in the record
			out[s.Name] = s.Of(m)
		}
	}
	return out
}

// Loosens says whether a change weakens control.
func (s Setting) Loosens(from, to any) bool {
	a, b := s.rank(from), s.rank(to)
	return s.Looser == LooserLower && b < a || s.Looser == LooserHigher && b > a
}

// rank orders the values of a setting.
func (s Setting) rank(v any) int {
	switch v := v.(type) {
	case int:
		return v
	case bool:
		if v {
			return 1
		}
	case string:
		for i, c := range s.Choices {
			if c.Value == v {
				return i
			}
		}
	}
	return 0
}

// Say is a value in words. What somebody wrote themselves is an argument, so that it is never translated.
func (s Setting) Say(v any) Sentence {
	switch v := v.(type) {
	case bool:
		if v {
			return Said("yes")
		}
		return Said("no")
	case string:
		for _, c := range s.Choices {
			if c.Value == v {
				return Said(c.Words)
			}
		}
		if v == "" {
			return Said("nothing")
		}
		return Said("%s", v)
	}
	if v == 1 && s.One != "" {
		return Said("%d %s##how many, of what", v, words.Word(s.One))
	}
	return Said("%d %s##how many, of what", v, words.Word(s.Unit))
}

// FromJSON is a value as it was before it was written as JSON; nil where it is none of this setting's.
func (s Setting) FromJSON(v any) any {
	switch x := v.(type) {
	case float64:
		if s.Kind == SettingNumber && x == float64(int(x)) {
			return int(x)
		}
	case bool:
		if s.Kind == SettingYesNo {
			return x
		}
	case string:
		if s.Kind == SettingChoice || s.Kind == SettingText {
			return x
		}
	}
	return nil
}
