package witness

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// tileServer serves a log in the layout of tlog-tiles under /ledger/, at any size it is set to.
type tileServer struct {
	mu      sync.Mutex
	l       *testLog
	size    int64
	garbage bool // tiles of zeroes
	asked   []string
}

func (s *tileServer) show(l *testLog, size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.l, s.size = l, size
}

func (s *tileServer) ServeHTTP(rw http.ResponseWriter, q *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, q.URL.Path)
	if q.URL.Path == "/ledger/checkpoint" {
		rw.Write(s.l.checkpoint(s.size))
		return
	}
	tile, err := tlog.ParseTilePath(strings.Replace(q.URL.Path, "/ledger/tile/", "tile/8/", 1))
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	whole := (tile.N + 1) << ((tile.L + 1) * tileHeight)
	if tile.W < fullTileHashes && whole <= s.l.size() { // dropped, as a log may when the full tile is there
		http.NotFound(rw, q)
		return
	}
	b, err := tlog.ReadTileData(tile, s.l)
	if err != nil {
		http.NotFound(rw, q)
		return
	}
	if s.garbage {
		clear(b)
	}
	rw.Write(b)
}

// follow runs until the log has been seen at size, and returns how it ended.
func follow(t *testing.T, w *Witness, url string, size int64) error {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	go func() {
		for ctx.Err() == nil && w.records[w.logs[0].Origin].get().size() != size {
			time.Sleep(time.Millisecond)
		}
		stop()
	}()
	err := w.Follow(ctx, url, time.Millisecond)
	if got := w.records[w.logs[0].Origin].get().size(); err == nil && got != size {
		t.Errorf("the last size is %d, not %d", got, size)
	}
	return err
}

func TestFollow(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(70_000, "a")
	s := &tileServer{l: l}
	srv := httptest.NewServer(s)
	defer srv.Close()
	w := open(t, t.TempDir(), l)
	for _, size := range []int64{0, 1, 2, 255, 256, 257, 300, 65_536, 69_999, 70_000} {
		s.show(l, size)
		if err := follow(t, w, srv.URL+"/", size); err != nil {
			t.Fatalf("at %d: %v", size, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, path := range []string{"/ledger/tile/0/001.p/44", "/ledger/tile/0/001", "/ledger/tile/1/001.p/17", "/ledger/tile/0/273.p/112"} {
		if !slices.Contains(s.asked, path) {
			t.Errorf("%s wasn't asked for, but %v", path, s.asked)
		}
	}
	if c, err := Cosigned([]byte(get(w, "/"+originHash("example.com/log")+"/checkpoint").Body.String()), []Verifier{verifier(t, w.Key())}); err != nil || len(c) != 1 {
		t.Errorf("cosigned: %v, %v", c, err)
	}
}

func TestFollowCatches(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(600, "a")
	fork := l.fork(200).grow(600, "b")
	for name, c := range map[string]struct {
		l    *testLog
		size int64
		want string
	}{
		"a fork":                  {fork, 400, "FORK"},
		"a fork at the same size": {fork, 300, "FORK"},
		"a shrunken log":          {l, 299, "SHRUNKEN"},
		"a log begun anew":        {fork, 0, "SHRUNKEN"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &tileServer{l: l, size: 300}
			srv := httptest.NewServer(s)
			defer srv.Close()
			w := open(t, t.TempDir(), l)
			if err := follow(t, w, srv.URL, 300); err != nil {
				t.Fatal(err)
			}
			s.show(c.l, c.size)
			err := follow(t, w, srv.URL, -1)
			var caught *Misbehaviour
			if !errors.As(err, &caught) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v", err)
			}
			for suffix, want := range map[string]string{".seen": l.body(300), ".shown": c.l.body(c.size)} {
				if b, err := os.ReadFile(caught.Kept + suffix); err != nil || !strings.HasPrefix(string(b), want) {
					t.Errorf("%s: %q %v", suffix, b, err)
				}
			}
			if got := w.records["example.com/log"].get().Size; got != 300 {
				t.Errorf("the last size became %d", got)
			}
		})
	}
}

// What isn't the log's signed word is no misbehaviour of its history: it is reported, and asked again.
func TestFollowGoesOn(t *testing.T) {
	t.Parallel()
	l := newLog(t, "example.com/log").grow(600, "a")
	imposter := newLog(t, "example.com/log").grow(600, "b")
	good := &tileServer{l: l, size: 100}
	for name, bad := range map[string]http.Handler{
		"down":           http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(503) }),
		"redirecting":    http.RedirectHandler("/elsewhere", http.StatusFound),
		"signed by none": &tileServer{l: imposter, size: 300},
		"bad tiles":      &tileServer{l: l, size: 300, garbage: true},
		"too long":       http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.Write(make([]byte, maxCheckpoint+1)) }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(good)
			defer srv.Close()
			wrong := httptest.NewServer(bad)
			defer wrong.Close()
			w, out := openLogged(t, t.TempDir(), l)
			if err := follow(t, w, srv.URL, 100); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer stop()
			if err := w.Follow(ctx, wrong.URL, time.Millisecond); err != nil {
				t.Errorf("it ended: %v", err)
			}
			if got := w.records["example.com/log"].get().Size; got != 100 || !strings.Contains(out.String(), "level=WARN") {
				t.Errorf("size %d, log %s", got, out)
			}
		})
	}
}

func TestFollowRefusesSettings(t *testing.T) {
	t.Parallel()
	a, b := newLog(t, "example.com/a"), newLog(t, "example.com/b")
	one, two := open(t, t.TempDir(), a), open(t, t.TempDir(), a, b)
	for name, err := range map[string]error{
		"url":      one.Follow(t.Context(), "ftp://example.com", time.Second),
		"interval": one.Follow(t.Context(), "http://example.com", 0),
		"logs":     two.Follow(t.Context(), "http://example.com", time.Second),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
