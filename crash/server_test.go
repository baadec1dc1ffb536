package crash_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"evenhand/app/apptest"
)

// built is where the program is.
var built string

// program builds what is shipped, once.
var program = sync.OnceValue(func() error {
	build := exec.CommandContext(context.Background(), "go", "build", "-tags", "nomsgpack", "-ldflags=-s -w", "-o", built, "./cmd/evenhand")
	build.Dir, build.Env = "..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
})

// command prepares the program with nothing of the tests' environment but what it is told here.
func command(t testing.TB, database string, args ...string) *exec.Cmd {
	t.Helper()
	check(t, program())
	c := exec.CommandContext(t.Context(), built, args...)
	c.Env = []string{"EVENHAND_DATABASE_URL=" + database, "EVENHAND_SEAL_KEY=" + hex.EncodeToString(apptest.SealKey)}
	return c
}

// server is one life of the program.
type server struct {
	url   string
	began time.Time
	cmd   *exec.Cmd
	log   string
	gone  chan struct{}
}

// freePort is one that nobody listens on now.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	check(t, err)
	return port
}

// start begins a life, and doesn't wait for it.
func start(t *testing.T, database string) *server {
	t.Helper()
	address := "127.0.0.1:" + freePort(t)
	s := &server{url: "http://" + address, cmd: command(t, database, "serve", "--listen", address), gone: make(chan struct{})}
	log, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s.log, s.cmd.Stderr, s.began = log.Name(), log, time.Now()
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.cmd.Wait() //nolint:errcheck // it is killed
		close(s.gone)
	}()
	t.Cleanup(s.kill)
	return s
}

// up begins a life and waits until it answers. Where somebody else took the port meanwhile, it takes another.
func up(t *testing.T, database string) *server {
	t.Helper()
	s := start(t, database)
	for s.status() != http.StatusOK {
		select {
		case <-s.gone:
			if !strings.Contains(s.said(), "address already in use") {
				t.Fatalf("the server ended by itself:\n%s", s.said())
			}
			s = start(t, database)
		case <-time.After(2 * time.Millisecond):
		}
		if time.Since(s.began) > 30*time.Second {
			t.Fatalf("the server isn't ready after half a minute:\n%s", s.said())
		}
	}
	return s
}

// status is what /readyz answers, 0 where nobody does.
func (s *server) status() int {
	client := http.Client{Timeout: 10 * time.Second}
	res, err := client.Get(s.url + "/readyz")
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}

// kill is SIGKILL: the process has no say in it.
func (s *server) kill() {
	s.cmd.Process.Kill() //nolint:errcheck // it may have ended
	<-s.gone
}

// said is what the server wrote to its log.
func (s *server) said() string {
	b, _ := os.ReadFile(s.log)
	return string(b)
}
