package moderation

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenhand/ledger"
	"evenhand/routing"
)

// However facts are read, they are what json.Unmarshal reads, and what routes write is read directly.
func FuzzFacts(f *testing.F) {
	score, verified := 73, false
	for _, facts := range []routing.Facts{
		{Sources: []string{}}, {Category: "kitchen", Language: "pt", Sources: []string{"seller", "detector"}, Flags: 2, Score: &score, Stars: 1, Age: 30, Verified: &verified},
	} {
		text, err := ledger.Canonical(facts)
		if err != nil {
			f.Fatal(err)
		}
		if _, ok := canonicalFacts(string(text)); !ok {
			f.Errorf("%s isn't read directly", text)
		}
		f.Add(string(text))
	}
	for _, text := range []string{
		``, `null`, `{}`, `[]`, `{"age":1}`, `{"age":1,"category":2,"flags":1,"language":"","score":null,"sources":[],"stars":1,"verified":null}`,
		`{"age":1,"category":"","flags":1,"language":null,"score":"1","sources":null,"stars":1,"verified":null}`,
		`{"age":1,"category":"\"","flags":1,"language":"","score":1,"sources":["a",1],"stars":1,"verified":"true"}`,
		`{"age":1,"category":"","flags":1,"language":"","score":true,"sources":[null],"stars":[],"verified":true}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want routing.Facts
		wantErr := json.Unmarshal([]byte(text), &want)
		got, err := parseFacts(text)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v; json says %v", text, err, wantErr)
		}
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}
