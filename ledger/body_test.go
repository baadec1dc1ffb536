package ledger_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenhand/ledger"
)

// Whatever stands in the place of a body, ParseBody says what json.Unmarshal says.
func FuzzParseBody(f *testing.F) {
	const body = `{"act":"a","actor":{"id":"i","kind":"person"},"at":"2026","code":"","data":{"b":true,"l":[1,"x",[]],"n":-7,"o":{"x":null}},"id":"e","marketplace":"m","outcome":"done","subject":{"id":"s","type":"t"},"v":1}`
	f.Add(body)
	for i := range body {
		f.Add(body[:i] + body[i+1:])
		f.Add(body[:i] + "\"" + body[i:])
		f.Add(body[:i] + "\\u00e9" + body[i:])
		f.Add(body[:i] + "0" + body[i:])
		f.Add(body[:i] + "\xff" + body[i:])
		f.Add(body[:i])
	}
	f.Add(body + " ")
	f.Add(`{"act":"a","ACT":"b","data":null,"v":1e3}`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ledger.ParseBody(text)
		var want ledger.Body
		wantErr := json.Unmarshal([]byte(text), &want)
		if (err == nil) != (wantErr == nil) || cmp.Diff(want, got) != "" {
			t.Errorf("%q: %v, %v\n%s", text, err, wantErr, cmp.Diff(want, got))
		}
	})
}

func FuzzParseStrings(f *testing.F) {
	for _, text := range []string{``, `[]`, `null`, `["a"]`, `["a","b"]`, `["a",]`, `[,]`, `["a"`, `["\u00e9"]`, `[1]`, `["a"] `, `["a"]]`, `[""`, `["a""b"]`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ledger.ParseStrings(text)
		var want []string
		wantErr := json.Unmarshal([]byte(text), &want)
		if (err == nil) != (wantErr == nil) || cmp.Diff(want, got) != "" {
			t.Errorf("%q: %v, %v\n%s", text, err, wantErr, cmp.Diff(want, got))
		}
	})
}
