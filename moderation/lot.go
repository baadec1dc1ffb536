package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// Seeded makes sure that draws of this moment find a seed that is committed to. It takes transactions of its own.
func (d *Desk) Seeded(ctx context.Context, marketplace string) error {
	return d.seeded(ctx, marketplace)
}

// Lot draws one of a pool of ids for what has the id who, for the n-th time: the same draw as an approver's (Pick).
func (d *Desk) Lot(tx *gorm.DB, marketplace string, at time.Time, who string, n int, pool []string) (models.Lot, error) {
	seed, committed, err := d.seedAt(tx, marketplace, at)
	if err != nil {
		return models.Lot{}, err
	}
	lot := models.Lot{Period: committed.Period, CommitID: committed.ID}
	if lot.Index, err = Pick(seed, who, n, 0, len(pool)); err != nil {
		return lot, err
	}
	lot.Pool, lot.PoolDigest, err = poolOf(pool)
	return lot, err
}

// Place is the place in a pool of size that a revealed seed gives to the n-th draw for who.
func (*Desk) Place(seed []byte, who string, n, size int) (int, error) {
	return Pick(seed, who, n, 0, size)
}
