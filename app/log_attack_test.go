package app_test

import (
	"strings"
	"testing"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// What the application's own database account is refused on the log.
var refusedOnTheLog = map[string]string{
	"a number changed":           `UPDATE ledger_leaves SET idx = idx + 1000`,
	"a hash changed":             `UPDATE ledger_leaves SET hash = @bytes`,
	"a number deleted":           `DELETE FROM ledger_leaves WHERE idx = 0`,
	"a number taken over":        `INSERT INTO ledger_leaves (idx, entry_id, hash) VALUES (0, @id, @bytes)`,
	"an entry numbered twice":    `INSERT INTO ledger_leaves (idx, entry_id, hash) SELECT 100000, entry_id, hash FROM ledger_leaves WHERE idx = 0`,
	"a checkpoint changed":       `UPDATE ledger_checkpoints SET note = 'x'`,
	"a checkpoint deleted":       `DELETE FROM ledger_checkpoints`,
	"a checkpoint replaced":      `INSERT INTO ledger_checkpoints (size, at, root, note) SELECT size, at, root, 'x' FROM ledger_checkpoints`,
	"a tile changed":             `UPDATE ledger_tiles SET hashes = @bytes`,
	"a tile deleted":             `DELETE FROM ledger_tiles`,
	"a cosignature changed":      `UPDATE ledger_cosignatures SET line = 'x'`,
	"an entry changed":           `UPDATE ledger_entries SET body = 'x'`,
	"an entry deleted":           `DELETE FROM ledger_entries`,
	"a place in the queue moved": `UPDATE ledger_pending SET entry_id = @id`,
}

func TestTheLogRefusesTheApplicationsAccount(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := longHistory(t, db)
		h.restoreSomething(t) // so that something waits
		must(t, h.DB.Create(&models.LedgerCosignature{Size: newest(t, h.World).Size, Witness: "w", At: h.Now(), Line: "x\n"}).Error)
		for name, statement := range refusedOnTheLog {
			if name == "a place in the queue moved" && !models.IsPostgres(h.DB.DB) {
				continue // SQLite has no accounts; verify names it, as a place without an entry
			}
			t.Run(name, func(t *testing.T) {
				if err := rawOn(t, h.DB.DB, h.scene, statement, nil); err == nil {
					t.Errorf("%s: passed", statement)
				}
			})
		}
	})
}

// restoreSomething makes an entry that waits for its number.
func (h *history) restoreSomething(t *testing.T) {
	t.Helper()
	e := &ledger.Entry{Marketplace: apptest.Market, Act: "record.read", SubjectType: "marketplace", SubjectID: apptest.Market}
	must(t, h.Ledger.Act(t.Context(), h.asker, e, func(*gorm.DB) error { return nil }))
}

func newest(t *testing.T, w *apptest.World) models.LedgerCheckpoint {
	t.Helper()
	c, err := w.Log.Checkpoint(t.Context())
	must(t, err)
	return c
}

// What the account may write is no use to it: nothing forged is signed over, released or passed by verify.
func TestForgedRowsOfTheLogCountForNothing(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		sql, sequencer, verify string
	}{
		"an entry taken off the queue": {`DELETE FROM ledger_pending`, "", "was inserted: it has no number"},
		"a number given past the sequencer": {`INSERT INTO ledger_leaves (idx, entry_id, hash) SELECT (SELECT max(idx) FROM ledger_leaves) + row_number() OVER (ORDER BY entry_id), entry_id, (SELECT hash FROM ledger_entries e WHERE e.id = entry_id) FROM ledger_pending`,
			"", "is in the log, but under no checkpoint"},
		"a checkpoint that nobody signed": {`INSERT INTO ledger_checkpoints (size, at, root, note) SELECT size + 1000000, at, root, note FROM ledger_checkpoints ORDER BY size DESC LIMIT 1`,
			"incomplete", "the log was truncated"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				h := newHistory(t, db)
				h.Review(t, h.Seller, 1)
				p := h.Ask(t, h.asker)
				h.Open(t.Context(), h.approver, p)
				must(t, h.Sequencer.Drain(t.Context()))
				must(t, h.World.Approve(t.Context(), h.approver, p))
				must(t, h.DB.Exec(x.sql).Error)
				entry := h.Desk.VerdictEntry(t.Context(), p, h.approver)
				if places, err := h.Log.Places(t.Context(), entry); err == nil && places[entry].Released {
					t.Error("its effect may leave")
				}
				if _, err := h.Sequencer.Sequence(t.Context()); x.sequencer != "" && (err == nil || !strings.Contains(err.Error(), x.sequencer)) {
					t.Errorf("the sequencer: %v", err)
				}
				r, err := h.Verify(t.Context(), h.DB.DB)
				if err != nil || !strings.Contains(r.Disagreement, x.verify) {
					t.Errorf("verify: %q, %v; want %q", r.Disagreement, err, x.verify)
				}
			})
		})
	}
}
