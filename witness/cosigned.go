package witness

import (
	"errors"
	"fmt"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// Cosignature is one witness's statement that it had seen nothing that contradicts a checkpoint.
type Cosignature struct {
	Name string
	At   time.Time // UTC, by the witness's clock, in seconds
	Line string    // the signature line with its newline, to append to the note
}

// Cosigned returns the cosignatures by the given witnesses on a note, checked, each witness once. The signatures of
// others are ignored; one under a given witness's name and key that doesn't fit makes the whole note an error, as
// C2SP signed-note asks. None at all is no error. The log's own signature isn't looked at.
func Cosigned(msg []byte, witnesses []Verifier) ([]Cosignature, error) {
	keys := make([]note.Verifier, 0, len(witnesses))
	public := map[string]string{}
	for _, v := range witnesses {
		keys = append(keys, v.Verifier)
		public[id(v.Name(), v.KeyHash())] = v.public
	}
	n, err := note.Open(msg, note.VerifierList(keys...))
	var none *note.UnverifiedNoteError
	if errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	counted := map[string]bool{}
	var out []Cosignature
	for _, s := range n.Sigs {
		c, err := cosignature(s)
		if err != nil {
			return nil, err
		}
		if p := public[id(s.Name, s.Hash)]; !counted[p] {
			counted[p] = true
			out = append(out, c)
		}
	}
	return out, nil
}

// Quorum is Cosigned, and an error when fewer than n of the witnesses have cosigned.
func Quorum(msg []byte, witnesses []Verifier, n int) ([]Cosignature, error) {
	got, err := Cosigned(msg, witnesses)
	if err == nil && len(got) < n {
		err = fmt.Errorf("%d of %d witnesses have cosigned the checkpoint, and %d must", len(got), len(witnesses), n)
	}
	return got, err
}

func id(name string, hash uint32) string { return fmt.Sprintf("%s+%08x", name, hash) }

// cosignature reads a signature that was verified. A statement about no time is none about the latest tree.
func cosignature(s note.Signature) (Cosignature, error) {
	at, err := fnote.CoSigV1Timestamp(s)
	if err != nil {
		return Cosignature{}, err
	}
	if at.Unix() <= 0 {
		return Cosignature{}, fmt.Errorf("the cosignature of %s has no time", s.Name)
	}
	return Cosignature{s.Name, at.UTC(), fmt.Sprintf("— %s %s\n", s.Name, s.Base64)}, nil
}
