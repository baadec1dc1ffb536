package moderation

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"evenhand/ledger"
	"evenhand/models"
)

// Seeds are revealed a while after their period, so that an instance whose clock is behind doesn't still draw from one
// that the others have published; and committed to a while before, so that midnight finds one.
const (
	revealAfter = 10 * time.Minute
	commitAhead = time.Minute
)

// drawing is who the system is when it commits to seeds and draws approvers.
var drawing = models.System("draws")

// errThere rolls a transaction back that another instance was faster with. Nothing was attempted.
var errThere = errors.New("another instance was first")

// seeded makes sure that a draw which begins now finds its period's seed committed to.
func (d *Desk) seeded(ctx context.Context, marketplace string) error {
	now := d.now()
	if err := d.commit(ctx, marketplace, periodOf(now)); err != nil {
		return err
	}
	if soon := periodOf(now.Add(commitAhead)); soon != periodOf(now) {
		return d.commit(ctx, marketplace, soon)
	}
	return nil
}

// commit commits to the seed of a period, in a transaction of its own, unless that has been done.
func (d *Desk) commit(ctx context.Context, marketplace, period string) error {
	if there, err := committed(d.db.WithContext(ctx), marketplace, period); err != nil || there {
		return models.Translate(err)
	}
	seed, err := seedOf(d.key, marketplace, period)
	if err != nil {
		return err
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: "draws.commit", SubjectType: "period", SubjectID: period}
	err = d.ledger.Act(ctx, drawing, entry, func(tx *gorm.DB) error {
		if there, err := committed(tx, marketplace, period); err != nil || there {
			return cmp.Or(err, errThere)
		}
		row := models.DrawSeed{MarketplaceID: marketplace, Period: period, ID: entry.ID, Commitment: commitmentTo(seed)}
		entry.Set("period", period)
		entry.Set("commitment", hex.EncodeToString(row.Commitment))
		res := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		if res.Error == nil && res.RowsAffected == 0 {
			return errThere
		}
		return res.Error
	})
	if errors.Is(err, errThere) {
		return nil
	}
	return err
}

func committed(db *gorm.DB, marketplace, period string) (bool, error) {
	var n int64
	err := db.Model(&models.DrawSeed{}).Where("marketplace_id = ? AND period = ?", marketplace, period).Count(&n).Error
	return n > 0, err
}

// seedAt gives the seed of the draws that are made at a time, and makes sure that it is the one committed to.
func (d *Desk) seedAt(tx *gorm.DB, marketplace string, at time.Time) ([]byte, models.DrawSeed, error) {
	var row models.DrawSeed
	err := models.Translate(tx.Where("marketplace_id = ? AND period = ? AND seed IS NULL", marketplace, periodOf(at)).Take(&row).Error)
	if models.IsKind(err, models.NotFound) {
		return nil, row, models.E(models.Unavailable, "no_seed", "Nothing is drawn at this very moment; try again.")
	}
	if err != nil {
		return nil, row, err
	}
	seed, err := seedOf(d.key, marketplace, row.Period)
	if err == nil && !bytes.Equal(commitmentTo(seed), row.Commitment) {
		err = models.E(models.Conflict, "other_seed", "Today's draws were committed to under another seal key. Nothing is drawn with this one.")
	}
	return seed, row, err
}

// reveal publishes the seeds of the periods that are over, each in a transaction of its own, and returns how many.
func (d *Desk) reveal(ctx context.Context) (int, error) {
	var over []models.DrawSeed
	err := d.db.WithContext(ctx).Select("marketplace_id", "period", "commitment").
		Where("seed IS NULL AND period < ?", periodOf(d.now().Add(-revealAfter))).Order("period, marketplace_id").Find(&over).Error
	if err != nil {
		return 0, models.Translate(err)
	}
	n := 0
	for _, s := range over {
		switch err := d.revealOne(ctx, s); {
		case errors.Is(err, errThere):
		case err != nil:
			return n, err
		default:
			n++
		}
	}
	return n, nil
}

func (d *Desk) revealOne(ctx context.Context, s models.DrawSeed) error {
	seed, err := seedOf(d.key, s.MarketplaceID, s.Period)
	if err != nil || !bytes.Equal(commitmentTo(seed), s.Commitment) {
		return cmp.Or(err, errThere) // it isn't ours to reveal; verify names it
	}
	entry := &ledger.Entry{Marketplace: s.MarketplaceID, Act: "draws.reveal", SubjectType: "period", SubjectID: s.Period}
	entry.Set("period", s.Period)
	entry.Set("seed", hex.EncodeToString(seed))
	return d.ledger.Act(ctx, drawing, entry, func(tx *gorm.DB) error {
		res := tx.Model(&models.DrawSeed{}).Where("marketplace_id = ? AND period = ? AND seed IS NULL", s.MarketplaceID, s.Period).
			Updates(map[string]any{"reveal_id": entry.ID, "seed": seed})
		if res.Error == nil && res.RowsAffected == 0 {
			return errThere
		}
		return res.Error
	})
}
