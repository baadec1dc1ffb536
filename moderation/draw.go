package moderation

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"math/big"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// drawFrom is among how many of the most urgent tickets the draw is: wide enough that nobody can wait for one.
const drawFrom = 25

// Next gives a moderator a ticket. Whoever holds one gets that one again: the way on is to decide or to skip it.
// The draw is at random among the most urgent tickets of the moderator's queues, without those of a seller they have
// an interest in and those that they have decided or skipped before.
func (d *Desk) Next(ctx context.Context, actor models.Actor, marketplace string) (models.Ticket, error) {
	m, err := market(d.db.WithContext(ctx), marketplace)
	if err != nil {
		return models.Ticket{}, err
	}
	for { // goes round again only when another window of this person was given a ticket and is done with it already
		held, err := d.Held(ctx, actor, marketplace)
		if err != nil {
			return models.Ticket{}, err
		}
		if held != nil {
			return *held, nil
		}
		t, err := d.drawOne(ctx, actor, m)
		if !errors.Is(err, errHoldsOne) {
			return t, err
		}
	}
}

// drawOne leases one of the most urgent tickets, on record.
func (d *Desk) drawOne(ctx context.Context, actor models.Actor, m models.Marketplace) (models.Ticket, error) {
	var t models.Ticket
	entry := &ledger.Entry{Marketplace: m.ID, Act: "ticket.draw", SubjectType: "ticket"}
	err := d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPersonAlone(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, m.ID, rbac.Object{Kind: "ticket"}, "draw"); err != nil {
			return err
		}
		pool, err := d.urgent(tx, actor, m.ID)
		if err != nil {
			return err
		}
		entry.Set("pool", len(pool))
		t, err = d.take(tx, pool, actor, entry.At, m.LeaseMinutes)
		entry.SubjectID = t.ID
		entry.Set("review", t.ReviewID)
		entry.Set("queue", t.Queue)
		return err
	})
	return t, err
}

// errHoldsOne is two windows of one person drawing at once: both get the same ticket.
var errHoldsOne error = models.E(models.NotFound, "holds_one", "You hold a ticket already, in another window.")

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
	now := d.now()
	if t, err := held(tx, actor, marketplace, now); err != nil || t != nil {
		return nil, cmp.Or(err, errHoldsOne)
	}
	queues, err := d.queues(tx, actor, marketplace)
	if err != nil {
		return nil, err
	}
	q := tx.Where("marketplace_id = ? AND state = ? AND (lease_until IS NULL OR lease_until <= ?)", marketplace, models.TicketOpen, now).
		Where("seller_id NOT IN (SELECT seller_id FROM interests WHERE marketplace_id = ? AND staff_id = ? AND ended_at IS NULL)", marketplace, actor.ID).
		Where("NOT EXISTS (SELECT 1 FROM decisions x WHERE x.marketplace_id = tickets.marketplace_id AND x.ticket_id = tickets.id AND x.moderator_id = ?)", actor.ID).
		Where("NOT EXISTS (SELECT 1 FROM skips x WHERE x.marketplace_id = tickets.marketplace_id AND x.ticket_id = tickets.id AND x.staff_id = ?)", actor.ID)
	if len(queues) > 0 {
		q = q.Where("queue IN ?", queues)
	}
	var pool []models.Ticket
	err = q.Order("priority DESC, due_at, id").Limit(drawFrom).Find(&pool).Error
	return pool, err
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

// take draws one of the pool and leases it. A ticket that somebody else got meanwhile is drawn again.
func (d *Desk) take(tx *gorm.DB, pool []models.Ticket, actor models.Actor, now time.Time, minutes int) (models.Ticket, error) {
	until := now.Add(time.Duration(minutes) * time.Minute)
	for len(pool) > 0 {
		i, err := d.draw(len(pool))
		if err != nil {
			return models.Ticket{}, err
		}
		t := pool[i]
		res := tx.Model(&models.Ticket{}).
			Where("marketplace_id = ? AND id = ? AND state = ? AND (lease_until IS NULL OR lease_until <= ?)", t.MarketplaceID, t.ID, models.TicketOpen, now).
			Updates(map[string]any{"lease_holder_id": actor.ID, "lease_until": until})
		if res.Error != nil {
			return models.Ticket{}, res.Error
		}
		if res.RowsAffected == 1 {
			t.LeaseHolderID, t.LeaseUntil = &actor.ID, &until
			return t, nil
		}
		pool[i] = pool[len(pool)-1]
		pool = pool[:len(pool)-1]
	}
	return models.Ticket{}, models.E(models.NotFound, "queue_empty", "No ticket waits for you: your queues are empty.")
}

func randomBelow(n int) (int, error) {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		return 0, err
	}
	return int(i.Int64()), nil
}
