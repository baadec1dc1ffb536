package ledger

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strconv"
	"time"
)

// Print is what a row says, or an entry of it, written one value after another. A row and its entry agree where their
// prints are the same bytes, so both sides write the same values in the same order.
type Print struct{ b []byte }

// Text writes a text or an id.
func (p *Print) Text(s string) { p.b = append(appendString(p.b, s), ',') }

// Int writes a whole number.
func (p *Print) Int(n int) { p.b = append(strconv.AppendInt(p.b, int64(n), 10), ',') }

// Bool writes a truth value.
func (p *Print) Bool(v bool) { p.b = append(strconv.AppendBool(p.b, v), ',') }

// Time writes a moment, to the microsecond.
func (p *Print) Time(t time.Time) { p.b = append(strconv.AppendInt(p.b, t.UnixMicro(), 10), ',') }

// Hex writes bytes as entries have them.
func (p *Print) Hex(b []byte) {
	p.b = append(hex.AppendEncode(append(p.b, '"'), b), '"', ',')
}

// Said writes members of an entry's data as they are; one that it doesn't have is like nothing that a row says.
func (p *Print) Said(s *Said, keys ...string) {
	for _, key := range keys {
		p.b = append(append(p.b, s.Raw(key)...), ',')
	}
}

// begin begins anew, behind the key for sums, with the id of what is printed.
func (p *Print) begin(id string) {
	p.b = append(p.b[:0], secret[:]...)
	p.Text(id)
}

func (p *Print) equal(q *Print) bool { return bytes.Equal(p.b, q.b) }

// secret is this process's key for sums: who wrote the rows can't choose them for what they add up to.
var secret = func() (key [sha256.Size]byte) {
	rand.Read(key[:]) // never fails since Go 1.24
	return key
}()

// sum adds up the keyed hashes of prints modulo 2^256: the same for the same prints in any order, and, but for luck of
// 1 in 2^128, for no others (Bellare, Micciancio: A New Paradigm for Collision-Free Hashing, 1997, section 5.1, AdHash).
type sum struct {
	words  [4]uint64
	n      int64
	unsure bool // something was left out that may belong to it
}

func (s *sum) add(p *Print) {
	hash := sha256.Sum256(p.b)
	carry := uint64(0)
	for i := range s.words {
		s.words[i], carry = bits.Add64(s.words[i], binary.LittleEndian.Uint64(hash[8*i:]), carry)
	}
	s.n++
}

// plus adds another sum.
func (s *sum) plus(t *sum) {
	carry := uint64(0)
	for i := range s.words {
		s.words[i], carry = bits.Add64(s.words[i], t.words[i], carry)
	}
	s.n += t.n
}

func (s *sum) equal(t *sum) bool { return s.words == t.words && s.n == t.n }
