package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/witness"
)

// Log reads the log: what pages show of it and what is served under /ledger.
type Log struct {
	db        *gorm.DB
	public    Public
	witnesses []witness.Verifier // whose cosignatures count
	edges     *edges
	checked   atomic.Pointer[string] // the note of the newest checkpoint whose signature has been checked
	quorum    int                    // how many of them an effect waits for
}

// NewLog makes the reader of l's log. Where quorum isn't 0, nothing takes effect outside before that many of the
// witnesses have cosigned.
func NewLog(l *Ledger, public Public, witnesses []witness.Endpoint, quorum int) *Log {
	out := &Log{db: l.db, public: public, quorum: quorum, edges: &edges{}}
	for _, w := range witnesses {
		out.witnesses = append(out.witnesses, w.Key)
	}
	return out
}

// Public is the log's name and keys.
func (l *Log) Public() Public { return l.public }

// Quorum is how many witnesses an effect waits for, of how many.
func (l *Log) Quorum() (needed, of int) { return l.quorum, len(l.witnesses) }

// Checkpoint is the newest checkpoint; Size 0 where there is none. One that isn't signed by the log's keys is an error,
// not a checkpoint: whoever can write rows could have made it, to have effects leave before they are on record.
func (l *Log) Checkpoint(ctx context.Context) (models.LedgerCheckpoint, error) {
	c, err := Newest(l.db.WithContext(ctx))
	if err != nil || c.Size == 0 {
		return c, err
	}
	if known := l.checked.Load(); known != nil && *known == c.Note {
		return c, nil
	}
	signed, err := l.public.Open(c.Note)
	if err == nil && (signed.Size != c.Size || !bytes.Equal(signed.Root[:], c.Root)) {
		err = errors.New("it says something else than its row")
	}
	if err != nil {
		return models.LedgerCheckpoint{}, fmt.Errorf("the newest checkpoint (%d entries): %w", c.Size, err)
	}
	l.checked.Store(&c.Note)
	return c, nil
}

// Newest is the newest row of the checkpoints, whoever has signed it; Size 0 where there is none.
func Newest(db *gorm.DB) (models.LedgerCheckpoint, error) {
	c, err := lastCheckpoint(db)
	return c, models.Translate(err)
}

// Cosigned is the newest cosignature of each witness that ever gave one.
func (l *Log) Cosigned(ctx context.Context) ([]models.LedgerCosignature, error) {
	var out []models.LedgerCosignature
	err := l.db.WithContext(ctx).Raw(`SELECT c.* FROM ledger_cosignatures c
		JOIN (SELECT witness, max(size) AS size FROM ledger_cosignatures GROUP BY witness) m ON m.witness = c.witness AND m.size = c.size
		ORDER BY c.witness`).Scan(&out).Error
	return out, models.Translate(err)
}

// Released is how many entries, from the first on, a signed checkpoint includes that enough witnesses stand by:
// effects of later entries don't leave yet, and no page calls them done.
func (l *Log) Released(ctx context.Context) (int64, error) {
	newest, err := l.Checkpoint(ctx)
	if err != nil {
		return 0, err
	}
	return l.releasedBy(ctx, newest)
}

// releasedBy is Released for who has asked for the newest checkpoint.
func (l *Log) releasedBy(ctx context.Context, newest models.LedgerCheckpoint) (int64, error) {
	if l.quorum == 0 {
		return newest.Size, nil
	}
	cosigned, err := l.Cosigned(ctx)
	if err != nil {
		return 0, err
	}
	var sizes []int64 // a witness that cosigned a later checkpoint stands by all that is before
	for _, row := range cosigned {
		i := slices.IndexFunc(l.witnesses, func(v witness.Verifier) bool { return nameOf(v) == row.Witness })
		if i >= 0 && l.standsBy(ctx, l.witnesses[i], row) {
			sizes = append(sizes, row.Size)
		}
	}
	if len(sizes) < l.quorum {
		return 0, nil
	}
	slices.Sort(sizes)
	return sizes[len(sizes)-l.quorum], nil
}

// Place is where an entry stands in the log.
type Place struct {
	Index      int64 // from 0
	Checkpoint int64 // the size of the first checkpoint that includes it
	Released   bool  // its effect may leave
}

// Places finds entries in the log. Those that have no number yet are not in the answer.
func (l *Log) Places(ctx context.Context, ids ...string) (map[string]Place, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	newest, err := l.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	released, err := l.releasedBy(ctx, newest)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		EntryID         string
		Idx, Checkpoint int64
	}
	err = l.db.WithContext(ctx).Raw(`SELECT entry_id, idx, COALESCE((SELECT min(size) FROM ledger_checkpoints WHERE size > idx AND size <= ?), 0) AS checkpoint
		FROM ledger_leaves WHERE entry_id IN ?`, newest.Size, ids).Scan(&rows).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	out := make(map[string]Place, len(rows))
	for _, r := range rows {
		out[r.EntryID] = Place{Index: r.Idx, Checkpoint: r.Checkpoint, Released: r.Idx < released}
	}
	return out, nil
}

// awaitStep is how often Await looks.
const awaitStep = 15 * time.Millisecond

// Await waits until an entry's effect may leave, at most for so long, and says whether it may.
func (l *Log) Await(ctx context.Context, id string, most time.Duration) bool {
	deadline := time.Now().Add(most)
	for {
		places, err := l.Places(ctx, id)
		if err != nil || places[id].Released || time.Now().After(deadline) {
			return places[id].Released
		}
		wait(ctx, awaitStep)
	}
}

// Waiting counts the entries that have no number yet, up to most, and says since when the oldest waits.
func (l *Log) Waiting(ctx context.Context, most int) (int, time.Time, error) {
	var oldest []time.Time
	err := l.db.WithContext(ctx).Table("ledger_pending p").Joins("JOIN ledger_entries e ON e.id = p.entry_id").
		Order("p.entry_id").Limit(most).Pluck("e.at", &oldest).Error
	if err != nil || len(oldest) == 0 {
		return 0, time.Time{}, models.Translate(err)
	}
	return len(oldest), slices.MinFunc(oldest, time.Time.Compare), nil
}
