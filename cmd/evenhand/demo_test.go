package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"evenhand/demo"
)

// signIns are the lines that the demo's contract promises.
var signIns = regexp.MustCompile(`(?m)^(moderator|supervisor|auditor|investigator|administrator)\t[^\t\n]+@[^\t\n]+\t[^\t\n]+$`)

// littleDemo prepares a demo that is smaller than the command's, which then finds it.
func littleDemo(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	size := demo.Size{Days: 6, Flagged: 40, Silent: 40, Backlog: 20, LastDay: 5, Proposed: 2}
	if _, err := demo.Prepare(t.Context(), dir, demo.Options{Seed: 1, Size: size}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDemoPrintsItsSignIns(t *testing.T) {
	dir := littleDemo(t)
	status, out, errs := evenhand(t, "demo", "--no-serve", "--data", dir)
	if lines := signIns.FindAllString(out, -1); status != exitDone || len(lines) != 5 {
		t.Errorf("status %d, %d sign-ins; output:\n%s%s", status, len(lines), out, errs)
	}
	status, out, errs = evenhand(t, "verify", "--database-url", "sqlite:"+filepath.Join(dir, "evenhand.db"))
	if status != exitDone {
		t.Errorf("verify: status %d: %s%s", status, out, errs)
	}
}

func TestDemoServes(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	c := DemoCmd{Listen: address, Data: littleDemo(t), Seed: 1}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	var out bytes.Buffer
	go func() { ended <- c.Run(ctx, &out) }()
	page := fetch(t, "http://"+address+"/sign-in")
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	if !strings.Contains(page, "moderator@example.test") || !strings.Contains(out.String(), "http://"+address) {
		t.Errorf("output:\n%s\nsign-in page:\n%s", out.String(), page)
	}
}

// fetch reads a page of a server that is about to answer.
func fetch(t *testing.T, url string) string {
	t.Helper()
	for range 200 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	t.Fatal("the server doesn't answer")
	return ""
}

func TestDemoSaysAtOnceThatTheAddressIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := filepath.Join(t.TempDir(), "demo")
	status, _, errs := evenhand(t, "demo", "--listen", l.Addr().String(), "--data", dir)
	if status != exitFailed || !strings.Contains(errs, "--listen") {
		t.Errorf("status %d: %s", status, errs)
	}
}
