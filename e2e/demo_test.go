package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// demonstration is `evenhand demo`, started once for all tests that only look.
var demonstration struct {
	once sync.Once
	site *site
	err  error
	stop func()
}

// demo is the demonstration's site. It ends with the test process.
func demo(t *testing.T) *site {
	t.Helper()
	d := &demonstration
	d.once.Do(func() { d.site, d.stop, d.err = startDemo(freeAddress(t)) })
	if d.err != nil {
		t.Fatal(d.err)
	}
	return d.site
}

func startDemo(address string) (*site, func(), error) {
	bin, err := program()
	if err != nil {
		return nil, nil, err
	}
	dir := filepath.Join(scratch, "demo")
	var said bytes.Buffer
	cmd := exec.Command(bin, "demo", "--listen", address, "--data", dir, "--looks", "0") // a test decides on tickets as they are
	cmd.Env, cmd.Stderr = environ(), &said
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	stop := func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}
	s := &site{url: "http://" + address, settings: []string{"EVENHAND_DATABASE_URL=sqlite:" + filepath.Join(dir, "evenhand.db")}}
	if !s.ready(6 * time.Minute) {
		stop()
		return nil, nil, fmt.Errorf("the demonstration doesn't get ready:\n%s", tail(said.String()))
	}
	s.accounts, err = readAccounts(filepath.Join(dir, "accounts.tsv"))
	return s, stop, err
}

func readAccounts(path string) (map[string][]account, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := map[string][]account{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(cells) != 3 {
			return nil, fmt.Errorf("accounts.tsv: %q isn't role, e-mail and password", line)
		}
		out[cells[0]] = append(out[cells[0]], account{cells[1], cells[2]})
	}
	return out, nil
}

// one is somebody of the role.
func (s *site) one(t *testing.T, role string) account {
	t.Helper()
	if len(s.accounts[role]) == 0 {
		t.Fatalf("nobody is %s", role)
	}
	return s.accounts[role][0]
}
