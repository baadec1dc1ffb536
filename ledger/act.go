// Package ledger guarantees that nothing happens off the record: an act and its entry commit together or not at all,
// a refused attempt leaves an entry of its own, and Verify names the first place where record and database disagree.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// timeFormat is RFC 3339 with exactly the microseconds that a database keeps.
const timeFormat = "2006-01-02T15:04:05.000000Z"

// Entry is one act, filled in as the act goes. ID and At are set by Act before it begins, so that the rows an act
// writes can carry the id of the entry that explains them.
type Entry struct {
	ID          string
	At          time.Time
	Marketplace string // "" where the act belongs to none
	Act         string // noun.verb, as in removal.approve
	SubjectType string
	SubjectID   string
	Data        map[string]any // no personal data, no free text: ids, codes, counts, digests
}

// Set adds a fact to the entry.
func (e *Entry) Set(key string, value any) {
	if e.Data == nil {
		e.Data = map[string]any{}
	}
	e.Data[key] = value
}

// Ledger writes entries. NewID makes their ids.
type Ledger struct {
	NewID func() string

	db    *gorm.DB
	now   models.Clock
	nudge chan struct{} // tells this instance's sequencer that an entry was committed
}

// New makes the ledger of a database.
func New(db *gorm.DB, now models.Clock) *Ledger {
	return &Ledger{NewID: models.NewID, db: db, now: now, nudge: make(chan struct{}, 1)}
}

// committed wakes the sequencer of this instance, if one runs and isn't awake already.
func (l *Ledger) committed() {
	select {
	case l.nudge <- struct{}{}:
	default:
	}
}

// Act runs fn and writes its entry in one transaction; the entry goes with the COMMIT. When fn fails, nothing that it
// did remains; when it failed because the attempt was refused, the attempt is recorded in a transaction of its own.
// fn's error comes back either way.
func (l *Ledger) Act(ctx context.Context, actor models.Actor, e *Entry, fn func(tx *gorm.DB) error) error {
	e.ID, e.At = l.NewID(), l.now()
	err := models.InTx(ctx, l.db, func(tx *gorm.DB) error {
		if err := fn(tx); err != nil {
			return err
		}
		return l.Append(models.AtCommit(tx), actor, e)
	})
	if err == nil {
		l.committed()
	}
	return l.OnRecord(ctx, actor, e, err)
}

// OnRecord passes err on, after recording it where it is a refusal: what a page does with the answer to "may I look?".
func (l *Ledger) OnRecord(ctx context.Context, actor models.Actor, e *Entry, err error) error {
	var refused *models.Error
	if !errors.As(err, &refused) || !refused.Refusal() {
		return models.Translate(err)
	}
	return l.Refused(ctx, actor, e, refused)
}

// Refused records an attempt that was refused and returns the refusal, or the failure to record it.
func (l *Ledger) Refused(ctx context.Context, actor models.Actor, e *Entry, refusal *models.Error) error {
	r := *e
	r.ID, r.At = l.NewID(), l.now()
	err := models.InTx(ctx, l.db, func(tx *gorm.DB) error {
		return write(models.AtCommit(tx), actor, &r, models.OutcomeRefused, refusal.Code)
	})
	if err != nil {
		return fmt.Errorf("recording a refusal (%s): %w", refusal.Code, err)
	}
	l.committed()
	return refusal
}

// Append adds the entry of something that is done to a batch of the caller's transaction.
func (l *Ledger) Append(b *models.Batch, actor models.Actor, e *Entry) error {
	if e.ID == "" {
		e.ID, e.At = l.NewID(), l.now()
	}
	return write(b, actor, e, models.OutcomeDone, "")
}

func write(batch *models.Batch, actor models.Actor, e *Entry, outcome, code string) error {
	row := models.LedgerEntry{
		ID: e.ID, MarketplaceID: e.Marketplace, At: e.At,
		ActorKind: actor.Kind, ActorID: actor.ID,
		Act: e.Act, SubjectType: e.SubjectType, SubjectID: e.SubjectID,
		Outcome: outcome, Code: code,
	}
	b, err := body(row, e.Data)
	if err != nil {
		return err
	}
	if len(b) > maxBody {
		return fmt.Errorf("ledger: the entry of %s has %d bytes; %d at most", row.Act, len(b), maxBody)
	}
	row.Body, row.Hash = string(b), LeafHash(b)
	batch.Insert(&row)
	return nil
}

// Body is what an entry says, as its canonical JSON holds it.
type Body struct {
	Version     int            `json:"v"`
	ID          string         `json:"id"`
	At          string         `json:"at"`
	Marketplace string         `json:"marketplace"`
	Actor       BodyActor      `json:"actor"`
	Act         string         `json:"act"`
	Subject     BodySubject    `json:"subject"`
	Outcome     string         `json:"outcome"`
	Code        string         `json:"code"`
	Data        map[string]any `json:"data"`
}

// BodyActor is who acted.
type BodyActor struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// BodySubject is what was acted on.
type BodySubject struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func body(row models.LedgerEntry, data map[string]any) ([]byte, error) {
	if data == nil {
		data = map[string]any{}
	}
	return Canonical(map[string]any{ // as Body has it
		"v": 1, "id": row.ID, "at": row.At.UTC().Format(timeFormat), "marketplace": row.MarketplaceID,
		"actor": map[string]any{"kind": row.ActorKind, "id": row.ActorID}, "act": row.Act,
		"subject": map[string]any{"type": row.SubjectType, "id": row.SubjectID},
		"outcome": row.Outcome, "code": row.Code, "data": data,
	})
}
