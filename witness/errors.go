package witness

import (
	"fmt"
	"net/http"
)

// refusal is an answer of the protocol other than a cosignature.
type refusal struct {
	status int
	text   string
	size   int64 // of the last checkpoint, with 409
}

func (r *refusal) Error() string { return r.text }

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{status: status, text: fmt.Sprintf(format, args...)}
}

func conflict(size int64) *refusal {
	return &refusal{http.StatusConflict, fmt.Sprintf("the last checkpoint seen has the size %d", size), size}
}

// Misbehaviour says that a log was caught: it signed two histories, or shows less than it had shown.
type Misbehaviour struct {
	Origin string
	What   string // a sentence
	Kept   string // the path of both notes, .seen and .shown; empty when they couldn't be kept
	Seen   []byte // the note that this witness cosigned
	Shown  []byte // the note that contradicts it
}

func (m *Misbehaviour) Error() string {
	where := m.Kept + ".seen and .shown hold both signed notes"
	if m.Kept == "" {
		where = "the notes could not be kept"
	}
	return m.Origin + ": " + m.What + "; " + where
}
