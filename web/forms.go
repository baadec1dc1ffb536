package web

import "sort"

// Field ties an input to its help and its error.
type Field struct {
	ID, Name string
	Error    string
	help     bool
}

// newField makes the field of a form; help says that an element with
// HelpID stands on the page. Ids carry the form's name, because two forms of
// a page may have a field of the same name.
func newField(form, name string, errs Errors, help bool) Field {
	return Field{ID: form + "-" + name, Name: name, Error: errs[name], help: help}
}

// HelpID is the id of the field's help.
func (f Field) HelpID() string { return f.ID + "-help" }

// ErrorID is the id of the field's error.
func (f Field) ErrorID() string { return f.ID + "-error" }

// Describe is the value of the input's aria-describedby; empty for none.
func (f Field) Describe() string {
	switch {
	case f.help && f.Error != "":
		return f.ErrorID() + " " + f.HelpID()
	case f.help:
		return f.HelpID()
	case f.Error != "":
		return f.ErrorID()
	}
	return ""
}

// Problem is one line of the error summary. Target is empty when the error
// is the whole form's.
type Problem struct{ Target, Text string }

// problems lists a form's errors in the order of its fields; the form's own
// and those of fields that it doesn't have come first.
func problems(form string, errs Errors, fields ...string) []Problem {
	var out, named []Problem
	known := map[string]bool{}
	for _, f := range fields {
		known[f] = true
		if errs[f] != "" {
			named = append(named, Problem{form + "-" + f, errs[f]})
		}
	}
	for name, text := range errs {
		if !known[name] && text != "" {
			out = append(out, Problem{Text: text})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Text < out[j].Text })
	return append(out, named...)
}

// choice is an option of a select with whether it is chosen.
type choice struct {
	Option
	Selected bool
}

// options marks the chosen one. A value that isn't offered is added, so that
// a form never silently drops what was chosen.
func options(all []Option, value string) []choice {
	out := make([]choice, 0, len(all)+1)
	found := value == ""
	for _, o := range all {
		out = append(out, choice{o, o.Value == value})
		found = found || o.Value == value
	}
	if !found {
		out = append(out, choice{Option{Value: value, Label: value}, true})
	}
	return out
}

// evidenceField is how one kind of evidence is asked for.
type evidenceField struct {
	Kind        EvidenceKind
	Label, Help string
	Lines       int // 1 draws an input, more a textarea
}

var evidenceFields = []evidenceField{
	{EvidenceOrder, "Order look-up", "The reference of the look-up you made in the order system.", 1},
	{EvidenceStatement, "Author’s statement", "What the author themselves told us, and where it is kept. Not what the seller says they said.", 3},
	{EvidenceLink, "Link", "The address of what shows it.", 1},
	{EvidenceReviews, "Other reviews", "Their ids, one on each line.", 3},
	{EvidenceSpan, "The exact words", "Copy them from the review, letter for letter.", 2},
	{EvidenceDocument, "Document", "The reference of the document on file.", 1},
}

func evidenceName(k EvidenceKind) string {
	for _, f := range evidenceFields {
		if f.Kind == k {
			return f.Label
		}
	}
	return titled(string(k))
}

// kindList is a reason's kinds as a space-separated list, for the style
// sheet to match.
func kindList(kinds []EvidenceKind) string {
	out := ""
	for i, k := range kinds {
		if i > 0 {
			out += " "
		}
		out += string(k)
	}
	return out
}
