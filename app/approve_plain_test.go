package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
)

// plainSQL is what approving a removal writes, and no more: nothing is checked but by the triggers. @who, @body and
// @hash are put in for each approver; :n is the number of the request.
const plainSQL = `BEGIN;
SELECT disabled_at FROM staff WHERE id = '@who' FOR SHARE;
SELECT * FROM reviews WHERE marketplace_id = 'olist' AND id = CAST('00000000-0000-7000-8000-' || CAST(:n AS text) AS uuid) FOR UPDATE;
SELECT * FROM proposals WHERE marketplace_id = 'olist' AND id = CAST('00000000-0000-7000-8000-' || CAST(:n AS text) AS uuid) FOR UPDATE \gset p_
INSERT INTO approvals (marketplace_id, id, proposal_id, approver_id, verdict, note, digest, seal, created_at) VALUES ('olist', CAST('10000000-0000-7000-8000-' || CAST(:n AS text) AS uuid), :p_id, '@who', 'approve', '@note', :p_digest, '\x@hash', now());
UPDATE proposals SET state = 'approved', decided_at = now() WHERE marketplace_id = 'olist' AND id = :p_id AND state = 'open';
UPDATE reviews SET status = 'removed', removal_id = :p_id, updated_at = now() WHERE marketplace_id = 'olist' AND id = :p_id AND version = 1 AND status = 'published';
UPDATE tickets SET state = 'closed', closed_at = now() WHERE marketplace_id = 'olist' AND id = :p_id AND state = 'waiting';
INSERT INTO ledger_entries (id, marketplace_id, at, actor_kind, actor_id, act, subject_type, subject_id, outcome, code, body, hash) VALUES (CAST('10000000-0000-7000-8000-' || CAST(:n AS text) AS uuid), 'olist', now(), 'person', '@who', 'removal.approve', 'proposal', :p_id, 'done', '', '@body', '\x@hash');
COMMIT;
`

// pgbench has PostgreSQL's own benchmark run plainSQL, with prepared statements.
func pgbench(b *testing.B, m *market, base, clients, n int) float64 {
	b.Helper()
	args := []string{"--no-vacuum", "--protocol=prepared", fmt.Sprint("--client=", clients), fmt.Sprint("--jobs=", min(clients, 2)), fmt.Sprint("--transactions=", n),
		fmt.Sprint("--define=base=", base), fmt.Sprint("--define=per=", n), "--define=i=-1"}
	dir := b.TempDir()
	for i, who := range m.approvers { // a client's transaction takes one of the scripts at random
		body, hash := benchEntry(who)
		text := "\\set i :i + 1\n\\set n :base + :client_id * :per + :i\n" +
			strings.NewReplacer("@who", who.ID, "@body", body, "@hash", hash, "@note", benchNote).Replace(plainSQL)
		path := filepath.Join(dir, fmt.Sprintf("approver-%d.sql", i))
		check(b, os.WriteFile(path, []byte(text), 0o600))
		args = append(args, "--file="+path)
	}
	out, err := exec.CommandContext(b.Context(), program(b, "pgbench"), append(args, m.DB.URL)...).CombinedOutput()
	if err != nil {
		b.Fatalf("pgbench: %v\n%s", err, out)
	}
	found := regexp.MustCompile(`tps = ([0-9.]+)`).FindSubmatch(out)
	if found == nil || !strings.Contains(string(out), "number of failed transactions: 0 ") {
		b.Fatalf("pgbench says\n%s", out)
	}
	perSecond, err := strconv.ParseFloat(string(found[1]), 64)
	check(b, err)
	return perSecond
}

// program finds one of PostgreSQL's programs where Debian keeps them.
func program(b *testing.B, name string) string {
	b.Helper()
	if there, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(there) > 0 {
		return there[len(there)-1]
	}
	path, err := exec.LookPath(name)
	if err != nil {
		b.Skipf("no %s: %v", name, err)
	}
	return path
}

// databaseSQL writes the same rows on SQLite with nothing between it and the driver.
func databaseSQL(b *testing.B, m *market, base, clients, n int) float64 {
	b.Helper()
	pool, err := m.app.DB.DB()
	check(b, err)
	return perSecond(b, clients, n, func(ctx context.Context, client, i int) error {
		k := base + client*n + i
		who := m.approvers[rand.IntN(len(m.approvers))]
		id, entry, at := numberedID(k), models.NewID(), m.Now()
		body, hash := benchEntry(who)
		tx, err := pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() //nolint:errcheck // after a COMMIT there is nothing to roll back
		var digest []byte
		var disabled, status any
		for _, read := range []struct {
			into  any
			query string
			args  []any
		}{
			{&disabled, "SELECT disabled_at FROM staff WHERE id = ?", []any{who.ID}},
			{&status, "SELECT status FROM reviews WHERE marketplace_id = ? AND id = ?", []any{apptest.Market, id}},
			{&digest, "SELECT digest FROM proposals WHERE marketplace_id = ? AND id = ?", []any{apptest.Market, id}},
		} {
			if err := tx.QueryRowContext(ctx, read.query, read.args...).Scan(read.into); err != nil {
				return err
			}
		}
		for _, write := range []struct {
			query string
			args  []any
		}{
			{"INSERT INTO approvals (marketplace_id, id, proposal_id, approver_id, verdict, note, digest, seal, created_at) VALUES (?, ?, ?, ?, 'approve', ?, ?, ?, ?)",
				[]any{apptest.Market, entry, id, who.ID, benchNote, digest, digest, at}},
			{"UPDATE proposals SET state = 'approved', decided_at = ? WHERE marketplace_id = ? AND id = ? AND state = 'open'", []any{at, apptest.Market, id}},
			{"UPDATE reviews SET status = 'removed', removal_id = ?, updated_at = ? WHERE marketplace_id = ? AND id = ? AND version = 1 AND status = 'published'",
				[]any{id, at, apptest.Market, id}},
			{"UPDATE tickets SET state = 'closed', closed_at = ? WHERE marketplace_id = ? AND id = ? AND state = 'waiting'", []any{at, apptest.Market, id}},
			{"INSERT INTO ledger_entries (id, marketplace_id, at, actor_kind, actor_id, act, subject_type, subject_id, outcome, code, body, hash) VALUES (?, ?, ?, 'person', ?, 'removal.approve', 'proposal', ?, 'done', '', ?, ?)",
				[]any{entry, apptest.Market, at, who.ID, id, body, []byte(hash[:32])}},
		} {
			if _, err := tx.ExecContext(ctx, write.query, write.args...); err != nil {
				return err
			}
		}
		return tx.Commit()
	})
}
