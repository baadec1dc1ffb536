package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
)

// saltSize is enough that nobody guesses a short text from its commitment.
const saltSize = 16

// NewSalt makes the salt of one commitment. Destroying it later leaves the commitment provable and the text unguessable.
func NewSalt() []byte {
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails since Go 1.24
	return salt
}

// Commit is SHA-256(salt ‖ canonical JSON of v): what the ledger carries in place of personal data and free text.
func Commit(salt []byte, v any) ([]byte, error) {
	b, err := appendCanonical(append(make([]byte, 0, 1024), salt...), v)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	sum := sha256.Sum256(b)
	return sum[:], nil
}
