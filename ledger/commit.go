package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"sync"
)

// saltSize is enough that nobody guesses a short text from its commitment.
const saltSize = 16

// NewSalt makes the salt of one commitment. Destroying it later leaves the commitment provable and the text unguessable.
func NewSalt() []byte {
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails since Go 1.24
	return salt
}

// written is memory to write what is only hashed.
var written = sync.Pool{New: func() any { return new([]byte) }}

// Commit is SHA-256(salt ‖ canonical JSON of v): what the ledger carries in place of personal data and free text.
func Commit(salt []byte, v any) ([]byte, error) {
	memory := written.Get().(*[]byte)
	defer written.Put(memory)
	b, err := appendCanonical(append((*memory)[:0], salt...), v)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	*memory = b
	sum := sha256.Sum256(b)
	return sum[:], nil
}
