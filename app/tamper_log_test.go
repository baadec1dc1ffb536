package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// longHistory is a history with enough entries for full tiles, under several checkpoints.
func longHistory(t *testing.T, db *dbtest.DB) *history {
	t.Helper()
	h := newHistory(t, db)
	for i := range 560 {
		e := &ledger.Entry{Marketplace: apptest.Market, Act: "record.read", SubjectType: "marketplace", SubjectID: apptest.Market}
		must(t, h.Ledger.Act(t.Context(), h.asker, e, func(*gorm.DB) error { return nil }))
		if i%100 == 99 {
			h.Clock.Wind(time.Minute)
			must(t, h.Sequencer.Drain(t.Context()))
		}
	}
	verifyClean(t, h.World)
	return h
}

// What the owner of the database can do to the log itself, with every guard off, and what Verify says to it.
var logTamperings = []tampering{
	{"1 changed: an entry's body and its hash", "number 3 in the log: its body was changed since it was numbered", []string{
		`UPDATE ledger_entries SET body = body || ' ', hash = @bytes WHERE id = (SELECT entry_id FROM ledger_leaves WHERE idx = 3)`}},
	{"2 changed: the hash of a number", "number 300 in the log: its body was changed since it was numbered", []string{
		`UPDATE ledger_leaves SET hash = (SELECT hash FROM ledger_leaves WHERE idx = 299) WHERE idx = 300`}},
	{"2b changed: to half a hash", "entry number 300 has a hash of 16 bytes", []string{`UPDATE ledger_leaves SET hash = @bytes WHERE idx = 300`}},
	{"3 missing: an entry", "number 300 in the log, is missing", []string{`DELETE FROM ledger_entries WHERE id = (SELECT entry_id FROM ledger_leaves WHERE idx = 300)`}},
	{"4 missing: an entry and its number", "entry number 300 is missing from the log", []string{
		`DELETE FROM ledger_entries WHERE id = (SELECT entry_id FROM ledger_leaves WHERE idx = 300)`, `DELETE FROM ledger_leaves WHERE idx = 300`}},
	{"5 missing: an entry, the later numbers moved up", "isn't the one that was numbered so", []string{
		`DELETE FROM ledger_entries WHERE id = (SELECT entry_id FROM ledger_leaves WHERE idx = 300)`, `DELETE FROM ledger_leaves WHERE idx = 300`,
		`UPDATE ledger_leaves SET idx = idx + 1000000 WHERE idx > 300`, `UPDATE ledger_leaves SET idx = idx - 1000001 WHERE idx > 1000000`}},
	{"6 inserted: an entry without a number", "was inserted: it has no number", []string{
		`INSERT INTO ledger_entries SELECT @id, marketplace_id, at, actor_kind, actor_id, act, subject_type, subject_id, outcome, code, body, hash FROM ledger_entries WHERE act = 'ticket.keep'`}},
	{"7 inserted: a copy in another's place", "isn't the one that was numbered so", []string{
		`DELETE FROM ledger_entries WHERE id = (SELECT entry_id FROM ledger_leaves WHERE idx = 200)`,
		`DELETE FROM ledger_leaves WHERE idx = 200`,
		`UPDATE ledger_leaves SET idx = 200 WHERE idx = (SELECT max(idx) FROM ledger_leaves)`}},
	{"8 reordered: two entries that were signed long ago", "the log was reordered: entry number 5 was number 4", []string{
		`UPDATE ledger_leaves SET idx = 1000000 WHERE idx = 4`, `UPDATE ledger_leaves SET idx = 4 WHERE idx = 5`, `UPDATE ledger_leaves SET idx = 5 WHERE idx = 1000000`}},
	{"8b reordered: two of the latest", "aren't those that the checkpoint of", []string{
		`UPDATE ledger_leaves SET idx = 1000000 WHERE idx = (SELECT max(idx) FROM ledger_leaves)`,
		`UPDATE ledger_leaves SET idx = idx + 1 WHERE idx = (SELECT max(idx) FROM ledger_leaves WHERE idx < 1000000)`,
		`UPDATE ledger_leaves SET idx = (SELECT max(idx) - 1 FROM ledger_leaves WHERE idx < 1000000) WHERE idx = 1000000`}},
	{"9 truncated: the last entries", "the log was truncated: it ends after 500 entries", []string{
		`DELETE FROM ledger_entries WHERE id IN (SELECT entry_id FROM ledger_leaves WHERE idx >= 500)`, `DELETE FROM ledger_leaves WHERE idx >= 500`}},
	{"10 a checkpoint of another root", "says something else than its row", []string{`UPDATE ledger_checkpoints SET root = @bytes`}},
	{"10b a checkpoint that nobody signed", "", []string{`UPDATE ledger_checkpoints SET note = replace(note, 'evenhand', 'otherlog')`}},
	{"a checkpoint dated back", "is dated before the one that precedes it", []string{
		`UPDATE ledger_checkpoints SET at = @later WHERE size = (SELECT min(size) FROM ledger_checkpoints)`}},
	{"a tile half written", "tile 0/0 of the log is half written", []string{`UPDATE ledger_tiles SET hashes = @bytes WHERE n = 0`}},
	{"a tile deleted", "tile 0/1 of the log is missing", []string{`DELETE FROM ledger_tiles WHERE n = 1`}},
	{"a tile's root", "tile 0/0 of the log isn't what the entries give", []string{`UPDATE ledger_tiles SET root = @bytes WHERE n = 0`}},
	{"an entry queued twice", "waits for its number, but is missing or has one", []string{`INSERT INTO ledger_pending SELECT entry_id FROM ledger_leaves WHERE idx = 7`}},
}

