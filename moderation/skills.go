package moderation

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"evenhand/models"
)

// skills lists what a moderator's grants say they can do.
func (d *Desk) skills(tx *gorm.DB, actor models.Actor, marketplace string) ([]string, error) {
	rights, err := d.rights.View(tx)
	if err != nil {
		return nil, err
	}
	return rights.Skills(tx, marketplace, []string{actor.ID})
}

// skillsOfOthers lists what somebody else at this marketplace can do.
func (d *Desk) skillsOfOthers(tx *gorm.DB, actor models.Actor, marketplace string) ([]string, error) {
	rights, err := d.rights.View(tx)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(rights.People(marketplace), func(p string) bool { return p == actor.ID })
	return rights.Skills(tx, marketplace, others)
}

// Skills lists what a moderator may escalate to now, for their form.
func (d *Desk) Skills(ctx context.Context, actor models.Actor, marketplace string) ([]string, error) {
	out, err := d.skillsOfOthers(d.db.WithContext(ctx), actor, marketplace)
	return out, models.Translate(err)
}

// skilled narrows tickets to those that take no skill, or one of these.
func skilled(q *gorm.DB, skills []string) *gorm.DB {
	return q.Where("skill IN ?", append([]string{""}, skills...))
}
