package models

import (
	"errors"
	"fmt"

	"evenhand/words"
)

// Kind says what sort of failure an error is; handlers turn it into a status, and the ledger into whether an attempt
// is recorded.
type Kind int

const (
	Internal    Kind = iota // ours to mend; says nothing to the caller
	Invalid                 // input that can't be taken as it is; the caller mends it
	Policy                  // well-formed, and against the removal policy
	NotFound                // no such thing, or not for this person
	Forbidden               // this person may not
	Conflict                // the thing has changed, or somebody else was first
	Unauthentic             // nobody is signed in, or the credentials are wrong
	Throttled               // too many attempts
	Unavailable             // the database is gone for now; the act can be repeated
)

// Error is every failure that a caller is told about. Code is stable and for programs; Detail is for people and names
// the field, row or reason. Fields holds one message for each field of a form that has to be mended.
//
// Both are English, for programs, the log and the console. A page says them in its reader's language, for which Said
// and Mistakes keep what Detail and Fields were made of; where they are empty, the English is a whole sentence.
type Error struct {
	Kind     Kind
	Code     string
	Detail   string
	Said     Sentence
	Fields   map[string]string
	Mistakes Mistakes
	Err      error
}

// Sentence is what is said to people, in whichever language they read: a format of package fmt and what fills it.
type Sentence = words.Sentence

// Said makes a Sentence.
func Said(format string, args ...any) Sentence { return Sentence{Format: format, Args: args} }

// Mistakes are what is wrong with a form, by field.
type Mistakes map[string]Sentence

// Say says what is wrong with a field; format takes the verbs of fmt.Sprintf. What is said first stays.
func (m Mistakes) Say(field, format string, args ...any) { m.Add(field, Said(format, args...)) }

// Add is Say for a sentence that is made already; an empty one says nothing.
func (m Mistakes) Add(field string, s Sentence) {
	if !s.Empty() && !m.Has(field) {
		m[field] = s
	}
}

// Has says whether something is wrong with a field.
func (m Mistakes) Has(field string) bool { return !m[field].Empty() }

// E is the error of a form with these mistakes, or nil where there are none.
func (m Mistakes) E(code, detail string) *Error {
	if len(m) == 0 {
		return nil
	}
	e := E(Invalid, code, detail)
	e.Mistakes, e.Fields = m, make(map[string]string, len(m))
	for field, s := range m {
		e.Fields[field] = s.String()
	}
	return e
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Detail, e.Err)
	}
	return e.Code + ": " + e.Detail
}

func (e *Error) Unwrap() error { return e.Err }

// Refusal says whether the attempt is evidence that belongs in the ledger, rather than a slip of the keyboard.
func (e *Error) Refusal() bool {
	switch e.Kind {
	case Policy, Forbidden, Conflict, Unauthentic, Throttled:
		return true
	default:
		return false
	}
}

// E makes an error of a kind; detail takes the verbs of fmt.Sprintf.
func E(kind Kind, code, detail string, args ...any) *Error {
	said := Said(detail, args...)
	return &Error{Kind: kind, Code: code, Detail: said.String(), Said: said}
}

// InvalidField is the error of a form with one field to mend.
func InvalidField(field, detail string, args ...any) *Error {
	said := Said(detail, args...)
	text := said.String()
	return &Error{Kind: Invalid, Code: "invalid_" + field, Detail: text, Said: said, Fields: map[string]string{field: text}, Mistakes: Mistakes{field: said}}
}

// Tell says them in a reader's language.
func (m Mistakes) Tell(l *words.Language) map[string]string {
	out := make(map[string]string, len(m))
	for field, s := range m {
		out[field] = l.Say(s.Format, s.Args...)
	}
	return out
}

// AsError gives the project's error inside err, or an Internal one around it.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	e = E(Internal, "internal", "Something went wrong on our side. Nothing was changed.")
	e.Err = err
	return e
}

// Tell says the error in a reader's language.
func (e *Error) Tell(l *words.Language) string {
	if e.Said.Format == "" || e.Said.String() != e.Detail { // Detail was put in by hand
		return l.Say(e.Detail)
	}
	return l.Say(e.Said.Format, e.Said.Args...)
}

// TellFields says what is wrong with each field in a reader's language.
func (e *Error) TellFields(l *words.Language) map[string]string {
	out := make(map[string]string, len(e.Fields))
	for field, text := range e.Fields {
		out[field] = l.Say(text)
		if s, ok := e.Mistakes[field]; ok && s.String() == text {
			out[field] = l.Say(s.Format, s.Args...)
		}
	}
	return out
}

// IsKind says whether err is a project error of that kind.
func IsKind(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}
