package ledger

import "strings"

// Object is canonical JSON taken apart into its members. It shares its memory with the text.
type Object struct{ data []member }

// member of an object, its value as canonical JSON.
type member struct{ key, value string }

// Len is how many members there are.
func (o *Object) Len() int { return len(o.data) }

// Raw is a member as canonical JSON, "" where there is none.
func (o *Object) Raw(key string) string {
	for i := range o.data {
		if o.data[i].key == key {
			return o.data[i].value
		}
	}
	return ""
}

// Text is a member that is a text; "" where there is none.
func (o *Object) Text(key string) string {
	raw := o.Raw(key)
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

// Parse takes an object apart. It wants canonical JSON, of which canonicalObject knows all that acts write; of anything else
// it says false.
func (o *Object) Parse(object string) bool {
	o.data = o.data[:0]
	if object == "{}" {
		return true
	}
	before, first := "", true
	for text, ok := strings.CutPrefix(object, "{"); ok; first = false {
		key, rest, ok := canonicalString(text)
		if !ok || rest == "" || rest[0] != ':' || strings.IndexByte(key, '\\') >= 0 || (!first && compareKeys(before, key) >= 0) {
			return false
		}
		value := rest[1:]
		if text, ok = canonicalValue(value, 1); !ok || text == "" {
			return false
		}
		o.data = append(o.data, member{key, value[:len(value)-len(text)]})
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
