package ledger

import (
	"time"

	"evenhand/models"
)

// Said is what an entry says, read from its columns, which are known to be its body's, and from the data in its body.
// It is good until the next entry.
type Said struct {
	*models.LedgerEntry
	Object
	stamp stamp
}

// Done says whether the act was done rather than refused.
func (s *Said) Done() bool { return s.Outcome == models.OutcomeDone }

// Read reads an entry from its body alone, the long way: whatever ParseBody takes.
func Read(id, body string) (*Said, error) {
	b, err := ParseBody(body)
	if err != nil {
		return nil, err
	}
	at, err := time.Parse(timeFormat, b.At)
	if err != nil {
		return nil, err
	}
	s := &Said{LedgerEntry: &models.LedgerEntry{
		ID: id, MarketplaceID: b.Marketplace, At: at, ActorKind: b.Actor.Kind, ActorID: b.Actor.ID, Act: b.Act,
		SubjectType: b.Subject.Type, SubjectID: b.Subject.ID, Outcome: b.Outcome, Code: b.Code, Body: body,
	}}
	for key, value := range b.Data {
		text, err := Canonical(value)
		if err != nil {
			return nil, err
		}
		s.data = append(s.data, member{key, string(text)})
	}
	return s, nil
}
