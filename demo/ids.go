package demo

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"github.com/google/uuid"
)

// keyOf is the demo's seal key. It is no secret, as nothing here is; the draws are made of it.
func keyOf(seed uint64) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "evenhand demo %d", seed))
	return sum[:]
}

// newIDs makes UUIDv7s (RFC 9562) of the demo's own time, in order, and with the same seed the same ones: who is drawn
// depends on them.
func newIDs(seed uint64, c *clock) func() string {
	rng, last := rand.New(rand.NewPCG(seed, 2)), uint64(0)
	return func() string {
		last = max(last+1, uint64(c.at.UnixMicro())*4096/1000) // milliseconds and twelve bits of their fraction
		var id uuid.UUID
		binary.BigEndian.PutUint64(id[:8], last>>12<<16|7<<12|last&0xfff)
		binary.BigEndian.PutUint64(id[8:], rng.Uint64()&^(3<<62)|2<<62)
		return id.String()
	}
}
