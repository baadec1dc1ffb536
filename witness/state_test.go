package witness

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStateSurvives(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(9, "a")
	other := l.fork(3).grow(9, "b")
	folder := t.TempDir()
	w := open(t, folder, l)
	key := w.Key()
	post(w, l.add(0, 5))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = open(t, folder, l)
	if w.Key() != key {
		t.Errorf("another key: %s", w.Key())
	}
	if rec := post(w, other.add(0, 9)); rec.Code != 409 {
		t.Errorf("starting anew: %d", rec.Code)
	}
	if rec := post(w, other.add(5, 9)); rec.Code != 422 {
		t.Errorf("a fork: %d", rec.Code)
	}
	if rec := post(w, l.add(5, 9)); rec.Code != 200 {
		t.Errorf("the same history: %d %s", rec.Code, rec.Body)
	}
	if info, err := os.Stat(filepath.Join(folder, keyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v %v", info.Mode(), err)
	}
}

// What could go wrong with a folder is an error at the start, and never a fresh start.
func TestDamagedFolder(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(9, "a")
	b := newLog(t, "example.com/b").grow(9, "b")
	state := originHash("example.com/log") + stateSuffix
	for name, damage := range map[string]struct {
		do   func(folder string) error
		want string
	}{
		"empty":          {write(state, ""), "damaged"},
		"half-written":   {edit(state, func(s string) string { return s[:len(s)/2] }), "damaged"},
		"another size":   {edit(state, func(s string) string { return strings.Replace(s, "\n5\n", "\n4\n", 1) }), "damaged"},
		"not cosigned":   {write(state, string(l.checkpoint(5))), "damaged"},
		"another log's":  {swap(state, originHash("example.com/b")+stateSuffix), "damaged"},
		"no key":         {func(f string) error { return os.Remove(filepath.Join(f, keyFile)) }, "missing"},
		"half a key":     {edit(keyFile, func(s string) string { return s[:len(s)/2] }), keyFile},
		"key of another": {edit(keyFile, func(s string) string { return strings.Replace(s, "witness", "nobody", 1) }), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			w := open(t, folder, l, b)
			post(w, l.add(0, 5))
			post(w, b.add(0, 5))
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if err := damage.do(folder); err != nil {
				t.Fatal(err)
			}
			w, err := Open(options(t, folder, io.Discard, l, b))
			if err == nil {
				w.Close()
				t.Fatal("it opened")
			}
			if !strings.Contains(err.Error(), damage.want) {
				t.Errorf("error %q doesn't say %q", err, damage.want)
			}
		})
	}
}

func write(file, content string) func(string) error {
	return func(folder string) error { return os.WriteFile(filepath.Join(folder, file), []byte(content), 0o600) }
}

func edit(file string, change func(string) string) func(string) error {
	return func(folder string) error {
		b, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			return err
		}
		return write(file, change(string(b)))(folder)
	}
}

func swap(a, b string) func(string) error {
	return func(folder string) error { return os.Rename(filepath.Join(folder, b), filepath.Join(folder, a)) }
}

// A crash before the rename leaves a file that was never the state.
func TestHalfWrittenFileIsCleared(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(9, "a")
	folder := t.TempDir()
	w := open(t, folder, l)
	post(w, l.add(0, 5))
	w.Close()
	if err := write(originHash("example.com/log")+stateSuffix+".123"+tempSuffix, "example.c")(folder); err != nil {
		t.Fatal(err)
	}
	w = open(t, folder, l)
	if rec := post(w, l.add(5, 9)); rec.Code != 200 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*"+tempSuffix)); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestSecondWitnessOnTheFolder(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log")
	folder := t.TempDir()
	w := open(t, folder, l)
	if _, err := Open(options(t, folder, io.Discard, l)); err == nil || !strings.Contains(err.Error(), "another witness") {
		t.Errorf("error %v", err)
	}
	w.Close()
	open(t, folder, l)
}

// stateWatcher looks at the folder at the moment when the answer would leave.
type stateWatcher struct {
	http.ResponseWriter
	path string
	kept string
}

func (s *stateWatcher) WriteHeader(status int) {
	b, _ := os.ReadFile(s.path)
	s.kept = string(b)
	panic(http.ErrAbortHandler) // killed here: the answer never leaves
}

func TestStateIsKeptBeforeTheAnswerLeaves(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(9, "a")
	folder := t.TempDir()
	w := open(t, folder, l)
	post(w, l.add(0, 5))
	watch := &stateWatcher{ResponseWriter: httptest.NewRecorder(), path: w.records["example.com/log"].path}
	func() {
		defer func() { recover() }() //nolint:errcheck // the kill
		w.ServeHTTP(watch, httptest.NewRequest(http.MethodPost, "/add-checkpoint", strings.NewReader(l.add(5, 7))))
	}()
	if !strings.HasPrefix(watch.kept, l.body(7)) {
		t.Fatalf("when the answer left, the folder held %q", watch.kept)
	}
	w.Close()
	w = open(t, folder, l)
	if rec := post(w, l.fork(5).grow(9, "b").add(5, 7)); rec.Code != 409 || rec.Body.String() != "7\n" {
		t.Errorf("a fork of what was cosigned but not answered: %d %s", rec.Code, rec.Body)
	}
	if rec := post(w, l.add(7, 9)); rec.Code != 200 {
		t.Errorf("going on: %d %s", rec.Code, rec.Body)
	}
}

// When the disk fails nothing is cosigned, and the witness goes on from what it had.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(9, "a")
	w := open(t, t.TempDir(), l)
	post(w, l.add(0, 5))
	r := w.records["example.com/log"]
	right := r.path
	r.path = filepath.Join(w.folder, "no", "such", "folder")
	if rec := post(w, l.add(5, 9)); rec.Code != 500 || strings.Contains(rec.Body.String(), "— ") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	r.path = right
	if rec := post(w, l.add(5, 9)); rec.Code != 200 {
		t.Errorf("afterwards: %d %s", rec.Code, rec.Body)
	}
}
