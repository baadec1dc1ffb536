package models

import "time"

// Outcomes of an act.
const (
	OutcomeDone    = "done"
	OutcomeRefused = "refused"
)

// LedgerEntry is one act or refusal on record. Body is the canonical JSON that Hash is the RFC 6962 leaf hash of;
// the other columns repeat what it says.
type LedgerEntry struct {
	ID            string
	MarketplaceID string
	At            time.Time
	ActorKind     string
	ActorID       string
	Act           string
	SubjectType   string
	SubjectID     string
	Outcome       string
	Code          string
	Body          string
	Hash          []byte
}
