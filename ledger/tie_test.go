package ledger

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Sums are those of a multiset: the order doesn't matter, and nothing else is the same.
func TestSums(t *testing.T) {
	sumOf := func(prints ...string) *sum {
		var s sum
		var p Print
		for _, text := range prints {
			p.begin(text)
			s.add(&p)
		}
		return &s
	}
	many := make([]string, 1000)
	for i := range many {
		many[i] = string(rune('a' + i))
	}
	shuffled := append([]string{}, many...)
	rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	if !sumOf(many...).equal(sumOf(shuffled...)) {
		t.Error("the order matters")
	}
	for name, other := range map[string]*sum{
		"one less": sumOf(many[1:]...), "one twice": sumOf(append(many, many[0])...),
		"one for another": sumOf(append(many[1:], many[1])...), "one changed": sumOf(append(many[1:], "A")...),
	} {
		if sumOf(many...).equal(other) {
			t.Errorf("%s: the same sum", name)
		}
	}
}

// What a value is, and where it ends, is part of a print.
func TestPrintsDiffer(t *testing.T) {
	seen := map[string]string{}
	for name, write := range map[string]func(*Print){
		"a, b": func(p *Print) { p.Text("a"); p.Text("b") }, "ab": func(p *Print) { p.Text("ab"); p.Text("") },
		`a","b`: func(p *Print) { p.Text(`a","b`) }, "1": func(p *Print) { p.Int(1) }, "text 1": func(p *Print) { p.Text("1") },
		"true": func(p *Print) { p.Bool(true) }, "text true": func(p *Print) { p.Text("true") }, "nothing": func(p *Print) { p.Said(&Said{}, "x") },
		"empty": func(p *Print) { p.Text("") }, "none": func(*Print) {}, "hex": func(p *Print) { p.Hex([]byte{1}) },
	} {
		var p Print
		p.begin("id")
		write(&p)
		if other, ok := seen[string(p.b)]; ok {
			t.Errorf("%s prints like %s: %s", name, other, p.b)
		}
		seen[string(p.b)] = name
	}
}

// However an object is taken apart, each member is the same canonical JSON.
func FuzzObject(f *testing.F) {
	for _, data := range []string{
		`{}`, `{"a":1}`, `{"a":1,"b":"x"}`, `{"b":1,"a":2}`, `{"a":1,"a":2}`, `{"a":{"c":[1,{"d":null}]},"b":true}`, `{"a":"\"\\\n"}`, `{"é":"é"}`,
		`{"a":1.5}`, `{"a":1`, `{"a":1}}`, `{"a":1,}`, `[]`, ``, `{`, `{"a" :1}`, `{"a":-0}`,
	} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		var s Object
		if !s.Parse(data) {
			return
		}
		again, err := Canonical(json.RawMessage(data))
		if err != nil || string(again) != data {
			t.Fatalf("%q was taken for canonical: %q, %v", data, again, err)
		}
		var want map[string]any
		if err := json.Unmarshal([]byte(data), &want); err != nil {
			t.Fatal(err)
		}
		got := map[string]any{}
		for _, m := range s.data {
			var v any
			if err := json.Unmarshal([]byte(m.value), &v); err != nil {
				t.Fatal(err)
			}
			got[m.key] = v
			if text, ok := v.(string); ok && s.Text(m.key) != text {
				t.Errorf("%q: the text %s is %q", data, m.key, s.Text(m.key))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", data, diff)
		}
	})
}
