package ledger

import (
	"context"
	"slices"
	"strings"
	"time"

	"evenhand/models"
	"evenhand/witness"
)

// Status is how the log stands.
type Status struct {
	Checkpoint models.LedgerCheckpoint
	Waiting    int       // entries without a number, counted up to a bound
	Since      time.Time // when the oldest of them was written
	Released   int64
	Witnesses  []models.LedgerCosignature // the newest of each; Size 0 for a configured one that never cosigned
	Recent     []Signed                   // newest first
}

// Signed is a checkpoint, what it added to the one before, and who cosigned it.
type Signed struct {
	models.LedgerCheckpoint
	Added     int64
	Witnesses []string
}

// Status reads how the log stands, with the newest checkpoints.
func (l *Log) Status(ctx context.Context, recent, mostWaiting int) (Status, error) {
	var s Status
	var err error
	if s.Checkpoint, err = l.Checkpoint(ctx); err != nil {
		return s, err
	}
	if s.Waiting, s.Since, err = l.Waiting(ctx, mostWaiting); err != nil {
		return s, err
	}
	if s.Released, err = l.releasedBy(ctx, s.Checkpoint); err != nil {
		return s, err
	}
	if s.Witnesses, err = l.Cosigned(ctx); err != nil {
		return s, err
	}
	for _, w := range l.witnesses {
		name := nameOf(w)
		if !slices.ContainsFunc(s.Witnesses, func(c models.LedgerCosignature) bool { return c.Witness == name }) {
			s.Witnesses = append(s.Witnesses, models.LedgerCosignature{Witness: name})
		}
	}
	s.Recent, err = l.recent(ctx, recent)
	return s, err
}

func (l *Log) recent(ctx context.Context, n int) ([]Signed, error) {
	db := l.db.WithContext(ctx)
	var rows []models.LedgerCheckpoint
	if err := db.Order("size DESC").Limit(n + 1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, models.Translate(err)
	}
	var by []models.LedgerCosignature
	if err := db.Select("size", "witness").Where("size >= ?", rows[len(rows)-1].Size).Order("size, witness").Find(&by).Error; err != nil {
		return nil, models.Translate(err)
	}
	out := make([]Signed, 0, n)
	for i, c := range rows[:min(n, len(rows))] {
		x := Signed{LedgerCheckpoint: c, Added: c.Size}
		if i+1 < len(rows) {
			x.Added -= rows[i+1].Size
		}
		for _, w := range by {
			if w.Size == c.Size {
				x.Witnesses = append(x.Witnesses, w.Witness)
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// Counts says whether a witness's cosignature counts towards the quorum.
func (l *Log) Counts(name string) bool {
	return slices.ContainsFunc(l.witnesses, func(v witness.Verifier) bool { return nameOf(v) == name })
}

// Note is the newest checkpoint as it is served: the signed note, and under it the cosignatures that it has so far.
func (l *Log) Note(ctx context.Context) (string, error) {
	c, err := l.Checkpoint(ctx)
	if err != nil {
		return "", err
	}
	if c.Size == 0 {
		return "", models.E(models.NotFound, "empty_log", "There is no checkpoint yet.")
	}
	var lines []string
	err = l.db.WithContext(ctx).Model(&models.LedgerCosignature{}).Where("size = ?", c.Size).Order("witness").Pluck("line", &lines).Error
	return c.Note + strings.Join(lines, ""), models.Translate(err)
}
