package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evenhand/app"
	"evenhand/models"
)

// numbered has a desk with a few entries in its log, and keeps its checkpoint in a file.
func numbered(t *testing.T) (db, checkpoint string) {
	t.Helper()
	db = fresh(t)
	t.Setenv("EVENHAND_SEAL_KEY", strings.Repeat("ab", 32))
	if status, _, stderr := evenhand(t, "import", db, "--marketplace", "amazon", "--format", "amazon", "--rejects", filepath.Join(t.TempDir(), "r.csv"), reviews(t)); status != exitRejected {
		t.Fatalf("import: %d %s", status, stderr)
	}
	sequence(t, db)
	status, out, stderr := evenhand(t, "ledger", "status", db)
	if status != exitDone || !strings.Contains(out, "\n\n— evenhand/") {
		t.Fatalf("status: %d %q %q", status, out, stderr)
	}
	checkpoint = filepath.Join(t.TempDir(), "checkpoint")
	write(t, checkpoint, out[:strings.Index(out, "# signed")])
	return db, checkpoint
}

// sequence does what a running server would.
func sequence(t *testing.T, db string) {
	t.Helper()
	conn, err := models.Open(strings.TrimPrefix(db, "--database-url="))
	if err != nil {
		t.Fatal(err)
	}
	defer models.Close(conn) //nolint:errcheck // the test ends
	a, err := app.New(conn, app.Options{SealKey: []byte(strings.Repeat("\xab", 32))})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Sequencer.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLedgerCommands(t *testing.T) {
	db, checkpoint := numbered(t)
	dir := t.TempDir()
	_, public, _ := evenhand(t, "ledger", "public", db)
	public = strings.TrimSpace(public)
	_, made, _ := evenhand(t, "ledger", "key", "--name", "other.example/log")
	key := strings.TrimSpace(made[strings.Index(made, "PRIVATE"):])
	other := strings.TrimPrefix(strings.SplitN(made, "\n", 2)[0], "# public: ")
	export := filepath.Join(dir, "ledger.jsonl.gz")
	foreign, broken, empty := filepath.Join(dir, "foreign"), filepath.Join(dir, "broken"), filepath.Join(dir, "empty")
	write(t, foreign, "other.example/log\n5\nqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n\n— other.example/log AAAAAAAA\n")
	write(t, broken, "half a")
	write(t, empty, "")
	for _, x := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"verify", db, "--checkpoint", checkpoint}, exitDone, "agree"},
		{[]string{"verify", db, "--public-key", public}, exitDone, "agree"},
		{[]string{"verify", db, "--public-key", other}, exitFailed, "it is a checkpoint of the log"},
		{[]string{"verify", db, "--public-key", "nonsense"}, exitFailed, "not a verifier key"},
		{[]string{"verify", db, "--public-key-file", empty}, exitFailed, "is empty"},
		{[]string{"verify", db, "--checkpoint", foreign}, exitFailed, `a checkpoint of the log "other.example/log"`},
		{[]string{"verify", db, "--checkpoint", broken}, exitFailed, "isn't a signed checkpoint"},
		{[]string{"verify", db, "--checkpoint", filepath.Join(dir, "none")}, exitFailed, "no such file"},
		{[]string{"verify", db, "--log-key", key}, exitFailed, "it is a checkpoint of the log"},
		{[]string{"verify", db, "--log-key", "PRIVATE+KEY+x"}, exitFailed, "not a signing key"},
		{[]string{"doctor", db}, exitDone, "under the newest checkpoint of evenhand/"},
		{[]string{"doctor", db, "--public-key", other}, exitFailed, "it is a checkpoint of the log"},
		{[]string{"ledger", "key", "--name", "two words"}, exitFailed, "want a name without spaces"},
		{[]string{"ledger", "export", db, export}, exitDone, "entries in"},
		{[]string{"ledger", "export", db, export}, exitFailed, "exists"},
		{[]string{"verify", "--export", export, "--public-key", public}, exitDone, "agree"},
		{[]string{"verify", "--export", export, "--public-key", public, "--checkpoint", checkpoint}, exitDone, "agree"},
		{[]string{"verify", "--export", export, "--public-key", other}, exitFailed, "it is a checkpoint of the log"},
		{[]string{"verify", "--export", broken, "--public-key", public}, exitFailed, "first line"},
		{[]string{"ledger", "clock", db}, exitFailed, "isn't behind"},
		{[]string{"verify", db}, exitDone, "1 entries wait for their number"},
		{[]string{"serve", db, "--witness-quorum", "1"}, exitFailed, "a quorum of 1 witnesses, and 0 are configured"},
		{[]string{"serve", db, "--witnesses", "nonsense"}, exitFailed, "witnesses: line 1"},
		{[]string{"serve", db, "--log-key", "nonsense"}, exitFailed, "log key: line 1"},
	} {
		status, out, stderr := evenhand(t, x.args...)
		if status != x.status || !strings.Contains(out+stderr, x.says) {
			t.Errorf("%v: %d %q %q; want %d, %q", x.args, status, out, stderr, x.status, x.says)
		}
	}
}

