package ledger

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// isCanonical says whether a text is canonical JSON already, so that Canonical would write the same bytes. It may say
// no to one that is; it never says yes to one that isn't, nor to what isn't JSON: texts come from the database, where
// others may have written them.
//
// Of numbers it knows the integers that are exact.
func isCanonical(text []byte) bool {
	rest, ok := canonicalValue(string(text), 0)
	return ok && rest == ""
}

// deepest is how far values may stand in one another; what is deeper goes the long way.
const deepest = 64

// canonicalValue takes one value off the beginning of a text.
func canonicalValue(text string, depth int) (rest string, ok bool) {
	if text == "" || depth > deepest {
		return "", false
	}
	switch c := text[0]; {
	case c == '"':
		_, rest, ok = canonicalString(text)
		return rest, ok
	case c == '{':
		return canonicalObject(text[1:], depth+1)
	case c == '[':
		return canonicalArray(text[1:], depth+1)
	case c == '-' || '0' <= c && c <= '9':
		return canonicalInt(text)
	}
	for _, literal := range []string{"true", "false", "null"} {
		if len(text) >= len(literal) && text[:len(literal)] == literal {
			return text[len(literal):], true
		}
	}
	return "", false
}

func canonicalArray(text string, depth int) (rest string, ok bool) {
	if text != "" && text[0] == ']' {
		return text[1:], true
	}
	for {
		if text, ok = canonicalValue(text, depth); !ok || text == "" {
			return "", false
		}
		switch text[0] {
		case ']':
			return text[1:], true
		case ',':
			text = text[1:]
		default:
			return "", false
		}
	}
}

// canonicalObject wants each key behind the one before it, so that there are no two the same. A key with an escape
// isn't taken: its place is that of the character.
func canonicalObject(text string, depth int) (rest string, ok bool) {
	if text != "" && text[0] == '}' {
		return text[1:], true
	}
	for before, first := "", true; ; first = false {
		key, rest, ok := canonicalString(text)
		if !ok || rest == "" || rest[0] != ':' || strings.Contains(key, `\`) {
			return "", false
		}
		if !first && compareKeys(before, key) >= 0 {
			return "", false
		}
		before = key
		if text, ok = canonicalValue(rest[1:], depth); !ok || text == "" {
			return "", false
		}
		switch text[0] {
		case '}':
			return text[1:], true
		case ',':
			text = text[1:]
		default:
			return "", false
		}
	}
}

// canonicalString takes a string with no escapes but those of two characters, and gives what stands between its
// quotation marks.
func canonicalString(text string) (inside, rest string, ok bool) {
	if text == "" || text[0] != '"' {
		return "", "", false
	}
	for i := plainRun(text, 1); i < len(text); {
		switch c := text[i]; {
		case c == '"':
			return text[1:i], text[i+1:], true
		case c == '\\':
			if i+1 == len(text) || !shortEscape(text[i+1]) {
				return "", "", false
			}
			i += 2
		case c < ' ':
			return "", "", false
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && size == 1 {
				return "", "", false
			}
			i += size
		}
	}
	return "", "", false
}

func shortEscape(c byte) bool {
	switch c {
	case 'b', 't', 'n', 'f', 'r', '"', '\\':
		return true
	}
	return false
}

func canonicalInt(text string) (rest string, ok bool) {
	end := 1
	for end < len(text) && '0' <= text[end] && text[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(text[:end], 10, 64)
	if err != nil || n > maxExact || n < -maxExact || strconv.FormatInt(n, 10) != text[:end] {
		return "", false
	}
	if end < len(text) && (text[end] == '.' || text[end] == 'e' || text[end] == 'E') {
		return "", false
	}
	return text[end:], true
}
