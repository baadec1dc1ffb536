package signals

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"evenhand/favor"
	"evenhand/models"
)

// How often the board of a marketplace is computed for those who decide on requests, and how long one attempt may take.
const (
	keptFor  = 15 * time.Minute
	keptTurn = 10 * time.Minute
)

// Keep computes the boards that are older than a quarter of an hour, and keeps which pairs stood out. Every instance may
// run it at the same time: whoever takes a board's lease computes it. Killed at any line, the board before it stays, and
// once the lease has run out the next one begins anew. It returns how many boards it computed.
func (s *Signals) Keep(ctx context.Context) (int, error) {
	db := s.db.WithContext(ctx)
	var markets []models.Marketplace
	err := db.Where(`NOT EXISTS (SELECT 1 FROM kept_boards b WHERE b.marketplace_id = marketplaces.id
		AND (b.computed_at > ? OR b.lease_until > ?))`, s.now().Add(-keptFor), s.now()).Order("id").Find(&markets).Error
	if err != nil {
		return 0, models.Translate(err)
	}
	n := 0
	for _, m := range markets {
		done, err := s.keep(ctx, m)
		if err != nil {
			return n, err
		}
		if done {
			n++
		}
	}
	return n, nil
}

func (s *Signals) keep(ctx context.Context, m models.Marketplace) (bool, error) {
	until, mine, err := s.lease(ctx, m.ID)
	if err != nil || !mine {
		return false, err
	}
	at := s.now()
	b := Board{From: at.Add(-period), To: at}
	if err := s.compute(s.db.WithContext(ctx), m, &b); err != nil {
		return false, err
	}
	done := false
	err = models.InTx(ctx, s.db, func(tx *gorm.DB) error {
		compared, alarms := 0, []models.KeptAlarm(nil)
		if b.Report != nil {
			compared, alarms = b.Report.Compared, alarmsOf(m.ID, b.Report.Cells)
		}
		res := tx.Model(&models.KeptBoard{}).Where("marketplace_id = ? AND lease_until = ?", m.ID, until).
			Updates(map[string]any{"computed_at": at, "since": b.From, "compared": compared, "lease_until": nil})
		if res.Error != nil || res.RowsAffected != 1 { // somebody else has the lease by now
			return res.Error
		}
		if err := tx.Where("marketplace_id = ?", m.ID).Delete(&models.KeptAlarm{}).Error; err != nil {
			return err
		}
		if len(alarms) > 0 {
			if err := tx.CreateInBatches(alarms, 500).Error; err != nil {
				return err
			}
		}
		done = true
		return nil
	})
	return done && err == nil, err
}

// lease takes the turn at a board, until a time that is this turn's own.
func (s *Signals) lease(ctx context.Context, marketplace string) (until time.Time, mine bool, err error) {
	now := s.now()
	until = models.At(now.Add(keptTurn))
	err = models.InTx(ctx, s.db, func(tx *gorm.DB) error {
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&models.KeptBoard{MarketplaceID: marketplace}).Error; err != nil {
			return err
		}
		res := tx.Model(&models.KeptBoard{}).Where("marketplace_id = ? AND (lease_until IS NULL OR lease_until <= ?)", marketplace, now).
			Where("computed_at IS NULL OR computed_at <= ?", now.Add(-keptFor)).Update("lease_until", until)
		mine = res.RowsAffected == 1
		return res.Error
	})
	return until, mine && err == nil, err
}

// alarmsOf are the pairs that stand out.
func alarmsOf(marketplace string, cells []favor.Cell) []models.KeptAlarm {
	var out []models.KeptAlarm
	for _, x := range cells {
		if x.Alarm {
			out = append(out, models.KeptAlarm{
				MarketplaceID: marketplace, ModeratorID: x.Row, SellerID: x.Col,
				Exposure: int(x.Exposure), Observed: x.Observed, Expected: x.Expected,
			})
		}
	}
	return out
}
