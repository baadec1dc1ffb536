package witness

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	fnote "github.com/transparency-dev/formats/note"
)

// keyFile is the witness's own key in its folder, as a signer key of C2SP signed-note with signature type 4.
const keyFile = "witness.key"

// signer is the witness's own key.
type signer struct {
	*fnote.Signer
	vkey string
}

// ErrNoName says that the folder has no key yet, and that no name was given for a new one.
var ErrNoName = errors.New("name: a new key needs one")

// loadSigner reads the key, or makes it when the folder is new. A folder with checkpoints and no key has lost it.
func loadSigner(folder, name string) (signer, error) {
	path := filepath.Join(folder, keyFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if old, _ := filepath.Glob(filepath.Join(folder, "*"+stateSuffix)); len(old) > 0 {
			return signer{}, fmt.Errorf("%s is missing, and the checkpoints in the folder are cosigned with it; bring it back", path)
		}
		return newSigner(path, name)
	}
	if err != nil {
		return signer{}, err
	}
	s, err := parseSigner(strings.TrimSpace(string(b)))
	if err != nil {
		return signer{}, fmt.Errorf("%s: %w", path, err)
	}
	if name != "" && name != s.Name() {
		return signer{}, fmt.Errorf("%s is of %q, and the name asked for is %q", path, s.Name(), name)
	}
	return s, nil
}

func newSigner(path, name string) (signer, error) {
	if name == "" {
		return signer{}, ErrNoName
	}
	if strings.Contains(name, "+") || strings.IndexFunc(name, unicode.IsSpace) >= 0 {
		return signer{}, fmt.Errorf("name: %q can't name a key: no spaces, no +", name)
	}
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed) // never fails since Go 1.24
	text := encodeKey(name, seed)
	s, err := parseSigner(text)
	if err != nil {
		return signer{}, err
	}
	return s, writeFile(path, []byte(text+"\n"))
}

func encodeKey(name string, seed []byte) string {
	_, id := publicKey(name, seed)
	return "PRIVATE+KEY+" + name + "+" + id + "+" + base64.StdEncoding.EncodeToString(append([]byte{algCosignature}, seed...))
}

// publicKey is the cosignature key of a seed, type first, and its id.
func publicKey(name string, seed []byte) (key []byte, id string) {
	key = append([]byte{algCosignature}, ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)...)
	return key, keyID(name, key)
}

// parseSigner reads a signer key and recomputes its id: a damaged key must not cosign as somebody else.
func parseSigner(text string) (signer, error) {
	rest, private := strings.CutPrefix(text, "PRIVATE+KEY+")
	parts := strings.Split(rest, "+")
	if !private || len(parts) < 3 {
		return signer{}, errors.New("not a signer key")
	}
	// the base64 may hold a plus of its own
	raw, err := base64.StdEncoding.DecodeString(strings.Join(parts[2:], "+"))
	if err != nil || len(raw) != 1+ed25519.SeedSize || raw[0] != algCosignature {
		return signer{}, errors.New("not a signer key for cosignatures")
	}
	key, id := publicKey(parts[0], raw[1:])
	if id != parts[1] {
		return signer{}, errors.New("the key is damaged: its id doesn't fit")
	}
	s, err := fnote.NewSignerForCosignatureV1(text)
	if err != nil {
		return signer{}, err
	}
	return signer{s, fmt.Sprintf("%s+%s+%s", s.Name(), id, base64.StdEncoding.EncodeToString(key))}, nil
}
