package crash_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evenhand/models"
	"evenhand/models/dbtest"
)

// postgres is a database server of the test's own, which it may stop as it likes. It writes as one in production
// does: fsync is on.
type postgres struct {
	bin, data, port string
	as              []string // the words before a command, to run it as another account
	databases       int
}

// newPostgres starts a server, as scripts/postgres does. Where PostgreSQL isn't installed, the test is skipped.
func newPostgres(t testing.TB) *postgres {
	t.Helper()
	if os.Getenv(dbtest.EnvPostgres) == "" {
		t.Skipf("no PostgreSQL: %s isn't set (./scripts/test sets it)", dbtest.EnvPostgres)
	}
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(bins) == 0 {
		t.Skip("no PostgreSQL of our own: initdb isn't in /usr/lib/postgresql/*/bin")
	}
	slices.Sort(bins)
	dir, err := os.MkdirTemp("", "evenhand-crash-pg")
	if err != nil {
		t.Fatal(err)
	}
	p := &postgres{bin: filepath.Dir(bins[len(bins)-1]), data: filepath.Join(dir, "data")}
	if os.Getuid() == 0 { // the server refuses to run as root
		p.as = []string{"runuser", "-u", "postgres", "--"}
		if out, err := exec.CommandContext(t.Context(), "chown", "postgres", dir).CombinedOutput(); err != nil {
			t.Fatalf("chown: %v\n%s", err, out)
		}
	}
	t.Cleanup(func() {
		_ = p.run(context.Background(), "pg_ctl", "-D", p.data, "-m", "immediate", "stop")
		os.RemoveAll(dir)
	})
	check(t, p.run(t.Context(), "initdb", "-D", p.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"))
	p.port = freePort(t)
	p.start(t)
	return p
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (p *postgres) run(ctx context.Context, name string, args ...string) error {
	words := append(append(slices.Clone(p.as), filepath.Join(p.bin, name)), args...)
	c := exec.CommandContext(ctx, words[0], words[1:]...)
	c.Dir = "/"
	var said strings.Builder // not a pipe: the server that pg_ctl leaves behind would hold it open
	out, err := os.CreateTemp("", "evenhand-crash")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) //nolint:errcheck // a scrap
	defer out.Close()
	c.Stdout, c.Stderr = out, out
	if err := c.Run(); err != nil {
		b, _ := os.ReadFile(out.Name())
		said.Write(b)
		return fmt.Errorf("%s: %w\n%s", name, err, said.String())
	}
	return nil
}

func (p *postgres) start(t testing.TB) {
	t.Helper()
	check(t, p.run(t.Context(), "pg_ctl", "-D", p.data, "-l", filepath.Join(p.data, "server.log"), "-w", "start", "-o",
		"-c listen_addresses=127.0.0.1 -k "+p.data+" -p "+p.port+" -c shared_buffers=64MB -c fsync=on -c full_page_writes=on"))
}

// crash stops the server at once, as if it had been killed: it recovers from its log when it starts again.
func (p *postgres) crash(t testing.TB) {
	t.Helper()
	check(t, p.run(t.Context(), "pg_ctl", "-D", p.data, "-m", "immediate", "-w", "stop"))
}

func (p *postgres) url(role, database string) string {
	return "postgres://" + role + "@127.0.0.1:" + p.port + "/" + database + "?sslmode=disable"
}

// database makes one more, migrated by its owner, with the application's account as the documentation says.
func (p *postgres) database(t testing.TB) *dbtest.DB {
	t.Helper()
	p.databases++
	name := fmt.Sprintf("evenhand_%d", p.databases)
	admin, err := sql.Open("pgx", p.url("postgres", "postgres"))
	check(t, err)
	defer admin.Close()
	if p.databases == 1 {
		_, err = admin.ExecContext(t.Context(), "CREATE ROLE evenhand LOGIN")
		check(t, err)
	}
	_, err = admin.ExecContext(t.Context(), "CREATE DATABASE "+name)
	check(t, err)
	owner := p.url("postgres", name)
	if out, err := command(t, owner, "migrate", "up", "--app-role", "evenhand").CombinedOutput(); err != nil {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
	db, err := models.Open(p.url("evenhand", name))
	check(t, err)
	return &dbtest.DB{DB: db, URL: p.url("evenhand", name), OwnerURL: owner}
}
