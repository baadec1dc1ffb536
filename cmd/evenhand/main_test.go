package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evenhand/ingest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// evenhand runs a command in this process.
func evenhand(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// fresh is a new SQLite database's setting.
func fresh(t *testing.T) string {
	t.Helper()
	return "--database-url=sqlite:" + filepath.Join(t.TempDir(), "evenhand.db")
}

// reviews writes an Amazon file with a good line and a bad one.
func reviews(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "reviews.jsonl")
	content := `{"rating": 1, "title": "Broke", "text": "Broke after a week.", "asin": "B1", "parent_asin": "B1", "user_id": "u1", "timestamp": 1700000000000}
{"rating": 9, "title": "?", "text": "Nine stars", "asin": "B1", "user_id": "u2", "timestamp": 1700000000000}
`
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestHelp(t *testing.T) {
	status, out, _ := evenhand(t, "help")
	if status != exitDone {
		t.Errorf("status %d", status)
	}
	for _, command := range []string{"demo", "serve", "migrate", "import", "staff", "verify", "ledger", "witness", "favor", "doctor"} {
		if !strings.Contains(out, command) {
			t.Errorf("help doesn't name %s:\n%s", command, out)
		}
	}
	if _, out, _ := evenhand(t, "help", "serve"); !strings.Contains(out, "EVENHAND_LISTEN") || !strings.Contains(out, "EVENHAND_DATABASE_URL") {
		t.Errorf("help serve doesn't name its settings:\n%s", out)
	}
}

func TestUnknownIsAnError(t *testing.T) {
	for name, args := range map[string][]string{
		"command": {"approve"}, "flag": {"serve", "--lisen", "x"}, "migration": {"migrate", "sideways"}, "argument": {"verify", "everything"},
	} {
		if status, _, stderr := evenhand(t, args...); status != exitUsage || stderr == "" {
			t.Errorf("unknown %s: status %d, %q", name, status, stderr)
		}
	}
	t.Run("setting", func(t *testing.T) {
		t.Setenv("EVENHAND_LISEN", "127.0.0.1:1")
		status, _, stderr := evenhand(t, "verify", fresh(t))
		if status != exitUsage || !strings.Contains(stderr, "EVENHAND_LISEN") {
			t.Errorf("status %d, %q", status, stderr)
		}
	})
	for name, url := range map[string]string{"no scheme": "evenhand.db", "no path": "sqlite:", "another database": "mysql://x"} {
		if status, _, stderr := evenhand(t, "staff", "list", "--database-url="+url); status != exitFailed || !strings.Contains(stderr, "database URL") {
			t.Errorf("%s: status %d, %q", name, status, stderr)
		}
	}
}

func TestImportCommand(t *testing.T) {
	db := fresh(t)
	rejects := filepath.Join(t.TempDir(), "rejects.csv")
	status, out, stderr := evenhand(t, "import", db, "--marketplace", "amazon", "--format", "amazon", "--json", "--flag-negative", "--rejects", rejects, reviews(t))
	if status != exitRejected || !strings.Contains(stderr, rejects) {
		t.Errorf("status %d, %q; want %d and the name of the rejects file", status, stderr, exitRejected)
	}
	var counts ingest.Counts
	if err := json.Unmarshal([]byte(out), &counts); err != nil || counts != (ingest.Counts{Read: 2, Imported: 1, Rejected: 1}) {
		t.Errorf("counts %s: %v", out, err)
	}
	if status, _, stderr := evenhand(t, "import", db, "--marketplace", "amazon", "--format", "parquet", reviews(t)); status == exitDone || !strings.Contains(stderr, "parquet") {
		t.Errorf("unknown format: status %d, %q", status, stderr)
	}
}

func TestStaffCommands(t *testing.T) {
	db := fresh(t)
	rejects := filepath.Join(t.TempDir(), "rejects.csv")
	evenhand(t, "import", db, "--marketplace", "amazon", "--format", "amazon", "--rejects", rejects, reviews(t))
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("correct horse battery\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"staff", "add", "anna@example.test", "--name", "Anna", "--password-file", password, db}, exitDone, "added anna@example.test"},
		{[]string{"staff", "add", "anna@example.test", "--name", "Anna", db}, exitFailed, "already"},
		{[]string{"staff", "add", "bert@example.test", "--name", "Bert", db}, exitDone, "password\t"},
		{[]string{"staff", "grant", "anna@example.test", "moderator", "--marketplace", "amazon", "--queues", "toys,books", db}, exitDone, "granted moderator"},
		{[]string{"staff", "grant", "anna@example.test", "auditor", "--marketplace", "amazon", db}, exitFailed, "doesn't work at it"},
		{[]string{"staff", "grant", "anna@example.test", "moderator", "--marketplace", "nowhere", db}, exitFailed, "no marketplace"},
		{[]string{"staff", "grant", "bert@example.test", "supervisor", "--marketplace", "*", "--to", "2999-01-01T00:00:00Z", db}, exitDone, "granted supervisor"},
		{[]string{"staff", "list", db}, exitDone, "moderator@amazon(books,toys)"},
		{[]string{"staff", "list", db}, exitDone, "supervisor@* until 2999-01-01"},
		{[]string{"staff", "revoke", "anna@example.test", "moderator", "--marketplace", "amazon", db}, exitDone, "revoked 1"},
		{[]string{"staff", "revoke", "anna@example.test", "moderator", "--marketplace", "amazon", db}, exitFailed, "doesn't hold"},
		{[]string{"staff", "disable", "bert@example.test", db}, exitDone, "disabled"},
		{[]string{"staff", "disable", "bert@example.test", db}, exitFailed, "disabled already"},
		{[]string{"staff", "disable", "nobody@example.test", db}, exitFailed, "no account"},
	} {
		status, out, stderr := evenhand(t, step.args...)
		if status != step.status || !strings.Contains(out+stderr, step.says) {
			t.Errorf("%v: status %d, %q %q; want %d, %q", step.args, status, out, stderr, step.status, step.says)
		}
	}
}

func TestVerifyCommand(t *testing.T) {
	db := fresh(t)
	path := strings.TrimPrefix(db, "--database-url=sqlite:")
	evenhand(t, "import", db, "--marketplace", "amazon", "--format", "amazon", "--rejects", filepath.Join(t.TempDir(), "r.csv"), reviews(t))
	if status, _, stderr := evenhand(t, "verify", db); status != exitFailed || !strings.Contains(stderr, "no public key") {
		t.Errorf("without a key: status %d, %q", status, stderr)
	}
	t.Setenv("EVENHAND_SEAL_KEY", strings.Repeat("ab", 32))
	if status, out, stderr := evenhand(t, "verify", db); status != exitDone || strings.Count(out, "\n") != 1 {
		t.Errorf("status %d, %q %q; want one line", status, out, stderr)
	}
	if status, out, stderr := evenhand(t, "verify", "--draws", db); status != exitDone || strings.Count(out, "\n") != 2 {
		t.Errorf("--draws: status %d, %q %q; want a second line", status, out, stderr)
	}
	g, err := models.Open("sqlite:" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer models.Close(g) //nolint:errcheck // the test ends
	for _, stmt := range []string{"DROP TRIGGER ledger_entries_no_update", "UPDATE ledger_entries SET body = replace(body, 'amazon', 'amazin')"} {
		if err := g.Exec(stmt).Error; err != nil {
			t.Fatal(err)
		}
	}
	if status, out, stderr := evenhand(t, "verify", db); status != exitFailed || out != "" || !strings.Contains(stderr, "its body was changed") {
		t.Errorf("after tampering: status %d, %q %q", status, out, stderr)
	}
}

func TestMigrateCommand(t *testing.T) {
	db := fresh(t)
	for _, step := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"migrate", "status", db}, exitFailed, "migrate up"},
		{[]string{"migrate", db}, exitDone, "applied 22"},
		{[]string{"migrate", "up", db}, exitDone, "applied 0"},
		{[]string{"migrate", "status", db}, exitDone, "at version 27"},
		{[]string{"staff", "add", "anna@example.test", "--name", "Anna", db}, exitDone, "added"}, // from here on the schema is its owner's to change
		{[]string{"migrate", "down-to", "26", db}, exitDone, "undid 1"},
		{[]string{"staff", "list", db}, exitFailed, "evenhand migrate up"},
		{[]string{"migrate", "down-to", "nine", db}, exitFailed, "isn't a version"},
		{[]string{"migrate", "down-to", db}, exitFailed, "takes a version"},
		{[]string{"migrate", "up", "--app-role", "x", db}, exitFailed, "PostgreSQL"},
	} {
		status, out, stderr := evenhand(t, step.args...)
		if status != step.status || !strings.Contains(out+stderr, step.says) {
			t.Errorf("%v: status %d, %q %q; want %d, %q", step.args, status, out, stderr, step.status, step.says)
		}
	}
}

func TestDoctorCommand(t *testing.T) {
	t.Setenv("EVENHAND_SEAL_KEY", strings.Repeat("ab", 32))
	if status, out, stderr := evenhand(t, "doctor", fresh(t)); status != exitDone {
		t.Errorf("status %d, %q %q", status, out, stderr)
	}
	pg := dbtest.Postgres(t)
	if status, out, stderr := evenhand(t, "doctor", "--database-url="+pg.URL); status != exitDone {
		t.Errorf("as the application: status %d, %q %q", status, out, stderr)
	}
	if status, out, _ := evenhand(t, "doctor", "--database-url="+pg.OwnerURL); status != exitFailed || !strings.Contains(out, "may delete ledger entries") {
		t.Errorf("as the owner: status %d, %q", status, out)
	}
}