func TestTokenCommands(t *testing.T) {
	db, _ := numbered(t)
	evenhand(t, "staff", "add", db, "anna@example.test", "--name", "Anna")
	_, out, _ := evenhand(t, "staff", "token", "add", db, "anna@example.test", "--name", "nightly", "--days", "7")
	id, secret, _ := strings.Cut(out, "\t")
	if !strings.HasPrefix(secret, "evenhand_") {
		t.Fatalf("add prints %q", out)
	}
	for _, x := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"list", db, "anna@example.test"}, exitDone, "never used"},
		{[]string{"add", db, "anna@example.test", "--name", "x", "--days", "9999"}, exitFailed, "1 to 366 days"},
		{[]string{"add", db, "nobody@example.test", "--name", "x"}, exitFailed, "no account"},
		{[]string{"revoke", db, id}, exitDone, "revoked"},
		{[]string{"revoke", db, id}, exitFailed, "revoked already"},
		{[]string{"list", db, "anna@example.test"}, exitDone, "revoked"},
	} {
		status, out, stderr := evenhand(t, append([]string{"staff", "token"}, x.args...)...)
		if status != x.status || !strings.Contains(out+stderr, x.says) || strings.Contains(out, strings.Fields(secret)[0]) {
			t.Errorf("%v: %d %q %q; want %d, %q", x.args, status, out, stderr, x.status, x.says)
		}
	}
	sequence(t, db)
	if status, out, stderr := evenhand(t, "verify", db); status != exitDone {
		t.Errorf("verify: %q %q", out, stderr)
	}
}

// Somebody who has the public key and no seal key checks everything but the seals, and is told so.
func TestVerifyWithoutTheSealKey(t *testing.T) {
	db, _ := numbered(t)
	_, public, _ := evenhand(t, "ledger", "public", db)
	t.Setenv("EVENHAND_SEAL_KEY", "")
	os.Unsetenv("EVENHAND_SEAL_KEY")
	status, out, stderr := evenhand(t, "verify", db, "--public-key", strings.TrimSpace(public))
	if status != exitDone || !strings.Contains(out, "seals weren't checked") {
		t.Errorf("%d %q %q", status, out, stderr)
	}
	if status, _, stderr := evenhand(t, "verify", db, "--draws", "--public-key", strings.TrimSpace(public)); status != exitFailed || !strings.Contains(stderr, "draws can't be replayed") {
		t.Errorf("--draws: %d %q", status, stderr)
	}
}

// A forked log: the same beginning, signed by the same key, and then something else than the kept checkpoint has.
func TestVerifyNamesAFork(t *testing.T) {
	db, _ := numbered(t)
	path := strings.TrimPrefix(db, "--database-url=sqlite:")
	copyOf := filepath.Join(t.TempDir(), "copy.db")
	copied := "--database-url=sqlite:" + copyOf
	conn, err := models.Open("sqlite:" + path)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Exec("VACUUM INTO ?", copyOf).Error; err != nil {
		t.Fatal(err)
	}
	if err := models.Close(conn); err != nil {
		t.Fatal(err)
	}
	for _, x := range []string{db, copied} {
		if status, _, stderr := evenhand(t, "staff", "add", x, "anna@example.test", "--name", "Anna"); status != exitDone {
			t.Fatal(stderr)
		}
		sequence(t, x)
	}
	_, out, _ := evenhand(t, "ledger", "status", copied)
	kept := filepath.Join(t.TempDir(), "kept")
	write(t, kept, out[:strings.Index(out, "# signed")])
	if status, _, stderr := evenhand(t, "verify", db, "--checkpoint", kept); status != exitFailed || !strings.Contains(stderr, "history was rewritten") {
		t.Errorf("%d %q", status, stderr)
	}
}
