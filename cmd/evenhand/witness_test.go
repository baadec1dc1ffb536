package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"evenhand/witness"
)

// logOfOne is a checkpoint of a log with one leaf, and the log's key.
func logOfOne(t *testing.T, leaf string) (checkpoint []byte, vkey string, again func(leaf string) []byte) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, "example.com/ledger")
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	again = func(leaf string) []byte {
		msg, err := note.Sign(&note.Note{Text: fmt.Sprintf("example.com/ledger\n1\n%s\n", tlog.RecordHash([]byte(leaf)))}, key)
		if err != nil {
			t.Fatal(err)
		}
		return msg
	}
	return again(leaf), vkey, again
}

// freePort is an address that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // only to learn the port
	return l.Addr().String()
}

// started runs the command until stop, and returns the first line it prints.
func started(t *testing.T, args ...string) (line string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, args, in, io.Discard)
		in.Close() //nolint:errcheck // never fails
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("it ended: %d", <-ended)
	}
	return strings.TrimSpace(line), func() int {
		cancel()
		select {
		case status := <-ended:
			return status
		case <-time.After(10 * time.Second):
			t.Fatal("it doesn't stop")
			return -1
		}
	}
}

func TestWitnessListens(t *testing.T) {
	checkpoint, vkey, _ := logOfOne(t, "a")
	listen, state := freePort(t), filepath.Join(t.TempDir(), "state")
	t.Setenv("EVENHAND_WITNESS_LOG", vkey)
	key, stop := started(t, "witness", "--listen", listen, "--state", state, "--name", "auditor.example/witness")
	v, err := witness.ParseVerifier(key)
	if err != nil || v.Name() != "auditor.example/witness" {
		t.Fatalf("printed %q: %v", key, err)
	}
	var got witness.Cosignature
	for range 100 { // the key is printed before the port is open
		if got, err = witness.NewClient(witness.Endpoint{Key: v, URL: "http://" + listen}).AddCheckpoint(t.Context(), 0, nil, checkpoint); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err != nil || got.Name != v.Name() {
		t.Fatalf("%v, %v", got, err)
	}
	if status := stop(); status != exitDone {
		t.Errorf("status %d", status)
	}
	again, stop := started(t, "witness", "--listen", listen, "--state", state)
	if again != key {
		t.Errorf("another key: %s", again)
	}
	stop()
}

func TestWitnessFollowsUntilTheLogForks(t *testing.T) {
	checkpoint, vkey, again := logOfOne(t, "a")
	other := again("b")
	shown := 0
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
		if shown++; q.URL.Path != "/ledger/checkpoint" || shown > 3 {
			rw.Write(other) //nolint:errcheck // a test
			return
		}
		rw.Write(checkpoint) //nolint:errcheck // a test
	}))
	defer srv.Close()
	state := filepath.Join(t.TempDir(), "state")
	status, out, errs := evenhand(t, "witness", "--follow", srv.URL, "--every", "5ms", "--state", state, "--log", vkey)
	if status != exitFailed || !strings.Contains(errs, "FORK") || !strings.Contains(errs, filepath.Join(state, "evidence")) {
		t.Errorf("%d %q", status, errs)
	}
	if !strings.Contains(out, "/witness+") {
		t.Errorf("no key: %q", out)
	}
	if kept, _ := filepath.Glob(filepath.Join(state, "evidence", "fork-*")); len(kept) != 2 {
		t.Errorf("kept %v", kept)
	}
}

func TestWitnessRefusesSettings(t *testing.T) {
	_, vkey, _ := logOfOne(t, "a")
	state := t.TempDir()
	for name, c := range map[string]struct {
		args   []string
		status int
		want   string
	}{
		"neither":  {[]string{"--state", state, "--log", vkey}, exitUsage, "--listen or --follow"},
		"no state": {[]string{"--listen", ":0", "--log", vkey}, exitUsage, "--state"},
		"no log":   {[]string{"--listen", ":0", "--state", state}, exitUsage, "--log"},
		"bad log":  {[]string{"--listen", ":0", "--state", state, "--log", "nonsense"}, exitFailed, "nonsense"},
		"bad name": {[]string{"--listen", ":0", "--state", state, "--log", vkey, "--name", "a b"}, exitFailed, "name"},
		"bad url":  {[]string{"--follow", "example.com", "--state", state, "--log", vkey}, exitFailed, "follow"},
	} {
		status, _, errs := evenhand(t, append([]string{"witness"}, c.args...)...)
		if status != c.status || !strings.Contains(errs, c.want) {
			t.Errorf("%s: %d %q", name, status, errs)
		}
	}
}
