package moderation

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// unsentFor is how long a file waits for its request.
const unsentFor = 24 * time.Hour

// sweepBatch bounds how many files a sweep reads at once.
const sweepBatch = 100

// errSwept is a file that another instance swept, or that a request got, at this very moment.
var errSwept = errors.New("swept meanwhile")

// SweepFiles empties the files whose request was never sent, a day after they were uploaded, and returns how many. The
// rows stay, for their entries. Every instance may run it at the same time, and killed at any line it goes on at the
// next call.
func (d *Desk) SweepFiles(ctx context.Context) (int, error) {
	n := 0
	for {
		var old []models.Attachment
		err := d.db.WithContext(ctx).Select("marketplace_id", "id").
			Where("proposal_id IS NULL AND swept_at IS NULL AND erased_at IS NULL AND created_at <= ?", d.now().Add(-unsentFor)).
			Order("created_at, id").Limit(sweepBatch).Find(&old).Error
		if err != nil || len(old) == 0 {
			return n, models.Translate(err)
		}
		for _, a := range old {
			err := d.sweepFile(ctx, a)
			if errors.Is(err, errSwept) {
				continue
			}
			if err != nil {
				return n, err
			}
			n++
		}
	}
}

func (d *Desk) sweepFile(ctx context.Context, a models.Attachment) error {
	entry := &ledger.Entry{Marketplace: a.MarketplaceID, Act: "evidence.sweep", SubjectType: "attachment", SubjectID: a.ID}
	return d.ledger.Act(ctx, models.System("sweep"), entry, func(tx *gorm.DB) error {
		res := tx.Model(&models.Attachment{}).
			Where("marketplace_id = ? AND id = ? AND proposal_id IS NULL AND swept_at IS NULL AND erased_at IS NULL", a.MarketplaceID, a.ID).
			Updates(map[string]any{"name": "", "content": []byte{}, "swept_at": entry.At})
		if res.Error == nil && res.RowsAffected != 1 {
			return errSwept
		}
		return res.Error
	})
}
