package ledger

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gowebpki/jcs"
)

// Canonical writes v as RFC 8785 canonical JSON: the one form in which anything of ours is hashed.
func Canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	out, err := jcs.Transform(raw)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	return out, nil
}

// Digest is the SHA-256 of v's canonical JSON.
func Digest(v any) ([]byte, error) {
	b, err := Canonical(v)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	return sum[:], nil
}

// LeafHash is the hash of an entry's body as RFC 6962 section 2.1 has it for a leaf: SHA-256(0x00 ‖ body).
func LeafHash(body []byte) []byte {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(body)
	return h.Sum(nil)
}

// writeString writes a JSON string as RFC 8785 section 3.2.2.2 has it: only quotes, backslashes and control characters
// are escaped, those that have a short form by it.
func writeString(b *strings.Builder, s string) {
	b.WriteByte('"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b.WriteString(s[from:i])
		from = i + 1
		if short := strings.IndexByte("\b\t\n\f\r\"\\", c); short >= 0 {
			b.WriteByte('\\')
			b.WriteByte("btnfr\"\\"[short])
			continue
		}
		fmt.Fprintf(b, `\u%04x`, c)
	}
	b.WriteString(s[from:])
	b.WriteByte('"')
}
