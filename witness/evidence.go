package witness

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// maxEvidence bounds how often evidence of one sort is kept for one log. The first fork says all; whoever holds a
// genuine checkpoint can send it with wrong proofs for ever.
const maxEvidence = 100

// Sorts of evidence.
const (
	sortFork     = "fork"     // the two notes contradict each other, by the log's own signatures
	sortUnproven = "unproven" // the proof failed: a fork, or just a wrong proof
	sortShrunk   = "shrunk"   // the log shows a smaller tree than it had
)

// evidence keeps what the witness had seen beside what it was shown, and returns the path of both without suffix.
func (w *Witness) evidence(sort string, before *seen, shown []byte) (string, error) {
	folder := filepath.Join(w.folder, "evidence")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	prefix := sort + "-" + originHash(before.Origin)[:16] + "-"
	sum := sha256.Sum256([]byte(string(before.Note) + "\n" + string(shown)))
	path := filepath.Join(folder, fmt.Sprintf("%s%d-%x", prefix, before.Size, sum[:8]))
	if _, err := os.Stat(path + ".shown"); err == nil {
		return path, nil
	}
	old, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	n := 0
	for _, e := range old {
		if strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), ".seen") {
			n++
		}
	}
	if n >= maxEvidence {
		return "", fmt.Errorf("%d pieces of evidence are kept of this log already", n)
	}
	return path, errors.Join(writeFile(path+".seen", before.Note), writeFile(path+".shown", shown), syncFolder(w.folder))
}
