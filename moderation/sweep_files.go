package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// unsentFor is how long a file waits for its request.
const unsentFor = 24 * time.Hour

// SweepFiles empties the files whose request was never sent, a day after they were uploaded, and returns how many. The
// rows stay, for their entries.
func (d *Desk) SweepFiles(ctx context.Context) (int, error) {
	return sweepEach(func(old *[]models.Attachment) error {
		return d.db.WithContext(ctx).Select("marketplace_id", "id").
			Where("proposal_id IS NULL AND swept_at IS NULL AND erased_at IS NULL AND created_at <= ?", d.now().Add(-unsentFor)).
			Order("created_at, id").Limit(sweepBatch).Find(old).Error
	}, func(a models.Attachment) error { return d.sweepFile(ctx, a) })
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
