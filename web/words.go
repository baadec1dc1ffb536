package web

import (
	"strings"

	"evenhand/words"
)

// State is a state drawn as a badge: a word and a shape, so that colour
// never speaks alone.
type State struct {
	Word string
	// Tone is the colour's meaning: waiting, removed, kept, quiet, danger.
	Tone string
	// Shape is an SVG path in a 12 by 12 box, drawn as a line; Solid, when
	// set, is a filled one.
	Shape, Solid string
	// Explain is what the state means, as a sentence; may be empty.
	Explain string
}

const (
	shapeCircle  = "M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z"
	solidHalf    = "M6 1.5a4.5 4.5 0 0 1 0 9z"
	shapeSquare  = "M2 2h8v8H2z"
	shapeCheck   = "M2 6.5l2.8 2.8L10 3"
	shapeCross   = "M2.5 2.5l7 7M9.5 2.5l-7 7"
	shapeBack    = "M5 2L1.5 5.5L5 9M1.5 5.5H8a2.5 2.5 0 0 1 0 5H7"
	shapeClock   = shapeCircle + "M6 3.5V6l2 1.3"
	shapeSlash   = shapeCircle + "M3 9l6-6"
	shapePause   = "M4 2v8M8 2v8"
	shapeLine    = "M1.5 4h9M1.5 8h5"
	shapeDiamond = "M6 1l5 5l-5 5l-5-5z"
	shapeBang    = "M6 1l5.2 9.5H.8zM6 4.5v2.8M6 8.6v.4"
)

// StateRecording is shown in place of a state whose entry no checkpoint includes yet.
const StateRecording = "recording"

