package ledger

import (
	"strings"
	"testing"
	"time"

	"evenhand/models"
)

// with gives an entry whose columns, frame and hash fit, and whose data are the given text.
func with(data string) *models.LedgerEntry {
	e := &models.LedgerEntry{
		ID: "0190a5d2", MarketplaceID: "m", At: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), ActorKind: "person", ActorID: "p",
		Act: "removal.approve", SubjectType: "review", SubjectID: "r", Outcome: models.OutcomeDone,
	}
	before, after := frame(nil, e, &stamp{})
	e.Body = string(before) + data + string(after)
	e.Hash = LeafHash([]byte(e.Body))
	return e
}

func TestSoundData(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		`{}`, `{"a":1,"b":[true,null,{"c":"}"}]}`, `{"a":"\\\"{","ä":"😀"}`,
		`{"a":0.5}`, `{"a":1e+21}`, `{"a":"\u000f"}`, `{"\n":1,"a":2}`, // what canonicalValue doesn't know
		`{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
	} {
		if finding := soundOf(with(data)); finding != "" {
			t.Errorf("data %s: %s", data, finding)
		}
	}
}

func TestUnsoundData(t *testing.T) {
	t.Parallel()
	const uncanonical, unread, other = "its body isn't canonical JSON", "its body isn't an entry: ", "its columns say something else than its body"
	for data, want := range map[string]string{
		`{"a": 1}`: uncanonical, ` {}`: uncanonical, "{}\n": uncanonical, `{"b":1,"a":2}`: uncanonical, `{"a":[{"c":1,"b":2}]}`: uncanonical,
		`{"a":1.0}`: uncanonical, `{"a":1e2}`: uncanonical, `{"a":-0}`: uncanonical, `{"a":0.50}`: uncanonical, `{"a":9007199254740993}`: uncanonical,
		`{"a":1,"a":1}`: uncanonical, `{"a":1,"\u0061":2}`: uncanonical, `{"a":"\ud800"}`: uncanonical, `{"a":"\u0061"}`: uncanonical, `{"a":"\/"}`: uncanonical,
		"{\"a\":\"\xff\"}": uncanonical, `{}}`: uncanonical, `{},"data":{}`: uncanonical, `{},"act":"removal.approve"`: uncanonical,
		``: unread, `{`: unread, `[]`: unread, `"{}"`: unread, `{"a":tru}`: unread, "{\"a\":\"\n\"}": unread, `{},"e":1`: unread,
		`null`:              other,
		`{},"iD":"another"`: other, // canonical as a whole, and readers that don't mind case would take it for the id
	} {
		if finding := soundOf(with(data)); !strings.HasPrefix(finding, want) {
			t.Errorf("data %q: %q; want %q", data, finding, want)
		}
	}
}

func soundOf(e *models.LedgerEntry) string {
	var s Said
	return sound(e, LeafHash([]byte(e.Body)), nil, &s)
}
