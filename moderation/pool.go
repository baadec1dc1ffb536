package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// poolSize is among how many of the most urgent tickets the draw is: wide enough that nobody can wait for one.
const poolSize = 25

// byUrgency is the order of a pool, the most urgent first; tracked.compare is the same in Go.
const byUrgency = "priority DESC, due_at, id"

// Held is the ticket that a moderator holds a lease on now, or nil.
func (d *Desk) Held(ctx context.Context, actor models.Actor, marketplace string) (*models.Ticket, error) {
	return held(d.db.WithContext(ctx), actor, marketplace, d.now())
}

func held(db *gorm.DB, actor models.Actor, marketplace string, now time.Time) (*models.Ticket, error) {
	var t []models.Ticket
	err := db.Where("lease_holder_id = ? AND state = ? AND marketplace_id = ? AND lease_until > ?", actor.ID, models.TicketOpen, marketplace, now).
		Limit(1).Find(&t).Error
	if err != nil || len(t) == 0 {
		return nil, models.Translate(err)
	}
	return &t[0], nil
}

// urgent lists the most urgent tickets that this moderator may be given.
func (d *Desk) urgent(tx *gorm.DB, actor models.Actor, marketplace string) ([]models.Ticket, error) {
	q, err := d.givable(tx, actor, marketplace)
	if err != nil {
		return nil, err
	}
	var pool []models.Ticket
	err = q.Order(byUrgency).Limit(poolSize).Find(&pool).Error
	return pool, err
}

// givable narrows the tickets to those that this moderator may be given now.
func (d *Desk) givable(tx *gorm.DB, actor models.Actor, marketplace string) (*gorm.DB, error) {
	queues, err := d.queues(tx, actor, marketplace)
	if err != nil {
		return nil, err
	}
	q := tx.Where("marketplace_id = ? AND state = ? AND (lease_until IS NULL OR lease_until <= ?)", marketplace, models.TicketOpen, d.now()).
		Where("seller_id NOT IN (SELECT seller_id FROM interests WHERE marketplace_id = ? AND staff_id = ? AND ended_at IS NULL)", marketplace, actor.ID).
		Where("NOT EXISTS (SELECT 1 FROM decisions x WHERE x.marketplace_id = tickets.marketplace_id AND x.ticket_id = tickets.id AND x.moderator_id = ?)", actor.ID).
		Where("NOT EXISTS (SELECT 1 FROM skips x WHERE x.marketplace_id = tickets.marketplace_id AND x.ticket_id = tickets.id AND x.staff_id = ?)", actor.ID)
	q = q.Where(uninvolved, map[string]any{"who": actor.ID})
	skills, err := d.skills(tx, actor, marketplace)
	if err != nil {
		return nil, err
	}
	q = skilled(q, skills)
	if len(queues) > 0 {
		q = q.Where("queue IN ?", queues)
	}
	return q, nil
}

// queues lists the queues that a moderator's grants are limited to; none means all of them.
func (d *Desk) queues(tx *gorm.DB, actor models.Actor, marketplace string) ([]string, error) {
	rights, err := d.rights.View(tx)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, id := range rights.GrantIDs(actor.ID, marketplace, models.RoleModerator) {
		var limited []string
		if err := tx.Model(&models.GrantQueue{}).Where("grant_id = ?", id).Pluck("queue", &limited).Error; err != nil {
			return nil, err
		}
		if len(limited) == 0 {
			return nil, nil
		}
		all = append(all, limited...)
	}
	return all, nil
}

// again leases the ticket that a person drew last, where they let it go undecided and it still waits for them: handing
// back, lapsing and signing out give no second roll. The zero ticket means that there is none.
func (d *Desk) again(ctx context.Context, actor models.Actor, m models.Marketplace) (models.Ticket, error) {
	t, draw, err := d.letGoLast(d.db.WithContext(ctx), actor, m.ID)
	if err != nil || t.ID == "" {
		return t, models.Translate(err)
	}
	entry := &ledger.Entry{Marketplace: m.ID, Act: "ticket.again", SubjectType: "ticket", SubjectID: t.ID}
	entry.Set("draw", draw)
	entry.Set("review", t.ReviewID)
	err = d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := d.mayDraw(tx, actor, m.ID); err != nil {
			return err
		}
		now, _, err := d.letGoLast(tx, actor, m.ID)
		if err != nil {
			return err
		}
		got := false
		if now.ID == t.ID {
			t, got, err = lease(tx, t, actor, entry.At, entry.At.Add(time.Duration(m.LeaseMinutes)*time.Minute))
		}
		if err == nil && !got {
			err = errAllTaken
		}
		return err
	})
	return t, err
}

// letGoLast finds the ticket that a person drew last, if it may be given to them still, and the draw.
func (d *Desk) letGoLast(db *gorm.DB, actor models.Actor, marketplace string) (models.Ticket, string, error) {
	var last models.Draw
	err := db.Select("id", "ticket_id").Where("marketplace_id = ? AND person_id = ?", marketplace, actor.ID).
		Order("period DESC, n DESC").Limit(1).Find(&last).Error
	if err != nil || last.ID == "" {
		return models.Ticket{}, "", err
	}
	q, err := d.givable(db, actor, marketplace)
	if err != nil {
		return models.Ticket{}, "", err
	}
	var t models.Ticket
	err = q.Where("id = ?", last.TicketID).Limit(1).Find(&t).Error
	return t, last.ID, err
}
