package ledger

import (
	"encoding/json"
	"strconv"
	"strings"
)

// ParseBody reads an entry's body. It says what json.Unmarshal says; bodies as this package writes them, without
// escapes, are read directly, which is several times as fast.
func ParseBody(text string) (Body, error) {
	r := reader{text: text, ok: true}
	if b := r.body(); r.ok && r.text == "" {
		return b, nil
	}
	var b Body
	err := json.Unmarshal([]byte(text), &b)
	return b, err
}

// ParseStrings reads a list of strings. It says what json.Unmarshal says, as ParseBody does.
func ParseStrings(text string) ([]string, error) {
	r := reader{text: text, ok: true}
	r.skip("[")
	out := make([]string, 0, strings.Count(text, ",")+1)
	for more := !r.next(']'); more && r.ok; more = !r.next(']') {
		if len(out) > 0 {
			r.skip(",")
		}
		out = append(out, r.string())
	}
	if r.ok && r.text == "" {
		return out, nil
	}
	out = nil
	err := json.Unmarshal([]byte(text), &out)
	return out, err
}

// reader takes canonical JSON off the beginning of a text. Once it has met something that it doesn't know, ok is false
// and the rest means nothing.
type reader struct {
	text string
	ok   bool
}

func (r *reader) body() Body {
	var b Body
	b.Act = r.member(`{"act":`)
	b.Actor.ID = r.member(`,"actor":{"id":`)
	b.Actor.Kind = r.member(`,"kind":`)
	b.At = r.member(`},"at":`)
	b.Code = r.member(`,"code":`)
	r.skip(`,"data":{`)
	b.Data = r.object(0)
	b.ID = r.member(`,"id":`)
	b.Marketplace = r.member(`,"marketplace":`)
	b.Outcome = r.member(`,"outcome":`)
	b.Subject.ID = r.member(`,"subject":{"id":`)
	b.Subject.Type = r.member(`,"type":`)
	r.skip(`},"v":`)
	b.Version = int(r.number())
	r.skip(`}`)
	return b
}

func (r *reader) skip(prefix string) {
	rest, ok := strings.CutPrefix(r.text, prefix)
	r.text, r.ok = rest, r.ok && ok
}

// next says whether the text goes on with c, and takes it.
func (r *reader) next(c byte) bool {
	if !r.ok || r.text == "" || r.text[0] != c {
		return false
	}
	r.text = r.text[1:]
	return true
}

func (r *reader) member(key string) string {
	r.skip(key)
	return r.string()
}

func (r *reader) string() string {
	if !r.ok {
		return ""
	}
	inside, rest, ok := canonicalString(r.text)
	r.text, r.ok = rest, ok && strings.IndexByte(inside, '\\') < 0
	return inside
}

func (r *reader) number() float64 {
	if !r.ok || r.text == "" {
		r.ok = false
		return 0
	}
	text := r.text
	r.text, r.ok = canonicalInt(text)
	n, err := strconv.Atoi(text[:len(text)-len(r.text)])
	r.ok = r.ok && err == nil
	return float64(n)
}

func (r *reader) value(depth int) any {
	if !r.ok || r.text == "" || depth > deepest {
		r.ok = false
		return nil
	}
	switch c := r.text[0]; c {
	case '"':
		return r.string()
	case '{':
		r.text = r.text[1:]
		return r.object(depth)
	case '[':
		r.text = r.text[1:]
		return r.array(depth)
	case 't':
		r.skip("true")
		return true
	case 'f':
		r.skip("false")
		return false
	case 'n':
		r.skip("null")
		return nil
	}
	return r.number()
}

// object is read behind its opening brace.
func (r *reader) object(depth int) map[string]any {
	out := map[string]any{}
	if r.next('}') {
		return out
	}
	for r.ok {
		key := r.string()
		r.skip(":")
		out[key] = r.value(depth + 1)
		if r.next('}') {
			return out
		}
		r.skip(",")
	}
	return out
}

// array is read behind its opening bracket.
func (r *reader) array(depth int) []any {
	out := []any{}
	if r.next(']') {
		return out
	}
	for r.ok {
		out = append(out, r.value(depth+1))
		if r.next(']') {
			return out
		}
		r.skip(",")
	}
	return out
}
