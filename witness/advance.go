package witness

import (
	"errors"
	"fmt"
	"net/http"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// open checks who signed a note. The note is believed afterwards, but nothing is said about its history.
func (w *Witness) open(msg []byte) (*record, signed, error) {
	text, err := noteText(msg)
	if err != nil {
		return nil, signed{}, refuse(http.StatusBadRequest, "%v", err)
	}
	claimed, err := parseCheckpoint(text)
	if err != nil {
		return nil, signed{}, refuse(http.StatusBadRequest, "%v", err)
	}
	r, known := w.records[claimed.Origin]
	if !known {
		return nil, signed{}, refuse(http.StatusNotFound, "the origin %q isn't one that is witnessed here", claimed.Origin)
	}
	s, err := openNote(msg, r.log.Keys...)
	var unsigned *note.UnverifiedNoteError
	var wrong *note.InvalidSignatureError
	switch {
	case errors.As(err, &unsigned):
		return nil, signed{}, refuse(http.StatusForbidden, "no signature by a known key of %q", claimed.Origin)
	case errors.As(err, &wrong):
		return nil, signed{}, refuse(http.StatusForbidden, "the signature of %s doesn't fit the checkpoint", wrong.Name)
	case err != nil:
		return nil, signed{}, refuse(http.StatusBadRequest, "%v", err)
	}
	return r, s, nil
}

// advance cosigns a checkpoint that extends the last one, makes it the last one, and returns the cosignature line.
// It is durable when advance returns: a crash from there on loses an answer, never the memory of having given it.
func (w *Witness) advance(q request) ([]byte, error) {
	r, next, err := w.open(q.Note)
	if err != nil {
		return nil, err
	}
	if q.Old > next.Size {
		return nil, refuse(http.StatusBadRequest, "the old size %d is larger than the checkpoint's, %d", q.Old, next.Size)
	}
	r.turn.Lock()
	defer r.turn.Unlock()
	last := r.get()
	if q.Old != last.size() {
		return nil, conflict(last.size())
	}
	if err := w.extends(last, next, q); err != nil {
		return nil, err
	}
	return w.cosign(r, next)
}

// extends checks that next holds all of last. The error is a *refusal or a *Misbehaviour.
func (w *Witness) extends(last *seen, next signed, q request) error {
	if next.Size == 0 && next.Root != emptyRoot {
		return refuse(http.StatusUnprocessableEntity, "a checkpoint of size 0 must have the root of the empty tree")
	}
	if last != nil && last.Size == next.Size && last.Root != next.Root {
		return w.caught(sortFork, last, q.Note, fmt.Sprintf("FORK: the log signed two different trees of size %d", last.Size))
	}
	if q.Old == 0 {
		if len(q.Proof) > 0 {
			return refuse(http.StatusUnprocessableEntity, "a proof from size 0 must be empty")
		}
		return nil
	}
	if err := tlog.CheckTree(q.Proof, next.Size, next.Root, last.Size, last.Root); err != nil {
		return w.caught(sortUnproven, last, q.Note, fmt.Sprintf(
			"NOT PROVEN that the tree of size %d holds the tree of size %d: the proof is wrong or the log has FORKED", next.Size, last.Size))
	}
	return nil
}

// caught keeps the evidence and tells whoever reads the program's log.
func (w *Witness) caught(sort string, last *seen, shown []byte, what string) *Misbehaviour {
	m := &Misbehaviour{Origin: last.Origin, What: what, Seen: last.Note, Shown: shown}
	kept, err := w.evidence(sort, last, shown)
	if err != nil {
		w.log.Error("evidence not kept", "origin", last.Origin, "error", err.Error(), "seen", string(last.Note), "shown", string(shown))
	} else {
		m.Kept = kept
	}
	w.log.Error(what, "origin", m.Origin, "evidence", m.Kept)
	return m
}

// cosign signs, keeps and only then gives out. Of the note's other signatures only the log's own are kept: the rest
// are claims that nobody here has checked. The caller holds the record's turn.
func (w *Witness) cosign(r *record, next signed) ([]byte, error) {
	next.Note.UnverifiedSigs = nil
	msg, err := note.Sign(next.Note, w.signer)
	if err != nil {
		return nil, fmt.Errorf("cosign %s: %w", r.log.Origin, err)
	}
	s, err := openSeen(msg, w.signer.Verifier())
	if err != nil {
		return nil, fmt.Errorf("cosign %s: %w", r.log.Origin, err)
	}
	if err := r.store(s); err != nil {
		return nil, err
	}
	return s.line(), nil
}
