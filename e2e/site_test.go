package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

const password = "seven-candles-and-a-lamp"

// someRejected is the exit status of an import that brought in what it could.
const someRejected = 3

// site is a running program with a database of its own.
type site struct {
	url      string
	market   string
	settings []string
	accounts map[string][]account // by role
}

type account struct{ email, password string }

// eachDatabase runs fn on SQLite and on PostgreSQL, at the same time.
func eachDatabase(t *testing.T, fn func(t *testing.T, settings []string)) {
	t.Helper()
	for name, prepare := range map[string]func(*testing.T) []string{"sqlite": sqlite, "postgres": postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, prepare(t))
		})
	}
}

func sqlite(t *testing.T) []string {
	return []string{"EVENHAND_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "evenhand.db")}
}

// postgres makes a database and an account for the application, which may do no more than it needs.
func postgres(t *testing.T) []string {
	t.Helper()
	admin := os.Getenv(envPostgres)
	if admin == "" {
		t.Skipf("no PostgreSQL: %s isn't set (scripts/test starts a server and sets it)", envPostgres)
	}
	name := "evenhand_e2e_" + strings.ToLower(rand.Text()[:12])
	onServer(t, admin, "CREATE ROLE "+name+" LOGIN PASSWORD 'for-this-test-only'")
	onServer(t, admin, "CREATE DATABASE "+name)
	t.Cleanup(func() {
		onServer(t, admin, "DROP DATABASE "+name+" WITH (FORCE)")
		onServer(t, admin, "DROP ROLE "+name)
	})
	owner, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	owner.Path = "/" + name
	run(t, []string{"EVENHAND_DATABASE_URL=" + owner.String()}, "migrate", "up", "--app-role", name)
	app := *owner
	app.User = url.UserPassword(name, "for-this-test-only")
	key := make([]byte, 32)
	rand.Read(key)
	return []string{"EVENHAND_DATABASE_URL=" + app.String(), "EVENHAND_SEAL_KEY=" + hex.EncodeToString(key)}
}

func onServer(t *testing.T, admin, stmt string) {
	t.Helper()
	db, err := sql.Open("pgx", admin)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second) // also after the test's own context
	defer cancel()
	if _, err := db.ExecContext(ctx, stmt); err != nil {
		t.Fatalf("%s: %v", stmt, err)
	}
}

// open imports a folder of reviews, flags the negative ones, and serves them.
func open(t *testing.T, settings []string, folder string) *site {
	t.Helper()
	s := &site{market: "olist", settings: settings, accounts: map[string][]account{}}
	path, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	out, status := try(t, s.settings, "import", "--marketplace", s.market, "--format", "olist", "--flag-negative", path)
	if status != 0 && status != someRejected {
		t.Fatalf("importing %s: exit status %d\n%s", folder, status, out)
	}
	s.serve(t)
	return s
}

// staff adds an account with roles and returns it.
func (s *site) staff(t *testing.T, name string, roles ...string) account {
	t.Helper()
	a := account{strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example.test", password}
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(a.password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, s.settings, "staff", "add", a.email, "--name", name, "--password-file", file)
	for _, role := range roles {
		run(t, s.settings, "staff", "grant", a.email, role, "--marketplace", s.market)
		s.accounts[role] = append(s.accounts[role], a)
	}
	return a
}

// serve starts the program on a free port and stops it when the test ends.
func (s *site) serve(t *testing.T) {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	var said bytes.Buffer
	cmd := exec.Command(bin, "serve", "--listen", address)
	cmd.Env = environ(s.settings...)
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Errorf("stopping the program: %v", err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program ended with %v\n%s", err, tail(said.String()))
		}
		for _, word := range []string{"level=ERROR", " ERROR ", "panic"} {
			if strings.Contains(said.String(), word) {
				t.Errorf("the program logged an error:\n%s", tail(said.String()))
				break
			}
		}
	})
	s.url = "http://" + address
	if !s.ready(30 * time.Second) {
		t.Fatalf("the program doesn't get ready:\n%s", tail(said.String()))
	}
}

// ready awaits that the site answers.
func (s *site) ready(patience time.Duration) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if res, err := http.Get(s.url + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return true
			}
		}
	}
	return false
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func tail(s string) string {
	if len(s) > 4000 {
		return "…" + s[len(s)-4000:]
	}
	return s
}

// at is the address of a page of the marketplace.
func (s *site) at(path string) string { return "/m/" + s.market + path }