// states are proposals', reviews', tickets' and entries' states by name.
var states = map[string]State{
	"open": {"Waiting", "waiting", shapeCircle, "",
		"It waits for an approver. If nobody decides in time, the review stays as it is."},
	"approved": {"Approved", "waiting", shapeCircle, solidHalf,
		"The approvals are complete; it takes effect next."},
	"effective": {"Took effect", "removed", shapeSquare, shapeSquare,
		"Two people agreed, and it was done. Anyone with the right can undo it."},
	StateRecording: {"Being recorded", "waiting", shapeCircle, solidHalf,
		"Two people agreed. It is done once a signed checkpoint of the record includes it, which takes a moment."},
	"declined": {"Declined", "kept", shapeCross, "",
		"An approver declined it. The review stays as it was."},
	"withdrawn": {"Withdrawn", "quiet", shapeBack, "",
		"The requester took it back. The review stays as it was."},
	"expired": {"Expired", "quiet", shapeClock, "",
		"Nobody decided in time, and silence is not consent. The review stays as it was."},
	"void": {"Void", "quiet", shapeSlash, "",
		"The review changed after this was asked, so what was asked no longer exists. The review stays as it was."},

	"erasure-open": {"Waiting", "waiting", shapeCircle, "",
		"It waits for another administrator. If nobody decides in time, nothing is erased."},
	"erasure-approved":  {"Approved", "waiting", shapeCircle, solidHalf, "The approvals are complete; the erasure takes effect next."},
	"erasure-effective": {"Erased", "quiet", shapeLine, "", "Two people agreed, and what the customer wrote is gone. The stars and the record stay."},
	"erasure-declined":  {"Declined", "kept", shapeCross, "", "Somebody else declined it. Nothing was erased."},
	"erasure-withdrawn": {"Withdrawn", "quiet", shapeBack, "", "The requester took it back. Nothing was erased."},
	"erasure-expired":   {"Expired", "quiet", shapeClock, "", "Nobody decided in time, and silence is not consent. Nothing was erased."},
	"erasure-void":      {"Void", "quiet", shapeSlash, "", "What it was about has changed."},

	"settings-open":      {"Waiting", "waiting", shapeCircle, "", "Nothing has changed yet. It takes a second administrator, and silence is not consent."},
	"settings-approved":  {"Approved", "waiting", shapeCircle, solidHalf, "The approvals are complete; the change takes effect next."},
	"settings-effective": {"In force", "kept", shapeCheck, "", "Two people agreed, and the settings were changed."},
	"settings-declined":  {"Declined", "quiet", shapeCross, "", "Somebody else declined it. Nothing was changed."},
	"settings-withdrawn": {"Withdrawn", "quiet", shapeBack, "", "The requester took it back. Nothing was changed."},
	"settings-expired":   {"Expired", "quiet", shapeClock, "", "Nobody decided in time, and silence is not consent. Nothing was changed."},
	"settings-void":      {"Void", "quiet", shapeSlash, "", "One of these settings became something else while it was open. Nothing was changed by it."},
	"routing-open":       {"Waiting", "waiting", shapeCircle, "", "It waits for another administrator. If nobody decides in time, the rules stay."},
	"routing-approved":   {"Approved", "waiting", shapeCircle, solidHalf, "The approvals are complete; the rules come into force next."},
	"routing-effective":  {"In force since", "kept", shapeLine, "", "Two people agreed, and the rules came into force."},
	"routing-declined":   {"Declined", "quiet", shapeCross, "", "Somebody else declined it. The rules stayed."},
	"routing-withdrawn":  {"Withdrawn", "quiet", shapeBack, "", "The requester took it back. The rules stayed."},
	"routing-expired":    {"Expired", "quiet", shapeClock, "", "Nobody decided in time, and silence is not consent. The rules stayed."},
	"routing-void":       {"Void", "quiet", shapeSlash, "", "What it was about has changed."},

	"appeal-waiting":  {"Nobody has it", "danger", shapeBang, "", "Everybody with the right to answer had a hand in the case. It waits until there is somebody else."},
	"appeal-drawn":    {"Being looked at", "waiting", shapeCircle, solidHalf, "Somebody who had no part in the case was drawn to answer it."},
	"appeal-upheld":   {"The removal stands", "removed", shapeSquare, shapeSquare, "The answer upholds the removal."},
	"appeal-reversed": {"The removal was wrong", "kept", shapeBack, "", "The answer reverses the removal, and the review is published again."},
	"appeal-erased":   {"Erased", "quiet", shapeLine, "", "The author had what they wrote erased."},
	"overdue":         {"Overdue", "danger", shapeClock, "", "The author was told that an answer takes 14 days."},

	"restored": {"Restored", "kept", shapeBack, "",
		"It was done, and undone later. Undoing takes one person."},

	"published":   {"Published", "kept", shapeCheck, "", "Customers can read it."},
	"held":        {"Held", "waiting", shapePause, "", "Hidden for a short time; it comes back by itself unless two people confirm. Its stars still count."},
	HoldOpen:      {"Held", "waiting", shapePause, "", "Hidden for a short time; it comes back by itself unless two people confirm. Its stars still count."},
	HoldLapsed:    {"Lapsed", "kept", shapeClock, "", "Nobody confirmed it in time, and the review came back by itself."},
	HoldConfirmed: {"Confirmed", "removed", shapeSquare, shapeSquare, "Two people agreed on a removal or a redaction while it was held."},
	HoldLifted:    {"Lifted", "kept", shapeBack, "", "It was ended before its time, and the review came back."},

	"redacted": {"Redacted", "removed", shapeLine, "", "Some words are hidden; the stars still count."},
	"removed":  {"Removed", "removed", shapeSquare, shapeSquare, "Customers can’t read it, and its stars don’t count."},

	"waiting": {"Waiting", "waiting", shapeCircle, "", ""},
	"leased":  {"Held##a ticket", "waiting", shapeCircle, solidHalf, ""},
	"decided": {"Decided", "quiet", shapeCheck, "", ""},

	"done":     {"Done", "quiet", shapeCheck, "", ""},
	"refused":  {"Refused", "danger", shapeSlash, "", "The rules stopped it. The attempt is on record."},
	"alarm":    {"Needs a look", "watch", shapeDiamond, shapeDiamond, ""},
	"disabled": {"Disabled", "quiet", shapeSlash, "", ""},

	"seal-ok":  {"Seal holds", "kept", shapeCheck, "", ""},
	"seal-bad": {"Seal broken", "danger", shapeBang, "", "This approval wasn’t made through evenhand, or was altered since. It doesn’t count."},
}

