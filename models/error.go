package models

import (
	"errors"
	"fmt"
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
type Error struct {
	Kind   Kind
	Code   string
	Detail string
	Fields map[string]string
	Err    error
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
	return &Error{Kind: kind, Code: code, Detail: fmt.Sprintf(detail, args...)}
}

// InvalidField is the error of a form with one field to mend.
func InvalidField(field, detail string, args ...any) *Error {
	text := fmt.Sprintf(detail, args...)
	return &Error{Kind: Invalid, Code: "invalid_" + field, Detail: text, Fields: map[string]string{field: text}}
}

// AsError gives the project's error inside err, or an Internal one around it.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Internal, Code: "internal", Detail: "Something went wrong on our side. Nothing was changed.", Err: err}
}

// IsKind says whether err is a project error of that kind.
func IsKind(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}
