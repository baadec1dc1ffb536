package witness

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// chain collects what was cosigned: by size, which root.
type chain struct {
	mu    sync.Mutex
	roots map[int64]tlog.Hash
}

func (c *chain) add(t *testing.T, size int64, root tlog.Hash) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.roots[size]; ok && old != root {
		t.Errorf("two trees of size %d were cosigned", size)
	}
	c.roots[size] = root
}

// oneHistory checks that everything cosigned is a prefix of one of the histories.
func (c *chain) oneHistory(t *testing.T, histories ...*testLog) {
	t.Helper()
	for _, h := range histories {
		fits := true
		for size, root := range c.roots {
			fits = fits && root == h.root(size)
		}
		if fits {
			return
		}
	}
	t.Errorf("the %d cosigned checkpoints are of no single history", len(c.roots))
}

// submit asks once to go from the size that the client believes in to a larger one, and returns the belief afterwards.
func submit(t *testing.T, c *Client, l *testLog, from int64, got *chain) (int64, error) {
	t.Helper()
	from = min(from, l.size())
	to := min(from+1+rand.Int64N(3), l.size())
	_, err := c.AddCheckpoint(t.Context(), from, l.proof(from, to), l.checkpoint(to))
	var conflict *Conflict
	switch {
	case err == nil:
		got.add(t, to, l.root(to))
		return to, nil
	case errors.As(err, &conflict):
		return conflict.Size, nil
	}
	return from, err
}

func TestManyClientsNeverTwoForks(t *testing.T) {
	t.Parallel()
	const size = 60
	a := newLog(t, "example.com/log").grow(size, "a")
	b := a.fork(4).grow(size, "b")
	w := open(t, t.TempDir(), a)
	srv := httptest.NewServer(w)
	defer srv.Close()
	e := Endpoint{verifier(t, w.Key()), srv.URL}
	got := &chain{roots: map[int64]tlog.Hash{}}
	var clients sync.WaitGroup
	for i := range 12 {
		clients.Go(func() {
			l, c, at := []*testLog{a, b}[i%2], NewClient(e), int64(0)
			for range 60 {
				var err error
				at, err = submit(t, c, l, at, got)
				var no *Refused
				if errors.As(err, &no) && no.Status == http.StatusUnprocessableEntity {
					continue // this client's history lost
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	clients.Wait()
	got.oneHistory(t, a, b)
	if len(got.roots) < 10 {
		t.Errorf("only %d checkpoints were cosigned", len(got.roots))
	}
}

// TestMain lets the test binary be a witness in a process of its own, which can be killed.
func TestMain(m *testing.M) {
	if folder := os.Getenv("WITNESS_TEST_FOLDER"); folder != "" {
		logs, err := ParseLogs([]string{os.Getenv("WITNESS_TEST_LOG")})
		if err != nil {
			panic(err)
		}
		w, err := Open(Options{Folder: folder, Name: "example.org/witness", Logs: logs})
		if err != nil {
			panic(err)
		}
		srv := httptest.NewServer(w)
		io.WriteString(os.Stdout, w.Key()+" "+srv.URL+"\n") //nolint:errcheck // the test would wait in vain
		select {}
	}
	os.Exit(m.Run())
}

// spawn starts a witness and returns where it is and how to kill it.
func spawn(t *testing.T, folder string, l *testLog) (Endpoint, func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "WITNESS_TEST_FOLDER="+folder, "WITNESS_TEST_LOG="+l.vkey)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() {
		cancel()   // SIGKILL
		cmd.Wait() //nolint:errcheck // killed
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		kill()
		t.Fatalf("the witness didn't start: %s", said.String())
	}
	vkey, url, _ := strings.Cut(strings.TrimSpace(line), " ")
	return Endpoint{verifier(t, vkey), url}, kill
}

// A witness that is killed at any moment comes up again, and two clients with two histories don't get both cosigned.
func TestKilledWitnessNeverTwoForks(t *testing.T) {
	t.Parallel()
	const size = 2000
	a := newLog(t, "example.com/log").grow(size, "a")
	b := a.fork(2).grow(size, "b")
	folder := t.TempDir()
	got := &chain{roots: map[int64]tlog.Hash{}}
	for range 8 {
		e, kill := spawn(t, folder, a)
		var clients sync.WaitGroup
		for _, l := range []*testLog{a, b, a, b} {
			clients.Go(func() {
				c, at := NewClient(e), int64(0)
				for {
					var err error
					at, err = submit(t, c, l, at, got)
					var no *Refused
					if err != nil && !errors.As(err, &no) {
						return // killed
					}
				}
			})
		}
		time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond)
		kill()
		clients.Wait()
	}
	got.oneHistory(t, a, b)
	if len(got.roots) == 0 {
		t.Error("nothing was cosigned")
	}
}
