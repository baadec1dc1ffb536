package ledger_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/witness"
)

// newWitness runs a witness of a log and returns where it is asked.
func newWitness(t testing.TB, name string, public ledger.Public) witness.Endpoint {
	t.Helper()
	logs, err := witness.ParseLogs(public.Lines)
	must(t, err)
	w, err := witness.Open(witness.Options{Folder: t.TempDir(), Name: name, Logs: logs})
	must(t, err)
	t.Cleanup(func() { _ = w.Close() })
	srv := httptest.NewServer(w)
	t.Cleanup(srv.Close)
	list, err := witness.ParseEndpoints(w.Key() + " " + srv.URL)
	must(t, err)
	return list[0]
}

func TestEffectsWaitForWitnesses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		keys, _ := keysOf(t, "test.example/log")
		i := newInstance(t, db.DB, keys)
		asked := []witness.Endpoint{newWitness(t, "one.example", keys.Public), newWitness(t, "two.example", keys.Public)}
		log := ledger.NewLog(i.Ledger, keys.Public, asked, 2)
		released := func() int64 {
			n, err := log.Released(t.Context())
			must(t, err)
			return n
		}
		id := i.enter(t)
		must(t, i.Drain(t.Context()))

		t.Run("not before they have cosigned", func(t *testing.T) {
			places, err := log.Places(t.Context(), id)
			if err != nil || places[id].Checkpoint != 1 || places[id].Released {
				t.Errorf("%+v, %v; want under a checkpoint, not released", places[id], err)
			}
		})
		t.Run("one of two is not enough", func(t *testing.T) {
			must(t, ledger.NewCosigner(log, asked[:1]).AskAll(t.Context()))
			if got := released(); got != 0 {
				t.Errorf("%d released by one of two", got)
			}
		})
		t.Run("a cosignature written past the program counts for nothing", func(t *testing.T) {
			var real models.LedgerCosignature
			must(t, db.Take(&real).Error)
			forged := models.LedgerCosignature{Size: 1, Witness: fmt.Sprintf("%s+%08x", asked[1].Key.Name(), asked[1].Key.KeyHash()), At: models.Now(), Line: real.Line}
			err := models.InTx(t.Context(), db.DB, func(tx *gorm.DB) error {
				must(t, tx.Create(&forged).Error)
				n, err := ledger.NewLog(ledger.New(tx, models.Now), keys.Public, asked, 2).Released(t.Context())
				if n != 0 || err != nil {
					t.Errorf("%d released by a forged row, %v", n, err)
				}
				return errUndo
			})
			if err == nil {
				t.Error("not undone")
			}
		})
		t.Run("both are", func(t *testing.T) {
			must(t, ledger.NewCosigner(log, asked).AskAll(t.Context()))
			if got := released(); got != 1 {
				t.Errorf("%d released; want 1", got)
			}
			note, err := log.Note(t.Context())
			must(t, err)
			got, err := witness.Cosigned([]byte(note), []witness.Verifier{asked[0].Key, asked[1].Key})
			if err != nil || len(got) != 2 || time.Since(got[0].At) > time.Hour {
				t.Errorf("the checkpoint as served has %+v, %v", got, err)
			}
		})
		t.Run("with a proof from what they saw", func(t *testing.T) {
			for range 700 {
				i.enter(t)
			}
			must(t, i.Drain(t.Context()))
			if got := released(); got != 1 {
				t.Errorf("%d released before they were asked; want 1", got)
			}
			must(t, ledger.NewCosigner(log, asked).AskAll(t.Context()))
			if got := released(); got != 701 {
				t.Errorf("%d released; want 701", got)
			}
		})
		i.agree(t, db.DB)
		t.Run("a rewritten log is not cosigned", func(t *testing.T) {
			owner := unguarded(t, db)
			for _, s := range []string{
				`DELETE FROM ledger_entries WHERE id IN (SELECT entry_id FROM ledger_leaves WHERE idx = 5)`,
				`DELETE FROM ledger_cosignatures`, `DELETE FROM ledger_checkpoints`, `DELETE FROM ledger_tiles`, `DELETE FROM ledger_leaves`,
				`INSERT INTO ledger_pending SELECT id FROM ledger_entries`,
			} {
				must(t, owner.Exec(s).Error)
			}
			must(t, i.Drain(t.Context()))
			ask := func() error { return ledger.NewCosigner(log, asked).AskAll(t.Context()) }
			if err := ask(); err == nil || !strings.Contains(err.Error(), "entries were lost, or the witness lies") {
				t.Errorf("a shorter log: %v", err)
			}
			for range 10 {
				i.enter(t)
			}
			must(t, i.Drain(t.Context()))
			if err := ask(); err == nil || !strings.Contains(err.Error(), "the witness answered 422") {
				t.Errorf("a longer one: %v", err)
			}
			if got := released(); got != 0 {
				t.Errorf("%d released of a rewritten log", got)
			}
		})
	})
}