func TestVerifyNamesWhatWasDoneToTheLog(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := longHistory(t, db)
		owner := unguarded(t, h.World)
		for _, x := range tried(logTamperings) {
			t.Run(x.name, func(t *testing.T) {
				if got := h.tamper(t, owner, nil, x.sql...); got.all == "" || !strings.Contains(got.all, x.names) {
					t.Errorf("Verify says %q; want it to say %q", got.all, x.names)
				} else {
					t.Log(got.all)
				}
			})
		}
		verifyClean(t, h.World)
	})
}

// Whoever holds the database and the signing key can make a new log that agrees with itself. A checkpoint that was kept
// elsewhere shows it.
func TestCheckpointKeptElsewhere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := longHistory(t, db)
		old, err := h.Log.Checkpoint(t.Context())
		must(t, err)
		against := func(tx *gorm.DB, note string) string {
			r, err := ledger.Verify(t.Context(), tx, ledger.Trusted{Public: h.Log.Public(), Checkpoint: note}, h.Checks(true))
			must(t, err)
			return r.Disagreement
		}
		must(t, h.Ledger.Act(t.Context(), h.asker, &ledger.Entry{Act: "record.read"}, func(*gorm.DB) error { return nil }))
		must(t, h.Sequencer.Drain(t.Context()))
		if got := against(h.DB.DB, old.Note); got != "" {
			t.Errorf("a true old checkpoint: %q", got)
		}

		t.Run("foreign", func(t *testing.T) {
			key, err := ledger.NewKey("another.example/log")
			must(t, err)
			keys, err := ledger.ParseKeys(key)
			must(t, err)
			foreign, err := keys.Sign(5, [32]byte{1})
			must(t, err)
			if got := against(h.DB.DB, foreign); !strings.Contains(got, `a checkpoint of the log "another.example/log"`) {
				t.Errorf("%q", got)
			}
		})
		t.Run("not a checkpoint", func(t *testing.T) {
			if got := against(h.DB.DB, "hello\n"); !strings.Contains(got, "isn't a signed checkpoint") {
				t.Errorf("%q", got)
			}
		})
		t.Run("truncated with its checkpoints", func(t *testing.T) {
			h.undone(t, func(tx *gorm.DB) {
				for _, s := range []string{
					`DELETE FROM ledger_entries WHERE id IN (SELECT entry_id FROM ledger_leaves WHERE idx >= (SELECT max(size) FROM ledger_checkpoints WHERE size < 500))`,
					`DELETE FROM ledger_leaves WHERE idx >= (SELECT max(size) FROM ledger_checkpoints WHERE size < 500)`,
					`DELETE FROM ledger_tiles WHERE level = 0 AND (n + 1) * 256 > (SELECT max(size) FROM ledger_checkpoints WHERE size < 500)`,
					`DELETE FROM ledger_checkpoints WHERE size >= 500`,
				} {
					must(t, tx.Exec(s).Error)
				}
				if got := against(tx, ""); got != "" {
					t.Errorf("the log alone: %q; the attack was to agree with itself", got)
				}
				if got := against(tx, old.Note); !strings.Contains(got, "the log was truncated") {
					t.Errorf("%q", got)
				}
			})
		})
		t.Run("forked: rewritten and signed anew", func(t *testing.T) {
			h.rewriteLog(t)
			if got := against(h.DB.DB, ""); got != "" {
				t.Errorf("the log alone: %q; the attack was to agree with itself", got)
			}
			if got := against(h.DB.DB, old.Note); !strings.Contains(got, "history was rewritten") {
				t.Errorf("%q", got)
			}
		})
	})
}

