package witness

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// testLog is a log in memory. Two of one key with other leaves are a fork.
type testLog struct {
	t      testing.TB
	key    note.Signer
	vkey   string
	hashes []tlog.Hash
}

func newLog(t testing.TB, origin string) *testLog {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return &testLog{t: t, key: key, vkey: vkey}
}

func (l *testLog) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, x := range at {
		out[i] = l.hashes[x]
	}
	return out, nil
}

// grow appends leaves up to size; what tells histories apart.
func (l *testLog) grow(size int64, what string) *testLog {
	l.t.Helper()
	for n := l.size(); n < size; n++ {
		h, err := tlog.StoredHashes(n, fmt.Appendf(nil, "%s %d", what, n), l)
		if err != nil {
			l.t.Fatal(err)
		}
		l.hashes = append(l.hashes, h...)
	}
	return l
}

func (l *testLog) size() int64 {
	n := int64(0)
	for tlog.StoredHashCount(n) < int64(len(l.hashes)) {
		n++
	}
	return n
}

// fork is another history of the same log, the same up to size.
func (l *testLog) fork(size int64) *testLog {
	return &testLog{l.t, l.key, l.vkey, slices.Clone(l.hashes[:tlog.StoredHashCount(size)])}
}

func (l *testLog) root(size int64) tlog.Hash {
	l.t.Helper()
	h, err := tlog.TreeHash(size, l)
	if err != nil {
		l.t.Fatal(err)
	}
	return h
}

func (l *testLog) body(size int64) string {
	return fmt.Sprintf("%s\n%d\n%s\n", l.key.Name(), size, l.root(size))
}

func (l *testLog) checkpoint(size int64) []byte { return l.sign(l.body(size)) }

func (l *testLog) sign(text string) []byte {
	l.t.Helper()
	msg, err := note.Sign(&note.Note{Text: text}, l.key)
	if err != nil {
		l.t.Fatal(err)
	}
	return msg
}

func (l *testLog) proof(from, to int64) tlog.TreeProof {
	l.t.Helper()
	if from == 0 {
		return nil
	}
	p, err := tlog.ProveTree(to, from, l)
	if err != nil {
		l.t.Fatal(err)
	}
	return p
}

// body of add-checkpoint.
func (l *testLog) add(from, to int64) string {
	return string(formatRequest(request{from, l.proof(from, to), l.checkpoint(to)}))
}

// open a witness of these logs in folder.
func open(t testing.TB, folder string, logs ...*testLog) *Witness {
	t.Helper()
	w, _ := openLogged(t, folder, logs...)
	return w
}

func openLogged(t testing.TB, folder string, logs ...*testLog) (*Witness, *safeBuffer) {
	t.Helper()
	out := &safeBuffer{}
	w, err := Open(options(t, folder, out, logs...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() }) //nolint:errcheck // may be closed already
	return w, out
}

func options(t testing.TB, folder string, out io.Writer, logs ...*testLog) Options {
	t.Helper()
	var entries []string
	for _, l := range logs {
		entries = append(entries, l.vkey)
	}
	parsed, err := ParseLogs(entries)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Folder: folder, Name: "example.org/witness", Logs: parsed, Logger: slog.New(slog.NewTextHandler(out, nil))}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// post a body to add-checkpoint.
func post(h http.Handler, body string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/add-checkpoint", strings.NewReader(body)))
	return rec
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	return rec
}

// verifier of a witness's key.
func verifier(t testing.TB, vkey string) Verifier {
	t.Helper()
	v, err := ParseVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
