package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is what a log says it is: so many entries under this root (C2SP tlog-checkpoint,
// https://c2sp.org/tlog-checkpoint).
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// Sign writes the checkpoint as a note with the signature of each key.
func (k Keys) Sign(size int64, root tlog.Hash) (string, error) {
	text := fmt.Sprintf("%s\n%d\n%s\n", k.Origin, size, base64.StdEncoding.EncodeToString(root[:]))
	signed, err := note.Sign(&note.Note{Text: text}, k.signers...)
	return string(signed), err
}

// Open reads a signed checkpoint of this log. What isn't signed by one of its keys, or is another log's, is an error.
func (p Public) Open(signed string) (Checkpoint, error) {
	n, err := note.Open([]byte(signed), p.verifiers)
	var unsigned *note.UnverifiedNoteError
	if errors.As(err, &unsigned) {
		if c, err := parseCheckpoint(unsigned.Note.Text); err == nil && c.Origin != p.Origin {
			return c, fmt.Errorf("it is a checkpoint of the log %q, not of %q", c.Origin, p.Origin)
		}
		return Checkpoint{}, fmt.Errorf("none of the given keys has signed it: %s", strings.Join(signedBy(unsigned.Note), ", "))
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("it isn't a signed checkpoint: %w", err)
	}
	c, err := parseCheckpoint(n.Text)
	if err == nil && c.Origin != p.Origin {
		err = fmt.Errorf("it is a checkpoint of the log %q, not of %q", c.Origin, p.Origin)
	}
	return c, err
}

func signedBy(n *note.Note) []string {
	out := []string{}
	for _, s := range append(n.Sigs, n.UnverifiedSigs...) {
		out = append(out, fmt.Sprintf("it carries a signature of %s+%08x", s.Name, s.Hash))
	}
	return out
}

func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 || lines[0] == "" {
		return Checkpoint{}, errors.New("not a checkpoint: want a name, a size and a root, a line each")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("not a checkpoint: %q isn't a size", lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Checkpoint{}, fmt.Errorf("not a checkpoint: %q isn't a root", lines[2])
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: tlog.Hash(root)}, nil
}
