// Package witness watches transparency logs from outside: it cosigns a log's checkpoint only if it extends the last
// one that it cosigned, so that a log can't show two histories to those who ask for its cosignature. It is a witness
// server (C2SP tlog-witness), a follower that needs no open port, and the client that asks witnesses.
package witness

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// Options of a witness.
type Options struct {
	Folder string       // its key, its last checkpoints and its evidence
	Name   string       // of its key; may be empty when the folder has the key
	Logs   []Log        // the logs that it witnesses
	Logger *slog.Logger // slog.Default when nil
}

// Witness cosigns checkpoints. It is an http.Handler, and its folder is its own until Close.
type Witness struct {
	folder  string
	lock    *os.File
	signer  signer
	logs    []Log
	records map[string]*record // by origin; never changed after Open
	log     *slog.Logger
	mux     *http.ServeMux
}

// Open takes the folder and reads what was seen so far. A damaged file in it is an error.
func Open(o Options) (*Witness, error) {
	if len(o.Logs) == 0 {
		return nil, errors.New("no log to witness")
	}
	lock, err := openFolder(o.Folder)
	if err != nil {
		return nil, err
	}
	w := &Witness{folder: o.Folder, lock: lock, logs: o.Logs, records: map[string]*record{}, log: o.Logger}
	if w.log == nil {
		w.log = slog.Default()
	}
	if err := w.load(o.Name); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	w.mux = http.NewServeMux()
	w.mux.HandleFunc("POST /add-checkpoint", w.addCheckpoint)
	w.mux.HandleFunc("GET /{origin}/checkpoint", w.checkpoint)
	w.mux.HandleFunc("GET /{$}", w.status)
	return w, nil
}

func (w *Witness) load(name string) (err error) {
	if w.signer, err = loadSigner(w.folder, name); err != nil {
		return err
	}
	for _, l := range w.logs {
		if w.records[l.Origin] != nil {
			return fmt.Errorf("log %q: given twice", l.Origin)
		}
		if w.records[l.Origin], err = loadRecord(w.folder, l, w.signer.Verifier()); err != nil {
			return err
		}
	}
	return nil
}

// Close gives the folder free. Requests must have ended.
func (w *Witness) Close() error { return w.lock.Close() }

// Key is the witness's verifier key, which those who rely on it configure.
func (w *Witness) Key() string { return w.signer.vkey }

// ServeHTTP answers /add-checkpoint, /ORIGIN-HASH/checkpoint and /.
func (w *Witness) ServeHTTP(rw http.ResponseWriter, q *http.Request) { w.mux.ServeHTTP(rw, q) }

func (w *Witness) addCheckpoint(rw http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, q.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		http.Error(rw, fmt.Sprintf("the body is larger than %d bytes", maxBody), http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		http.Error(rw, "the body could not be read", http.StatusBadRequest)
		return
	}
	r, err := parseRequest(body)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	line, err := w.advance(r)
	if err != nil {
		w.answer(rw, err)
		return
	}
	text(rw, "text/plain; charset=utf-8", http.StatusOK, line)
}

func (w *Witness) answer(rw http.ResponseWriter, err error) {
	var no *refusal
	var caught *Misbehaviour
	switch {
	case errors.As(err, &caught): // was logged when it was caught
		http.Error(rw, caught.What, http.StatusUnprocessableEntity)
	case !errors.As(err, &no):
		w.log.Error("add-checkpoint", "error", err.Error())
		http.Error(rw, "the witness could not keep the checkpoint", http.StatusInternalServerError)
	case no.status == http.StatusConflict:
		text(rw, "text/x.tlog.size", no.status, fmt.Appendln(nil, no.size))
	default:
		http.Error(rw, no.text, no.status)
	}
}

// checkpoint answers monitors: the last checkpoint of a log, cosigned.
func (w *Witness) checkpoint(rw http.ResponseWriter, q *http.Request) {
	for _, r := range w.records {
		if s := r.get(); s != nil && originHash(r.log.Origin) == q.PathValue("origin") {
			text(rw, "text/plain; charset=utf-8", http.StatusOK, s.Note)
			return
		}
	}
	http.Error(rw, "no checkpoint of such a log", http.StatusNotFound)
}

// status says whom one is talking to, and what was seen last.
func (w *Witness) status(rw http.ResponseWriter, _ *http.Request) {
	var b strings.Builder
	fmt.Fprintf(&b, "witness %s\n", w.Key())
	for _, l := range slices.SortedFunc(slices.Values(w.logs), func(a, b Log) int { return strings.Compare(a.Origin, b.Origin) }) {
		if s := w.records[l.Origin].get(); s != nil {
			fmt.Fprintf(&b, "%s %d %s\n", l.Origin, s.Size, s.At.UTC().Format(time.RFC3339))
		} else {
			fmt.Fprintf(&b, "%s never seen\n", l.Origin)
		}
	}
	text(rw, "text/plain; charset=utf-8", http.StatusOK, []byte(b.String()))
}

func text(rw http.ResponseWriter, kind string, status int, body []byte) {
	rw.Header().Set("Content-Type", kind)
	rw.Header().Set("Cache-Control", "no-store")
	rw.Header().Set("X-Content-Type-Options", "nosniff")
	rw.WriteHeader(status)
	rw.Write(body) //nolint:errcheck // the client is gone; what it missed is kept
}
