package witness

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	maxProof = 63        // lines of a consistency proof, by the protocol
	maxBody  = 256 << 10 // the proof, and a note with the 16 signatures that must be accepted, of 5 kB each
)

// request is the body of add-checkpoint.
type request struct {
	Old   int64
	Proof tlog.TreeProof
	Note  []byte
}

// parseRequest reads `old SIZE`, the lines of the proof, an empty line and the checkpoint's note.
func parseRequest(body []byte) (request, error) {
	head, msg, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok {
		return request{}, errors.New("no empty line before the checkpoint")
	}
	lines := strings.Split(string(head), "\n")
	size, ok := strings.CutPrefix(lines[0], "old ")
	if !ok {
		return request{}, errors.New("the first line isn't `old SIZE`")
	}
	old, err := parseSize(size)
	if err != nil {
		return request{}, fmt.Errorf("old size: %w", err)
	}
	if len(lines)-1 > maxProof {
		return request{}, fmt.Errorf("the proof has more than %d lines", maxProof)
	}
	proof := make(tlog.TreeProof, 0, len(lines)-1)
	for i, l := range lines[1:] {
		h, err := parseHash(l)
		if err != nil {
			return request{}, fmt.Errorf("line %d of the proof: %w", i+1, err)
		}
		proof = append(proof, h)
	}
	return request{Old: old, Proof: proof, Note: msg}, nil
}

// formatRequest is the other direction, for the client.
func formatRequest(r request) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", r.Old)
	for _, h := range r.Proof {
		fmt.Fprintf(&b, "%s\n", h)
	}
	b.WriteByte('\n')
	b.Write(r.Note)
	return b.Bytes()
}
