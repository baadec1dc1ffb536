// Package rulebook keeps the rules by which a marketplace's tickets are sent to queues, and guarantees that other rules come
// into force only by two administrators, as they were shown, and in one line of versions. What the rules say of a ticket is
// package routing's to know; sending it there is the desk's.
package rulebook

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/routing"
)

// Book holds the rules of all marketplaces.
type Book struct {
	db     *gorm.DB
	now    models.Clock
	rights *rbac.Enforcer
	ledger *ledger.Ledger
	engine *approval.Engine
}

// New makes it and registers its kind of proposal.
func New(db *gorm.DB, now models.Clock, rights *rbac.Enforcer, l *ledger.Ledger, e *approval.Engine) *Book {
	e.Register(kind())
	return &Book{db: db, now: now, rights: rights, ledger: l, engine: e}
}

// InForce is the version of the rules in force now, and the rules. Version 0 are the program's own.
func InForce(db *gorm.DB, marketplace string) (int, routing.Set, error) {
	var last []models.RuleSet
	err := db.Where("marketplace_id = ?", marketplace).Order("version DESC").Limit(1).Find(&last).Error
	if err != nil || len(last) == 0 {
		return 0, routing.BuiltIn(), models.Translate(err)
	}
	set, err := Parse(last[0].Rules)
	return last[0].Version, set, err
}

// Parse reads rules as they are kept.
func Parse(text string) (routing.Set, error) {
	var s routing.Set
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("rules that can't be read: %w", err)
	}
	return s, nil
}

// everySet are all sets that were ever in force, by version.
func everySet(db *gorm.DB, marketplace string) (map[int]routing.Set, error) {
	var rows []models.RuleSet
	if err := db.Where("marketplace_id = ?", marketplace).Find(&rows).Error; err != nil {
		return nil, models.Translate(err)
	}
	out := map[int]routing.Set{0: routing.BuiltIn()}
	for _, r := range rows {
		set, err := Parse(r.Rules)
		if err != nil {
			return nil, err
		}
		out[r.Version] = set
	}
	return out, nil
}

// Rules are the rules in force, as those see them who may.
type Rules struct {
	Version int // 0: the program's own
	Set     routing.Set
	Since   time.Time // zero: from the beginning
}

// Rules gives a marketplace's rules in force.
func (b *Book) Rules(ctx context.Context, actor models.Actor, marketplace string) (Rules, error) {
	if err := b.mayRead(ctx, actor, marketplace, "marketplace", marketplace); err != nil {
		return Rules{}, err
	}
	db := b.db.WithContext(ctx)
	version, set, err := InForce(db, marketplace)
	r := Rules{Version: version, Set: set}
	if err != nil || version == 0 {
		return r, err
	}
	var row models.RuleSet
	err = db.Select("in_force_at").Where("marketplace_id = ? AND version = ?", marketplace, version).Take(&row).Error
	r.Since = row.InForceAt
	return r, models.Translate(err)
}

// mayRead puts a refused look on record.
func (b *Book) mayRead(ctx context.Context, actor models.Actor, marketplace, subjectType, subject string) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: noun + ".read", SubjectType: subjectType, SubjectID: subject}
	return b.ledger.OnRecord(ctx, actor, entry, b.rights.Authorize(b.db.WithContext(ctx), actor, marketplace, object, "read"))
}
