// Package moderation is the desk: it hands out tickets, takes decisions, asks for removals and undoes them. A removal
// comes about only through package approval; here stands what it does and who may not judge it.
package moderation

import (
	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Desk is the work at reviews.
type Desk struct {
	db     *gorm.DB
	now    models.Clock
	rights *rbac.Enforcer
	ledger *ledger.Ledger
	engine *approval.Engine
	key    []byte // of which each day's seed is made
}

// New makes the desk and registers its kinds of proposals. The draws' seeds are derived from key.
func New(db *gorm.DB, now models.Clock, rights *rbac.Enforcer, l *ledger.Ledger, e *approval.Engine, key []byte) *Desk {
	for _, k := range removalKinds() {
		e.Register(k)
	}
	return &Desk{db: db, now: now, rights: rights, ledger: l, engine: e, key: key}
}

// market reads a marketplace's settings.
func market(db *gorm.DB, id string) (models.Marketplace, error) {
	var m models.Marketplace
	err := models.Translate(db.Where("id = ?", id).Take(&m).Error)
	if models.IsKind(err, models.NotFound) {
		err = models.E(models.NotFound, "no_marketplace", "There is no marketplace %q.", id)
	}
	return m, err
}

// review reads a review of a marketplace; one of another marketplace isn't there.
func review(db *gorm.DB, marketplace, id string) (models.Review, error) {
	var r models.Review
	err := models.Translate(db.Where("marketplace_id = ? AND id = ?", marketplace, id).Take(&r).Error)
	if models.IsKind(err, models.NotFound) {
		err = noReview(marketplace)
	}
	return r, err
}

func noReview(marketplace string) error {
	return models.E(models.NotFound, "no_review", "There is no such review in marketplace %s.", marketplace)
}

// staleReview is the conflict of a form that shows another text than there is now.
func staleReview() error {
	return models.E(models.Conflict, "stale_form", "The author has changed this review since you opened it. Read it again before you decide.")
}