// undone runs fn in an unguarded transaction of the owner's and takes all of it back.
func (h *history) undone(t *testing.T, fn func(tx *gorm.DB)) {
	t.Helper()
	err := models.InTx(t.Context(), unguarded(t, h.World), func(tx *gorm.DB) error {
		if !models.IsPostgres(tx) {
			dropTriggers(t, tx)
		}
		fn(tx)
		return errUndo
	})
	if err == nil || !strings.Contains(err.Error(), errUndo.Error()) {
		t.Error(err)
	}
}

// rewriteLog deletes an entry that no row misses and has the log numbered and signed afresh, with the true key.
func (h *history) rewriteLog(t *testing.T) {
	t.Helper()
	owner := unguarded(t, h.World)
	if !models.IsPostgres(owner) {
		dropTriggers(t, owner)
	}
	for _, s := range []string{
		`DELETE FROM ledger_entries WHERE id = (SELECT id FROM ledger_entries WHERE act = 'record.read' ORDER BY id LIMIT 1)`,
		`DELETE FROM ledger_checkpoints`, `DELETE FROM ledger_tiles`, `DELETE FROM ledger_leaves`, `DELETE FROM ledger_pending`,
		`INSERT INTO ledger_pending SELECT id FROM ledger_entries`,
	} {
		must(t, owner.Exec(s).Error)
	}
	must(t, h.Sequencer.Drain(t.Context()))
}

func TestExportOfTheLedger(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := longHistory(t, db)
		path := filepath.Join(t.TempDir(), "ledger.jsonl")
		f, err := os.Create(path)
		must(t, err)
		n, err := h.Log.Export(t.Context(), f, h.Now())
		must(t, err)
		must(t, f.Close())
		text, err := os.ReadFile(path)
		must(t, err)
		check := func(text string) string {
			r, err := ledger.VerifyExport(t.Context(), strings.NewReader(text), ledger.Trusted{Public: h.Log.Public()})
			if err != nil {
				return err.Error()
			}
			if r.Disagreement == "" && r.Entries != n {
				return fmt.Sprintf("%d entries of %d", r.Entries, n)
			}
			return r.Disagreement
		}
		all := string(text)
		if got := check(all); got != "" {
			t.Errorf("as it was made: %s", got)
		}
		lines := strings.SplitAfter(all, "\n")
		swapped := append([]string{}, lines...)
		swapped[10], swapped[11] = swapped[11], swapped[10]
		for name, x := range map[string]struct{ text, want string }{
			"changed":        {strings.Replace(all, "ticket.keep", "ticket.skip", 1), "aren't those that the checkpoint"},
			"an entry gone":  {strings.Join(append(append([]string{}, lines[:20]...), lines[21:]...), ""), "are missing, or were inserted"},
			"two swapped":    {strings.Join(swapped, ""), "aren't those that the checkpoint"},
			"cut short":      {strings.Join(lines[:len(lines)/2], ""), "cut short"},
			"half a line":    {all[:len(all)-40], "not a checkpoint"},
			"empty":          {"", "it is empty"},
			"something else": {"{}\n", "first line doesn't say"},
		} {
			if got := check(x.text); !strings.Contains(got, x.want) {
				t.Errorf("%s: %q; want %q", name, got, x.want)
			}
		}
	})
}
