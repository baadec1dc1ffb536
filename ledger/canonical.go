package ledger

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gowebpki/jcs"

	"evenhand/models"
)

// Canonical writes v as RFC 8785 canonical JSON: the one form in which anything of ours is hashed. The bytes are those
// of json.Marshal and jcs.Transform; the values that acts are made of are written directly, which is much faster, and
// all others, numbers with a fraction above all, go through those two.
func Canonical(v any) ([]byte, error) {
	out, err := appendCanonical(make([]byte, 0, 512), v)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	return out, nil
}

var errNotUTF8 = errors.New("the text isn't UTF-8")

// maxExact is the largest number up to which every integer is one in JSON (RFC 8785 section 3.2.2.3, RFC 7493 section 2.2).
const maxExact = 1 << 53

func appendCanonical(out []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		return strconv.AppendBool(out, v), nil
	case string:
		return appendString(out, v), nil
	case int:
		return appendInt(out, int64(v))
	case int64:
		return appendInt(out, v)
	case []byte:
		if v == nil {
			return append(out, "null"...), nil
		}
		out = base64.StdEncoding.AppendEncode(append(out, '"'), v)
		return append(out, '"'), nil
	case json.RawMessage:
		if isCanonical(v) {
			return append(out, v...), nil
		}
		if !utf8.Valid(v) {
			return nil, errNotUTF8
		}
	case []any:
		if v != nil {
			return appendArray(out, v, appendCanonical)
		}
	case []string:
		if v != nil {
			return appendArray(out, v, func(out []byte, s string) ([]byte, error) { return appendString(out, s), nil })
		}
	case models.Fields:
		return appendFields(out, v)
	case map[string]any:
		if keys, ok := sortedKeys(v); ok && v != nil {
			return appendObject(out, keys, v)
		}
	}
	return appendAny(out, v)
}

// appendAny is the way for every value there is.
func appendAny(out []byte, v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	text, err := jcs.Transform(raw)
	return append(out, text...), err
}

func appendInt(out []byte, n int64) ([]byte, error) {
	if n > maxExact || n < -maxExact {
		return appendAny(out, n)
	}
	return strconv.AppendInt(out, n, 10), nil
}

func appendArray[T any](out []byte, list []T, element func([]byte, T) ([]byte, error)) ([]byte, error) {
	out = append(out, '[')
	for i, e := range list {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = element(out, e); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendObject(out []byte, keys []string, object map[string]any) ([]byte, error) {
	out = append(out, '{')
	for i, key := range keys {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendString(out, key), ':')
		var err error
		if out, err = appendCanonical(out, object[key]); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// appendFields writes an object whose members are in their order already; a key out of its order is an error.
func appendFields(out []byte, fields models.Fields) ([]byte, error) {
	out = append(out, '{')
	for before, i := "", 0; i+1 < len(fields); i += 2 {
		key, ok := fields[i].(string)
		if !ok || i > 0 && compareKeys(before, key) >= 0 {
			return nil, fmt.Errorf("the field %v is out of order", fields[i])
		}
		if before = key; i > 0 {
			out = append(out, ',')
		}
		out = append(appendString(out, key), ':')
		var err error
		if out, err = appendCanonical(out, fields[i+1]); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// sortedKeys are an object's keys in their order, unless one isn't UTF-8: two of those could become the same.
func sortedKeys(object map[string]any) ([]string, bool) {
	keys := make([]string, 0, len(object))
	for key := range object {
		if !utf8.ValidString(key) {
			return nil, false
		}
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compareKeys)
	return keys, true
}

// compareKeys orders keys by their UTF-16 code units (RFC 8785 section 3.2.3). The order of bytes is the same up to
// U+D7FF; above, characters outside the basic plane come before U+E000 to U+FFFF.
func compareKeys(a, b string) int {
	if !above(a) || !above(b) {
		return strings.Compare(a, b)
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// above says whether a key has a character from U+E000 on: its UTF-8 begins with 0xEE or more.
func above(key string) bool {
	for i := range len(key) {
		if key[i] >= 0xee {
			return true
		}
	}
	return false
}

const hexDigits = "0123456789abcdef"

// short are the characters that have an escape of two characters (RFC 8785 section 3.2.2.2).
var short = [utf8.RuneSelf]byte{'\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r', '"': '"', '\\': '\\'}

// plain are the bytes that stand for themselves.
var plain = func() (is [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		is[c] = short[c] == 0
	}
	return is
}()

// plainRun is where the bytes of s from i on that stand for themselves end. It looks at eight of them at once: in each byte
// the highest bit comes to be set by what is above 0x7f, below a space, a quotation mark or a backslash (and, by a borrow,
// perhaps in one above such a byte, which is looked at alone).
func plainRun(s string, i int) int {
	const ones, highest = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(s); i += 8 {
		w := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		quote, backslash := w^(ones*'"'), w^(ones*'\\')
		if (w|(w-ones*' ')|(quote-ones)|(backslash-ones))&highest != 0 {
			break
		}
	}
	for i < len(s) && plain[s[i]] {
		i++
	}
	return i
}

// appendString writes a string. What isn't UTF-8 in it becomes U+FFFD, as in json.Marshal.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	i, done := plainRun(s, 0), 0
	for i < len(s) {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				out = append(append(out, s[done:i]...), "\ufffd"...)
				done = i + 1
			}
			i += size
			continue
		}
		switch {
		case short[c] != 0:
			out = append(append(out, s[done:i]...), '\\', short[c])
			done = i + 1
		case c < ' ':
			out = append(append(out, s[done:i]...), '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			done = i + 1
		}
		i++
	}
	return append(append(out, s[done:]...), '"')
}

// Digest is the SHA-256 of v's canonical JSON.
func Digest(v any) ([]byte, error) { return Commit(nil, v) }

// leafPrefix sets the hash of a leaf apart from that of a node.
const leafPrefix = 0

// LeafHash is the hash of an entry's body as RFC 6962 section 2.1 has it for a leaf: SHA-256(0x00 ‖ body).
func LeafHash(body []byte) []byte {
	h := sha256.New()
	h.Write([]byte{leafPrefix})
	h.Write(body)
	return h.Sum(nil)
}
