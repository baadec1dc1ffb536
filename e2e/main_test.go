// Package e2e drives the built program through real browsers, as people do. It knows nothing of the program's insides:
// it builds the binary, runs its commands, and looks at the pages.
//
// It needs Chromium and, for the accessibility checks, axe-core from package.json. What is missing skips the tests that
// need it, or fails them when EVENHAND_TEST_REQUIRE_BROWSER=1.
package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	envRequire  = "EVENHAND_TEST_REQUIRE_BROWSER"
	envPostgres = "EVENHAND_TEST_POSTGRES"
	envShots    = "EVENHAND_SHOTS"
)

// scratch is a folder for the binary, databases and profiles, gone at the end.
var scratch string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "evenhand-e2e")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		scratch = dir
		defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
		defer func() {
			if demonstration.stop != nil {
				demonstration.stop()
			}
		}()
		return m.Run()
	}())
}

// program is the path of the binary, built once.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "evenhand")
	build := exec.Command("go", "build", "-o", path, "./cmd/evenhand")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return path, nil
})

// missing skips a test, or fails it where everything has to be there.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv(envRequire) == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// environ is the environment without the settings of the tests themselves, and with those given.
func environ(settings ...string) []string {
	var out []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "EVENHAND_") {
			out = append(out, kv)
		}
	}
	return append(out, settings...)
}

// run runs a command of the program, which has to succeed, and returns what it prints.
func run(t *testing.T, settings []string, args ...string) string {
	t.Helper()
	out, status := try(t, settings, args...)
	if status != 0 {
		t.Fatalf("evenhand %s: exit status %d\n%s", strings.Join(args, " "), status, out)
	}
	return out
}

// try runs a command of the program and returns what it prints and its exit status.
func try(t *testing.T, settings []string, args ...string) (string, int) {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Env, cmd.Dir = environ(settings...), t.TempDir()
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatalf("evenhand %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
