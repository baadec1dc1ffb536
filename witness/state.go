package witness

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

const stateSuffix = ".checkpoint"

// record is what the witness knows of one log: the last checkpoint it cosigned. It lies in a file of its own, as the
// note with the log's signature and the witness's, and in memory.
type record struct {
	log  Log
	path string

	turn sync.Mutex // held from reading the last checkpoint until the next one is durable

	mu   sync.RWMutex // guards last, so that readers don't wait for a disk
	last *seen
}

// seen is a cosigned checkpoint.
type seen struct {
	checkpoint
	Note []byte // whole, cosigned
	At   time.Time
}

// originHash names a log in file names and URLs, as in C2SP tlog-witness.
func originHash(origin string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(origin))) }

// loadRecord reads the last checkpoint. No file means that this log was never seen; a file that can't be trusted is
// an error, since starting anew would let a log show a second history.
func loadRecord(folder string, l Log, own note.Verifier) (*record, error) {
	r := &record{log: l, path: filepath.Join(folder, originHash(l.Origin)+stateSuffix)}
	b, err := os.ReadFile(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	s, err := openSeen(b, own)
	if err == nil && s.Origin != l.Origin {
		err = fmt.Errorf("it is of %q", s.Origin)
	}
	if err != nil {
		return nil, fmt.Errorf("%s, the last checkpoint of %s, is damaged: %w; restore it, the witness can't go on without it",
			r.path, l.Origin, err)
	}
	r.last = s
	return r, nil
}

// openSeen reads a note that the witness itself cosigned.
func openSeen(msg []byte, own note.Verifier) (*seen, error) {
	s, err := openNote(msg, own)
	if err != nil {
		return nil, err
	}
	at, err := fnote.CoSigV1Timestamp(s.Note.Sigs[0])
	if err != nil {
		return nil, err
	}
	return &seen{s.checkpoint, msg, at}, nil
}

func (r *record) get() *seen {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.last
}

// store makes a checkpoint the last one, on disk first. The caller holds turn.
func (r *record) store(s *seen) error {
	if err := writeFile(r.path, s.Note); err != nil {
		return fmt.Errorf("keep the checkpoint of %s: %w", r.log.Origin, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = s
	return nil
}

// size of the last checkpoint, 0 when there is none.
func (s *seen) size() int64 {
	if s == nil {
		return 0
	}
	return s.Size
}

// line is the witness's own signature line of the note.
func (s *seen) line() []byte {
	_, sigs, _ := cutLast(strings.TrimSuffix(string(s.Note), "\n"), "\n")
	return []byte(sigs + "\n")
}
