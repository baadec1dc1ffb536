package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestImage builds the program as the Dockerfile says, runs what the image runs, and asks whether it lives.
func TestImage(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program; not in -short")
	}
	recipe, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	build := regexp.MustCompile(`(?m)^RUN CGO_ENABLED=0 go (build .*) -o /evenhand (\S+)$`).FindStringSubmatch(string(recipe))
	command := regexp.MustCompile(`(?m)^ENTRYPOINT \["/evenhand"\]\nCMD \["(\w+)"\]`).FindStringSubmatch(string(recipe))
	if build == nil || command == nil || !strings.Contains(string(recipe), "\nUSER 65532:65532\n") {
		t.Fatal("the Dockerfile doesn't build, run or drop rights as expected")
	}
	program := filepath.Join(t.TempDir(), "evenhand")
	args := append(strings.Fields(strings.ReplaceAll(build[1], "'", " ")), "-o", program, build[2])
	args = mendLdflags(args)
	compile := exec.CommandContext(t.Context(), "go", args...)
	compile.Dir, compile.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
	address := freeAddress(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	serve := exec.CommandContext(ctx, program, command[1])
	serve.Env = []string{"EVENHAND_LISTEN=" + address, "EVENHAND_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "evenhand.db")}
	serve.Cancel = func() error { return serve.Process.Signal(os.Interrupt) }
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "http://"+address+"/readyz")
	stop()
	if err := serve.Wait(); err != nil && serve.ProcessState.ExitCode() != 0 {
		t.Errorf("after an interrupt: %v", err)
	}
}

// mendLdflags puts the words of -ldflags='-s -w' together again.
func mendLdflags(args []string) []string {
	joined := strings.Join(args, "\x00")
	return strings.Split(strings.ReplaceAll(joined, "-ldflags=\x00-s\x00-w", "-ldflags=-s -w"), "\x00")
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// waitFor asks until an address answers well, for at most 20 seconds.
func waitFor(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
			err = fmt.Errorf("status %d", res.StatusCode)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v", url, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