// stateOf looks a state up; an unknown one is shown as its plain word.
func stateOf(name string) State {
	if s, ok := states[name]; ok {
		return s
	}
	return State{Word: titled(name), Tone: "quiet", Shape: shapeCircle}
}

// stateIn is stateOf in a language.
func stateIn(l *words.Language, name string) State {
	s := stateOf(name)
	s.Word, s.Explain = l.Say(s.Word), l.Say(s.Explain)
	return s
}

// ReasonName is a code in words: FAKE_EXPERIENCE becomes "Fake experience".
func ReasonName(code string) string {
	return titled(strings.ToLower(strings.ReplaceAll(code, "_", " ")))
}

func sourceName(source string) string {
	names := map[string]string{
		"seller": "The seller", "customer": "A customer",
		"staff": "Staff", "classifier": "The classifier", "import": "The import",
	}
	if name, ok := names[source]; ok {
		return name
	}
	return titled(source)
}

func label(options []Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Label
		}
	}
	return titled(strings.ReplaceAll(value, "_", " "))
}

func titled(s string) string {
	if s == "" {
		return ""
	}
	rs := []rune(s)
	return strings.ToUpper(string(rs[:1])) + string(rs[1:])
}

// Star is one of the five: full or not.
type Star struct{ Full bool }

// stars are the five of a rating, in order.
func stars(n int) []Star {
	out := make([]Star, 5)
	for i := range out {
		out[i].Full = i < n
	}
	return out
}

// remedyWords are the remedies as people say them, and each as something done.
var remedyWords = map[string]struct{ Name, Ask, Done, Note string }{
	"label":  {"Label", "A label under it", "labelled", "It stays, stars and all, with a public line under it."},
	"redact": {"Redact", "Hide some words", "redacted", "Marked words are replaced by “[redacted]”; the rest and the stars stay."},
	"move":   {"Move", "Move it to the right product", "moved", "It counts for the product that it is about, and not for this one."},
	"remove": {"Remove", "Remove it", "removed", "Customers can’t read it, and its stars don’t count."},
}

// RemedyName is a remedy as people say it.
func RemedyName(name string) string {
	if w, ok := remedyWords[name]; ok {
		return w.Name
	}
	return "Remove"
}

// RemedyChoices are the remedies as a filter offers them, least restrictive first.
func RemedyChoices() []Option {
	var out []Option
	for _, name := range []string{"label", "redact", "move", "remove"} {
		out = append(out, Option{Value: name, Label: RemedyName(name)})
	}
	return out
}

// remedyChoice is a remedy in the form.
type remedyChoice struct{ Value, Ask, Note string }

func remedyChoices() []remedyChoice {
	var out []remedyChoice
	for _, name := range []string{"label", "redact", "move", "remove"} {
		out = append(out, remedyChoice{name, remedyWords[name].Ask, remedyWords[name].Note})
	}
	return out
}

// RemedyNoun is what is asked for: a label, a redaction, a move, a removal.
func RemedyNoun(name string) string {
	switch name {
	case "label", "move":
		return name
	case "redact":
		return "redaction"
	}
	return "removal"
}

// askedFor is what a request was for, after "asked".
func askedFor(remedy string) string {
	switch remedy {
	case "label":
		return "for a label"
	case "redact":
		return "for words to be hidden"
	case "move":
		return "for it to be moved"
	}
	return "for its removal"
}
