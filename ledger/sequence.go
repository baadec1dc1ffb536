package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"

	"evenhand/models"
)

// Sequencer gives committed entries their numbers, extends the tree over them and signs a checkpoint: the one serial
// place of the product, in batches and off every request's path. Each instance runs one; a lock in the database lets
// one of them work at a time, and falls to another as soon as the database notices that its holder is gone.
type Sequencer struct {
	db    *gorm.DB
	now   models.Clock
	keys  Keys
	nudge <-chan struct{}
}

// NewSequencer makes the sequencer of l's database, which signs with keys.
func NewSequencer(l *Ledger, keys Keys) *Sequencer {
	return &Sequencer{db: l.db, now: l.now, keys: keys, nudge: l.nudge}
}

const (
	mostPerBatch = 4096
	pollEvery    = 100 * time.Millisecond // for entries of other instances and of commands
	breathe      = 40 * time.Millisecond  // between batches under load, so that they are worth their signature
	holdNoLonger = "5s"                   // how long the lock outlives an instance that hangs in a batch
	clockSlack   = 5 * time.Second        // by how much the clocks of two instances may differ

	sequencerLock = 0x65766e68 // "evnh"; the number of PostgreSQL's advisory lock
)

// Run sequences until ctx ends. What fails is logged when it begins to fail and when it is over, and tried again:
// meanwhile entries wait, and so do their effects.
func (s *Sequencer) Run(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	failing := ""
	for ctx.Err() == nil {
		n, err := s.Sequence(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && err.Error() != failing:
			failing = err.Error()
			slog.Error("sequencer", "error", failing)
		case err == nil && failing != "":
			failing = ""
			slog.Info("sequencer: working again")
		}
		if n > 0 {
			wait(ctx, breathe)
			continue
		}
		select {
		case <-ctx.Done():
		case <-s.nudge:
		case <-tick.C:
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Sequence numbers one batch of the entries that wait, under one new checkpoint, and returns how many. It returns 0
// when none waits or another instance is at it.
func (s *Sequencer) Sequence(ctx context.Context) (int, error) {
	var waiting bool
	if err := s.db.WithContext(ctx).Raw("SELECT EXISTS (SELECT 1 FROM ledger_pending)").Scan(&waiting).Error; err != nil || !waiting {
		return 0, models.Translate(err)
	}
	n := 0
	err := models.InTx(ctx, s.db, func(tx *gorm.DB) error {
		mine, err := models.TryLock(tx, sequencerLock, holdNoLonger)
		if err != nil || !mine {
			return err
		}
		n, err = s.batch(tx)
		return err
	})
	return n, err
}

// Drain sequences until nothing waits.
func (s *Sequencer) Drain(ctx context.Context) error {
	for {
		n, err := s.Sequence(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// batch does the work, holding the lock.
func (s *Sequencer) batch(tx *gorm.DB) (int, error) {
	last, err := lastCheckpoint(tx)
	if err != nil {
		return 0, err
	}
	t, err := s.resume(tx, last)
	if err != nil {
		return 0, err
	}
	var entries []models.LedgerEntry
	err = tx.Select("ledger_entries.id", "ledger_entries.act", "ledger_entries.outcome", "ledger_entries.body").
		Joins("JOIN ledger_pending p ON p.entry_id = ledger_entries.id").Order("p.entry_id").Limit(mostPerBatch).Find(&entries).Error
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	at, err := s.clock(last, entries)
	if err != nil {
		return 0, err
	}
	if err := number(tx, &t, entries); err != nil {
		return 0, err
	}
	root := t.root()
	signed, err := s.keys.Sign(t.size, root)
	if err != nil {
		return 0, err
	}
	models.AtCommit(tx).Insert(&models.LedgerCheckpoint{Size: t.size, At: at, Root: root[:], Note: signed})
	return len(entries), nil
}

// number appends entries to the tree, stores what that adds to it, and takes them off the queue. What is hashed is
// the body as it stands: an entry that was written past the program is numbered too, for good, and verify judges it.
func number(tx *gorm.DB, t *tree, entries []models.LedgerEntry) error {
	leaves := make([]models.LedgerLeaf, len(entries))
	ids := make([]string, len(entries))
	var tiles []models.LedgerTile
	for i, e := range entries {
		hash := tlog.RecordHash([]byte(e.Body))
		leaves[i], ids[i] = models.LedgerLeaf{Idx: t.size, EntryID: e.ID, Hash: hash[:]}, e.ID
		for _, full := range t.append(hash) {
			tiles = append(tiles, models.LedgerTile{Level: full.level, N: full.n, Root: full.root[:], Hashes: joinHashes(full.hashes)})
		}
	}
	if err := tx.CreateInBatches(leaves, 1000).Error; err != nil {
		return err
	}
	if len(tiles) > 0 {
		if err := tx.Create(&tiles).Error; err != nil {
			return err
		}
	}
	return models.DeleteIn(tx, "ledger_pending", "entry_id", ids)
}

// resume reads the tree where the last checkpoint left it, and goes on only if that checkpoint is ours and true: a
// lost key or a rewritten log must stop the signing, not be signed over.
func (s *Sequencer) resume(tx *gorm.DB, last models.LedgerCheckpoint) (tree, error) {
	t, err := loadTree(tx, last.Size)
	if err != nil || last.Size == 0 {
		return t, err
	}
	signed, err := s.keys.Open(last.Note)
	if err != nil {
		return t, fmt.Errorf("the last checkpoint (%d entries) isn't ours: %w; bring the log's key back, or keep the old one in its file beside the new one", last.Size, err)
	}
	root := t.root()
	if signed.Size != last.Size || signed.Root != root || !bytes.Equal(last.Root, root[:]) {
		return t, fmt.Errorf("the log was changed: its first %d entries don't have the root that the checkpoint says; `evenhand verify` names what", last.Size)
	}
	return t, nil
}

// errClock is a clock that reads earlier than it did.
var errClock = errors.New("the clock goes backwards")

// ActClock is the act by which somebody puts on record that the clock was wrong and has been set back; from its entry
// on, checkpoints may be dated earlier than those before.
const ActClock = "ledger.clock"

func setsClock(e *models.LedgerEntry) bool {
	return e.Act == ActClock && e.Outcome == models.OutcomeDone
}

// clock is the time to put on the next checkpoint: never earlier than the last one's, unless one of the entries says
// that the clock was set back.
func (s *Sequencer) clock(last models.LedgerCheckpoint, entries []models.LedgerEntry) (time.Time, error) {
	now := s.now()
	switch {
	case !now.Before(last.At), slices.ContainsFunc(entries, func(e models.LedgerEntry) bool { return setsClock(&e) }):
		return now, nil
	case last.At.Sub(now) <= clockSlack:
		return last.At, nil
	}
	return now, fmt.Errorf("%w: it reads %s, and the last checkpoint was signed at %s; nothing is signed until it is right. If it was that time which was wrong, put it on record with `evenhand ledger clock`",
		errClock, now.Format(time.RFC3339), last.At.UTC().Format(time.RFC3339))
}

// Keys is what this sequencer signs with.
func (s *Sequencer) Keys() Keys { return s.keys }
