package ledger_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// instance is one of several servers on a database.
type instance struct {
	*ledger.Ledger
	*ledger.Sequencer
	*ledger.Log
	at *time.Time
}

func newInstance(t testing.TB, db *gorm.DB, keys ledger.Keys) instance {
	t.Helper()
	at := models.Now()
	return instanceAt(db, keys, &at)
}

func instanceAt(db *gorm.DB, keys ledger.Keys, at *time.Time) instance {
	l := ledger.New(db, func() time.Time { return *at })
	return instance{l, ledger.NewSequencer(l, keys), ledger.NewLog(l, keys.Public, nil, 0), at}
}

func keysOf(t testing.TB, name string) (ledger.Keys, string) {
	t.Helper()
	key, err := ledger.NewKey(name)
	must(t, err)
	keys, err := ledger.ParseKeys(key)
	must(t, err)
	return keys, key
}

// enter writes an entry of an act of no consequence and returns its id.
func (i instance) enter(t testing.TB) string {
	t.Helper()
	e := &ledger.Entry{Act: "record.read", SubjectType: "marketplace", SubjectID: "m"}
	must(t, i.Act(t.Context(), models.Command("test"), e, func(*gorm.DB) error { return nil }))
	return e.ID
}

func (i instance) agree(t testing.TB, db *gorm.DB) ledger.Result {
	t.Helper()
	r, err := ledger.Verify(t.Context(), db, ledger.Trusted{Public: i.Public()}, nil)
	must(t, err)
	if r.Disagreement != "" {
		t.Error(r.Disagreement)
	}
	return r
}

func TestSequencer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		keys, secret := keysOf(t, "test.example/log")
		i := newInstance(t, db.DB, keys)

		t.Run("an entry waits, then has a number and a checkpoint", func(t *testing.T) {
			id := i.enter(t)
			if places, err := i.Places(t.Context(), id); err != nil || len(places) != 0 {
				t.Errorf("before: %v, %v", places, err)
			}
			n, err := i.Sequence(t.Context())
			if n != 1 || err != nil {
				t.Errorf("sequenced %d, %v", n, err)
			}
			places, err := i.Places(t.Context(), id)
			if want := (ledger.Place{Index: 0, Checkpoint: 1, Released: true}); err != nil || places[id] != want {
				t.Errorf("after: %+v, %v; want %+v", places, err, want)
			}
			if n, err := i.Sequence(t.Context()); n != 0 || err != nil {
				t.Errorf("with nothing to do: %d, %v", n, err)
			}
		})
		t.Run("another key signs nothing", func(t *testing.T) {
			foreign, _ := keysOf(t, "test.example/log")
			i.enter(t)
			_, err := newInstance(t, db.DB, foreign).Sequence(t.Context())
			if err == nil || !strings.Contains(err.Error(), "bring the log's key back") {
				t.Errorf("%v", err)
			}
			must(t, i.Drain(t.Context()))
		})
		t.Run("a key is replaced with the old one beside it", func(t *testing.T) {
			_, next := keysOf(t, "test.example/log")
			both, err := ledger.ParseKeys(secret + "\n" + next)
			must(t, err)
			i.enter(t)
			must(t, newInstance(t, db.DB, both).Drain(t.Context()))
			alone, err := ledger.ParseKeys(next)
			must(t, err)
			i.enter(t)
			must(t, newInstance(t, db.DB, alone).Drain(t.Context()))
			newInstance(t, db.DB, both).agree(t, db.DB)
			r, err := ledger.Verify(t.Context(), db.DB, ledger.Trusted{Public: keys.Public}, nil)
			if err != nil || !strings.Contains(r.Disagreement, "none of the given keys has signed it") {
				t.Errorf("by the old key alone: %q, %v", r.Disagreement, err)
			}
			i = newInstance(t, db.DB, both)
		})
		t.Run("a clock that goes backwards signs nothing", func(t *testing.T) {
			i.enter(t)
			*i.at = i.at.Add(time.Hour)
			must(t, i.Drain(t.Context()))
			*i.at = i.at.Add(-30 * time.Minute)
			i.enter(t)
			_, err := i.Sequence(t.Context())
			if err == nil || !strings.Contains(err.Error(), "the clock goes backwards") {
				t.Errorf("%v", err)
			}
			*i.at = i.at.Add(31 * time.Minute)
			must(t, i.Drain(t.Context()))
			i.agree(t, db.DB)
		})
		t.Run("unless it is put on record that it was set back", func(t *testing.T) {
			*i.at = i.at.Add(-30 * time.Minute)
			must(t, i.Act(t.Context(), models.Command("ledger"), &ledger.Entry{Act: ledger.ActClock}, func(*gorm.DB) error { return nil }))
			must(t, i.Drain(t.Context()))
			i.enter(t)
			must(t, i.Drain(t.Context()))
			i.agree(t, db.DB)
		})
		t.Run("a log that was changed is not signed over", func(t *testing.T) {
			i.enter(t)
			owner := unguarded(t, db)
			var was models.LedgerLeaf
			must(t, owner.Where("idx = 1").Take(&was).Error)
			must(t, owner.Exec("UPDATE ledger_leaves SET hash = (SELECT hash FROM ledger_leaves WHERE idx = 0) WHERE idx = 1").Error)
			_, err := i.Sequence(t.Context())
			if err == nil || !strings.Contains(err.Error(), "the log was changed") {
				t.Errorf("%v", err)
			}
			must(t, owner.Exec("UPDATE ledger_leaves SET hash = ? WHERE idx = 1", was.Hash).Error)
			must(t, i.Drain(t.Context()))
			i.agree(t, db.DB)
		})
	})
}

var errUndo = errors.New("undo")

// unguarded is a connection of the database's owner with every guard off; on SQLite the guards are gone for everybody.
func unguarded(t testing.TB, db *dbtest.DB) *gorm.DB {
	t.Helper()
	owner := db.Owner(t)
	if models.IsPostgres(owner) {
		pool, err := owner.DB()
		must(t, err)
		pool.SetMaxOpenConns(1)
		must(t, owner.Exec("SET session_replication_role = replica").Error)
		return owner
	}
	var triggers []string
	must(t, owner.Raw("SELECT name FROM sqlite_master WHERE type = 'trigger'").Scan(&triggers).Error)
	for _, name := range triggers {
		if name != "ledger_entries_queue" {
			must(t, owner.Exec("DROP TRIGGER "+name).Error)
		}
	}
	return owner
}

// Several instances sequence at once while people write: every entry is numbered once, in one log.
func TestInstancesSequenceTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		const servers, writers, each = 3, 4, 60
		keys, _ := keysOf(t, "test.example/log")
		ctx, stop := context.WithCancel(t.Context())
		var running, writing sync.WaitGroup
		for range servers {
			i := newInstance(t, db.DB, keys)
			running.Go(func() { i.Run(ctx) })
			for range writers {
				writing.Go(func() {
					for range each {
						i.enter(t)
					}
				})
			}
		}
		writing.Wait()
		i := newInstance(t, db.DB, keys)
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if n, _, err := i.Waiting(t.Context(), 1); err == nil && n == 0 {
				break
			}
		}
		stop()
		running.Wait()
		if r := i.agree(t, db.DB); r.Entries != servers*writers*each || r.Waiting != 0 {
			t.Errorf("%d entries, %d waiting; want %d", r.Entries, r.Waiting, servers*writers*each)
		}
	})
}
