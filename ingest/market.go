package ingest

import (
	"context"
	"errors"
	"regexp"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"evenhand/ledger"
	"evenhand/models"
)

var marketplaceID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

func checkMarketplaceID(id string) error {
	if !marketplaceID.MatchString(id) {
		return models.InvalidField("marketplace", "%.60q can't be a marketplace's id: want 1 to 40 lower-case letters, digits and hyphens, no hyphen first.", id)
	}
	return nil
}

// What a marketplace begins with.
const (
	firstNegative = 2
	firstTTL      = 72
	firstLease    = 10
)

// errNothing rolls a transaction back that turned out to have nothing to do.
var errNothing = errors.New("nothing to do")

// openMarket reads the marketplace's settings; a marketplace that isn't there is added.
func (r *run) openMarket(ctx context.Context) error {
	m := models.Marketplace{
		ID: r.options.Marketplace, Name: r.options.Marketplace, NegativeAtOrBelow: firstNegative,
		ProposalTTLHours: firstTTL, LeaseMinutes: firstLease, ApproversDrawn: true, LooksPer10000: models.FirstLooks, StatementLanguage: models.FirstLanguage,
		HoldMinutes: models.FirstHoldMinutes, BlindParties: models.FirstBlind, BlindRequester: models.FirstBlind,
	}
	found, err := r.findMarket(ctx)
	if err != nil || found != nil {
		r.market = found
		return err
	}
	entry := &ledger.Entry{Marketplace: m.ID, Act: "marketplace.add", SubjectType: "marketplace", SubjectID: m.ID}
	err = r.ledger.Act(ctx, r.actor, entry, func(tx *gorm.DB) error {
		var there int64 // SQLite's guard would refuse the second of two; on PostgreSQL it isn't seen yet
		if err := tx.Model(&models.Marketplace{}).Where("id = ?", m.ID).Count(&there).Error; err != nil {
			return err
		}
		if there > 0 {
			return errNothing
		}
		m.CreatedAt = entry.At
		entry.Data = models.SettingsOf(m)
		res := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&m)
		if res.Error == nil && res.RowsAffected == 0 {
			return errNothing // another import added it just now
		}
		return res.Error
	})
	if err == nil && r.options.Added != nil {
		r.options.Added(m.ID)
	}
	if err != nil && !errors.Is(err, errNothing) {
		return err
	}
	r.market, err = r.findMarket(ctx)
	return err
}

// findMarket gives nil where there is none.
func (r *run) findMarket(ctx context.Context) (*models.Marketplace, error) {
	var found []models.Marketplace
	err := r.db.WithContext(ctx).Where("id = ?", r.options.Marketplace).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, models.Translate(err)
	}
	return &found[0], nil
}
