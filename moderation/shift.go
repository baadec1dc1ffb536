package moderation

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Shifts are what somebody can say about being at work.
var Shifts = []string{models.ShiftOn, models.ShiftBreak, models.ShiftOff}

// SayShift puts on record that somebody is at work, has a break, or is done. Whoever isn't at work isn't drawn for anything
// while others are.
func (d *Desk) SayShift(ctx context.Context, actor models.Actor, marketplace, state string) error {
	if !slices.Contains(Shifts, state) {
		return models.InvalidField("state", "Say that you are on shift, on a break, or off.")
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: "shift.say", SubjectType: "staff", SubjectID: actor.ID}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPersonAlone(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "shift"}, "say"); err != nil {
			return err
		}
		entry.Set("state", state)
		return tx.Create(&models.Shift{MarketplaceID: marketplace, ID: entry.ID, StaffID: actor.ID, State: state, SaidAt: entry.At}).Error
	})
}

// Shift is what somebody said last about being at work, off where they said nothing or it has lapsed.
func (d *Desk) Shift(ctx context.Context, actor models.Actor, marketplace string) (models.Shift, error) {
	var last []models.Shift
	err := d.db.WithContext(ctx).Where("marketplace_id = ? AND staff_id = ? AND said_at > ?", marketplace, actor.ID, d.now().Add(-models.ShiftLasts)).
		Order("said_at DESC, id DESC").Limit(1).Find(&last).Error
	if err != nil || len(last) == 0 {
		return models.Shift{MarketplaceID: marketplace, StaffID: actor.ID, State: models.ShiftOff}, models.Translate(err)
	}
	return last[0], nil
}

// saidLast is what each person of a marketplace said last about being at work, within the time that it holds.
func saidLast(db *gorm.DB, marketplace string, now time.Time) (map[string]models.Shift, error) {
	var said []models.Shift
	err := db.Where("marketplace_id = ? AND said_at > ? AND said_at <= ?", marketplace, now.Add(-models.ShiftLasts), now).Order("said_at, id").Find(&said).Error
	out := map[string]models.Shift{}
	for _, s := range said {
		out[s.StaffID] = s
	}
	return out, err
}

// OnShift narrows people to those who are at work, where any of them are. An unattended desk draws from everybody.
func (d *Desk) OnShift(tx *gorm.DB, marketplace string, people []string) ([]string, error) {
	said, err := saidLast(tx, marketplace, d.now())
	if err != nil {
		return nil, err
	}
	var on []string
	for _, p := range people {
		if said[p].State == models.ShiftOn {
			on = append(on, p)
		}
	}
	if len(on) == 0 {
		return people, nil
	}
	return on, nil
}
