package ledger

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
)

// long is the way that Canonical takes for what it doesn't write itself.
func long(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(raw)
}

// same fails the test unless both ways give the same bytes, or both refuse.
func same(t *testing.T, v any) {
	t.Helper()
	got, err := Canonical(v)
	want, wantErr := long(v)
	if (err == nil) != (wantErr == nil) || string(got) != string(want) {
		t.Errorf("Canonical(%#v)\n is %q, %v\nwant %q, %v", v, got, err, want, wantErr)
	}
}

func TestCanonicalIsRFC8785(t *testing.T) {
	t.Parallel()
	for range 20_000 {
		same(t, randomValue(rand.IntN(5)))
	}
}

func TestCanonicalOfOddValues(t *testing.T) {
	t.Parallel()
	type own string
	for _, v := range []any{
		nil, []any(nil), []string(nil), map[string]any(nil), json.RawMessage(nil), []byte(nil), []byte{}, json.RawMessage{},
		maxExact, maxExact + 1, -maxExact, -maxExact - 1, math.MaxInt64, math.MinInt64, uint64(math.MaxUint64), int8(-3), math.NaN(), math.Copysign(0, -1), 1e21,
		own("named"), struct{ B, A int }{1, 2}, &struct{ A string }{"<&>"}, Body{Data: map[string]any{"\u2028": "\u2029"}},
		map[string]any{"a\xff": 1, "a\xfe": 2}, map[string]any{"a\xff": 1}, "half a character: \xe2\x82",
		map[string]any{"\ue000": 1, "\U00010000": 2, "\ud7ff": 3, "\uffff": 4, "": 5}, json.Number("1.50"),
	} {
		same(t, v)
		same(t, map[string]any{"in an object": v})
		same(t, []any{v, v})
	}
}

func TestCanonicalOfForeignText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, ` `, `{`, `}`, `[`, `[1`, `[1,`, `[1,]`, `[,1]`, `{}`, `{ }`, `{"a":1}`, `{"a" :1}`, `{"a":1,}`, `{"a":1,"a":1}`, `{"a":1,"b":2}`, `{"b":1,"a":2}`,
		`{"\u0061":1,"a":2}`, `{"a":1}x`, `{"a":1}{}`, `1 2`, `01`, `-0`, `-1`, `1.0`, `1e2`, `1E2`, `+1`, `-`, `9007199254740993`, `99999999999999999999`, `tru`, `true`, `truefalse`,
		`nul`, `NaN`, `"`, `"\`, `"\"`, `"\/"`, `"\n"`, `"\u000a"`, "\"\n\"", "\"\x00\"", `"\u0000"`, `"\ud800"`, `"\ud83d\ude00"`, `"😀"`, `{"\n":1,"a":2}`, `{"😀":1,"":2}`, `{"":1,"😀":2}`,
		`'a'`, `{a:1}`, `[1,2}`, strings.Repeat("[", 100) + strings.Repeat("]", 100), strings.Repeat("[", 60) + strings.Repeat("]", 60), "\ufeff{}", "{}\x00", `"<&>"`, `"\u003c"`,
	} {
		same(t, json.RawMessage(text))
		same(t, map[string]any{"payload": json.RawMessage(text)})
	}
	for _, text := range []string{"\"\xff\"", "{\"a\xff\":1}", "\"\xed\xa0\x80\""} {
		if out, err := Canonical(json.RawMessage(text)); err == nil {
			t.Errorf("%q passed as %q, though it isn't UTF-8", text, out)
		}
	}
}

// What is taken as canonical has to be its own canonical form, or two texts could have one digest.
func FuzzIsCanonical(f *testing.F) {
	for _, text := range []string{`{"a":[1,-2,"x\n",null],"b":{"c":true}}`, `{"b":1,"a":2}`, `"\u000f"`, `[1.5]`, `{"":0}`, `-0`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !isCanonical(text) {
			return
		}
		if want, err := long(json.RawMessage(text)); err != nil || string(want) != string(text) {
			t.Errorf("%q is taken as canonical; it is %q, %v", text, want, err)
		}
	})
}

func FuzzCanonicalStrings(f *testing.F) {
	f.Add("a\xffb", "\u2028<&>\"\\\x7f\x01")
	f.Fuzz(func(t *testing.T, key, value string) {
		same(t, map[string]any{key: value, value: []string{key}})
	})
}

const alphabet = "abcxyz AZ09\"\\/<>&'\b\f\n\r\t\x00\x01\x1f\x7fäß€\u2028\u2029\ud7ff\ue000\ufffd\uffff😀\U00010000\U0010ffff"

func randomText() string {
	letters, out := []rune(alphabet), []rune{}
	for range rand.IntN(12) {
		out = append(out, letters[rand.IntN(len(letters))])
	}
	text := string(out)
	if rand.IntN(20) == 0 {
		text += "\xf0\x9f" + text
	}
	return text
}

func randomValue(depth int) any {
	kinds := 10
	if depth > 0 {
		kinds = 15
	}
	switch rand.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return rand.IntN(2) == 0
	case 2:
		return rand.IntN(2001) - 1000
	case 3:
		return int64(rand.Uint64())
	case 4:
		return rand.NormFloat64() * math.Pow(10, float64(rand.IntN(40)-20))
	case 5:
		return []byte(randomText())
	case 6:
		return json.RawMessage(randomJSON(depth))
	case 7:
		return []string{randomText(), randomText()}[:rand.IntN(3)]
	case 8, 9:
		return randomText()
	case 10, 11:
		list := []any{}
		for range rand.IntN(4) {
			list = append(list, randomValue(depth-1))
		}
		return list
	}
	object := map[string]any{}
	for range rand.IntN(5) {
		object[randomText()] = randomValue(depth - 1)
	}
	return object
}

// randomJSON is a text that may be canonical, only valid, or broken.
func randomJSON(depth int) string {
	v := randomValue(min(depth, 2) - 1)
	text, err := long(v)
	if rand.IntN(2) == 0 || err != nil {
		text, _ = json.MarshalIndent(v, "", " ")
	}
	if rand.IntN(10) == 0 && len(text) > 0 {
		i := rand.IntN(len(text))
		text = append(text[:i:i], text[i+1:]...)
	}
	return strings.ToValidUTF8(string(text), "?")
}

func BenchmarkCanonical(b *testing.B) {
	entry := map[string]any{
		"v": 1, "id": "0190a5d2-0000-7000-8000-000000000000", "act": "removal.approve", "actor": map[string]any{"kind": "person", "id": "0190a5d2"},
		"data": map[string]any{"digest": strings.Repeat("ab", 32), "state": "effective"}, "payload": json.RawMessage(`{"reason":"FAKE_EXPERIENCE","words":"` + strings.Repeat("word ", 40) + `"}`),
	}
	for name, way := range map[string]func(any) ([]byte, error){"direct": Canonical, "json and jcs": long} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := way(entry); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
