package witness

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// maxSize is the largest tree that is accepted. Above it the arithmetic of tlog overflows, and no log gets there.
const maxSize = 1 << 62

// emptyRoot is the root of a tree without leaves (RFC 6962, section 2.1).
var emptyRoot = tlog.Hash(sha256.Sum256(nil))

// checkpoint is what the text of a checkpoint says (C2SP tlog-checkpoint). Extension lines aren't interpreted.
type checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// parseCheckpoint reads the text of a note, which isn't to be believed before its signature is checked.
func parseCheckpoint(text string) (checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" {
		return checkpoint{}, errors.New("checkpoint: fewer than three lines")
	}
	for i, l := range lines[:len(lines)-1] {
		if l == "" {
			return checkpoint{}, fmt.Errorf("checkpoint: line %d is empty", i+1)
		}
	}
	size, err := parseSize(lines[1])
	if err != nil {
		return checkpoint{}, fmt.Errorf("checkpoint: tree size: %w", err)
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return checkpoint{}, fmt.Errorf("checkpoint: root hash: %w", err)
	}
	return checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// parseSize reads a tree size: ASCII decimal, no sign, no leading zeroes.
func parseSize(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > maxSize || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%.40q isn't a size", s)
	}
	return n, nil
}

// parseHash reads a SHA-256 hash in base64. Of several spellings that decode to the same hash only one is accepted.
func parseHash(s string) (tlog.Hash, error) {
	var h tlog.Hash
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != len(h) || len(s) != base64.StdEncoding.EncodedLen(len(h)) {
		return h, fmt.Errorf("%.80q isn't a hash in base64", s)
	}
	copy(h[:], b)
	return h, nil
}

// noteText is the signed part of a note, without checking any signature.
func noteText(msg []byte) (string, error) {
	text, _, ok := cutLast(string(msg), "\n\n")
	if !ok {
		return "", errors.New("note: no blank line before the signatures")
	}
	return text + "\n", nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// signed is a checkpoint together with the note that carries it.
type signed struct {
	checkpoint
	Note *note.Note
}

// openNote checks signatures and reads the checkpoint.
func openNote(msg []byte, keys ...note.Verifier) (signed, error) {
	n, err := note.Open(msg, note.VerifierList(keys...))
	if err != nil {
		return signed{}, err
	}
	c, err := parseCheckpoint(n.Text)
	return signed{c, n}, err
}
