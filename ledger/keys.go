package ledger

import (
	"bufio"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Keys sign checkpoints: C2SP signed notes (https://c2sp.org/signed-note) with Ed25519. While a key is being replaced
// there are two, and each checkpoint carries both signatures.
type Keys struct {
	Public
	signers []note.Signer
}

// Public is what checking checkpoints takes: the log's name, which is the first line of each, and its verifier keys.
type Public struct {
	Origin    string
	Lines     []string // the verifier keys in the form of signed notes: NAME+HASH+KEY
	verifiers note.Verifiers
}

// ParseKeys reads signing keys, PRIVATE+KEY+NAME+HASH+KEY, one on each line; # begins a comment.
func ParseKeys(text string) (Keys, error) {
	var k Keys
	var public []string
	err := eachLine(text, func(line string) error {
		signer, err := note.NewSigner(line)
		if err != nil {
			return errors.New("not a signing key, as `evenhand ledger key` makes one (PRIVATE+KEY+…)")
		}
		k.signers = append(k.signers, signer)
		v, err := verifierKey(line)
		public = append(public, v)
		return err
	})
	if err != nil {
		return Keys{}, fmt.Errorf("log key: %w", err)
	}
	k.Public, err = ParsePublic(strings.Join(public, "\n"))
	return k, err
}

// ParsePublic reads verifier keys, NAME+HASH+KEY, one on each line; # begins a comment. All have one name.
func ParsePublic(text string) (Public, error) {
	var p Public
	var list []note.Verifier
	err := eachLine(text, func(line string) error {
		v, err := note.NewVerifier(line)
		if err != nil {
			return errors.New("not a verifier key (NAME+HASH+KEY)")
		}
		if p.Origin == "" {
			p.Origin = v.Name()
		}
		if v.Name() != p.Origin {
			return fmt.Errorf("a key of %s among those of %s", v.Name(), p.Origin)
		}
		list, p.Lines = append(list, v), append(p.Lines, line)
		return nil
	})
	if err == nil && len(list) == 0 {
		err = errors.New("there is none")
	}
	p.verifiers = note.VerifierList(list...)
	if err != nil {
		return Public{}, fmt.Errorf("the log's public key: %w", err)
	}
	return p, nil
}

func eachLine(text string, fn func(line string) error) error {
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := fn(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}

// NewKey makes a signing key for a log of that name and returns it in the form that ParseKeys reads.
func NewKey(name string) (string, error) {
	if name == "" || strings.ContainsAny(name, "+ \t\r\n") {
		return "", fmt.Errorf("log name %q: want a name without spaces and +, best a host and path that are yours", name)
	}
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed) // never fails since Go 1.24
	return signingKey(name, seed), nil
}

// DeriveKeys makes the log's key from the seal key, for an installation that gives it none of its own: the same on
// every instance, and nothing more to keep. The name follows from the key.
func DeriveKeys(sealKey []byte) (Keys, error) {
	seed, err := hkdf.Key(sha256.New, sealKey, nil, "evenhand log key", ed25519.SeedSize)
	if err != nil {
		return Keys{}, err
	}
	public := sha256.Sum256(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	return ParseKeys(signingKey(fmt.Sprintf("evenhand/%x", public[:4]), seed))
}

// algEd25519 is the algorithm's number in signed notes.
const algEd25519 = 1

// signingKey writes a key as golang.org/x/mod/sumdb/note reads it.
func signingKey(name string, seed []byte) string {
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	hash := keyHash(name, append([]byte{algEd25519}, public...))
	return fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, hash, base64.StdEncoding.EncodeToString(append([]byte{algEd25519}, seed...)))
}

// verifierKey is the public half of a signing key that note has read already.
func verifierKey(signing string) (string, error) {
	parts := strings.SplitN(signing, "+", 5)
	raw, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil {
		return "", err
	}
	return note.NewEd25519VerifierKey(parts[2], ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey))
}

// keyHash is the key id of a signed note: the first four bytes of SHA-256(name ‖ "\n" ‖ algorithm ‖ public key).
func keyHash(name string, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(sum[:4])
}
