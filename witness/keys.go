package witness

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// Signature types of C2SP signed-note.
const (
	algEd25519     = 0x01
	algCosignature = 0x04
	algMLDSA       = 0x06
)

// Verifier is a witness's key. It verifies cosignatures (C2SP tlog-cosignature), of Ed25519 or ML-DSA-44.
type Verifier struct {
	note.Verifier
	public string // the public key alone: one key under two names is one witness
}

// ParseVerifier reads a witness's verifier key, `name+id+base64`. A plain Ed25519 key (type 1), as some witnesses
// publish theirs, is taken for the cosignature key that it is used as.
func ParseVerifier(vkey string) (Verifier, error) {
	alg, public, err := checkKey(vkey)
	if err != nil {
		return Verifier{}, err
	}
	if alg != algEd25519 && alg != algCosignature && alg != algMLDSA {
		return Verifier{}, fmt.Errorf("verifier key: signature type %d isn't one of a witness", alg)
	}
	v, err := fnote.NewVerifierForCosignatureV1(vkey)
	if err != nil {
		return Verifier{}, fmt.Errorf("verifier key: %w", err)
	}
	return Verifier{v, public}, nil
}

// checkKey recomputes the key's id, so that a mistyped key is found here and not as a signature that never fits.
func checkKey(vkey string) (alg byte, public string, err error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, key64, ok := strings.Cut(rest, "+")
	key, decodeErr := base64.StdEncoding.DecodeString(key64)
	if !ok || name == "" || decodeErr != nil || len(key) < 2 {
		return 0, "", errors.New("verifier key: want name+id+base64")
	}
	if got := keyID(name, key); got != id {
		return 0, "", fmt.Errorf("verifier key: the id is %.20s, and of this name and key it would be %s", id, got)
	}
	return key[0], string(key[1:]), nil
}

// keyID is the key id of C2SP signed-note, in hexadecimal; key begins with the signature type.
func keyID(name string, key []byte) string {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return fmt.Sprintf("%x", sum[:4])
}

// Log is a log that is witnessed: the origin of its checkpoints and the keys that sign them. More than one key while
// the log changes its key.
type Log struct {
	Origin string
	Keys   []note.Verifier
}

// ParseLogs reads logs as `VKEY`, whose name is the origin, or `ORIGIN VKEY`. Entries of one origin are put together.
func ParseLogs(entries []string) ([]Log, error) {
	var logs []Log
	for _, e := range entries {
		origin, vkey, named := cutLast(strings.TrimSpace(e), " ")
		if !named {
			vkey = strings.TrimSpace(e)
		}
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, fmt.Errorf("log %.80q: %w", e, err)
		}
		if !named {
			origin = v.Name()
		}
		i := slices.IndexFunc(logs, func(l Log) bool { return l.Origin == origin })
		if i < 0 {
			logs, i = append(logs, Log{Origin: origin}), len(logs)
		}
		logs[i].Keys = append(logs[i].Keys, v)
	}
	return logs, nil
}
