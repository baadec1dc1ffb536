package models

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// NewID makes a UUIDv7: unique without asking anyone, and ordered by the time of its making.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// ParseID reads an id from outside, in its one canonical form.
func ParseID(s string) (string, error) {
	if len(s) != 36 {
		return "", E(NotFound, "not_found", "%q is not an id.", clip(s))
	}
	u, err := uuid.Parse(s)
	if err != nil {
		return "", E(NotFound, "not_found", "%q is not an id.", clip(s))
	}
	return u.String(), nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// Clock tells the time; tests wind it.
type Clock func() time.Time

// Now is the clock on the wall: UTC, and no finer than a database keeps.
func Now() time.Time { return At(time.Now()) }

// At brings a time to the form in which it is stored and hashed: UTC, microseconds.
func At(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// CleanText makes text from outside fit to be stored: line ends as \n, no space around it.
func CleanText(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

// NoID is the id of nothing: what a list of ids has so that it is never empty.
const NoID = "00000000-0000-0000-0000-000000000000"
