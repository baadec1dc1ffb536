package ledger

import (
	"strings"
	"time"

	"evenhand/models"
)

// Said is what an entry says, read from its columns, which are known to be its body's, and from the data in its body.
// It is good until the next entry.
type Said struct {
	*models.LedgerEntry
	data  []member
	stamp stamp
}

// member of the data, its value as canonical JSON.
type member struct{ key, value string }

// Raw is a member of the data as canonical JSON, "" where there is none.
func (s *Said) Raw(key string) string {
	for i := range s.data {
		if s.data[i].key == key {
			return s.data[i].value
		}
	}
	return ""
}

// Text is a member of the data that is a text; "" where there is none.
func (s *Said) Text(key string) string {
	raw := s.Raw(key)
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if inside := raw[1 : len(raw)-1]; strings.IndexByte(inside, '\\') < 0 {
		return inside
	}
	text, err := ParseStrings("[" + raw + "]")
	if err != nil {
		return ""
	}
	return text[0]
}

// Done says whether the act was done rather than refused.
func (s *Said) Done() bool { return s.Outcome == models.OutcomeDone }

// members takes the data of an entry apart. It wants canonical JSON, of which canonicalObject knows all that acts write.
func (s *Said) members(data string) bool {
	s.data = s.data[:0]
	if data == "{}" {
		return true
	}
	before, first := "", true
	for text, ok := strings.CutPrefix(data, "{"); ok; first = false {
		key, rest, ok := canonicalString(text)
		if !ok || rest == "" || rest[0] != ':' || strings.IndexByte(key, '\\') >= 0 || (!first && compareKeys(before, key) >= 0) {
			return false
		}
		value := rest[1:]
		if text, ok = canonicalValue(value, 1); !ok || text == "" {
			return false
		}
		s.data = append(s.data, member{key, value[:len(value)-len(text)]})
		switch before = key; text[0] {
		case '}':
			return len(text) == 1
		case ',':
			text = text[1:]
		default:
			return false
		}
	}
	return false
}

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
