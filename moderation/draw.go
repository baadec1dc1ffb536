package moderation

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Next gives a moderator a ticket. Whoever holds one gets that one again, and so does whoever drew one and let it go
// undecided: the way on is to decide or to skip it, not to come back for a better one.
// The draw is among the most urgent tickets of the moderator's queues, without those of a seller they have an interest
// in and those that they have decided or skipped before. Pick says which.
func (d *Desk) Next(ctx context.Context, actor models.Actor, marketplace string) (models.Ticket, error) {
	m, err := market(d.db.WithContext(ctx), marketplace)
	if err != nil {
		return models.Ticket{}, err
	}
	for { // goes round again only when another window of this person, or everybody else at once, was faster
		held, err := d.Held(ctx, actor, marketplace)
		if err != nil {
			return models.Ticket{}, err
		}
		if held != nil {
			return *held, nil
		}
		t, err := d.again(ctx, actor, m)
		if err == nil && t.ID == "" {
			t, err = d.drawOne(ctx, actor, m)
		}
		if !errors.Is(err, errHoldsOne) && !errors.Is(err, errAllTaken) {
			return t, err
		}
	}
}

// errHoldsOne is two windows of one person drawing at once: both get the same ticket. errAllTaken is a pool of which
// others got every ticket meanwhile. Neither is an attempt at anything, so neither is on record.
var (
	errHoldsOne = errors.New("another window was given a ticket")
	errAllTaken = errors.New("others were given every ticket of the pool")
)

// drawOne leases one of the most urgent tickets, on record.
func (d *Desk) drawOne(ctx context.Context, actor models.Actor, m models.Marketplace) (models.Ticket, error) {
	if err := d.seeded(ctx, m.ID); err != nil {
		return models.Ticket{}, err
	}
	var t models.Ticket
	entry := &ledger.Entry{Marketplace: m.ID, Act: "ticket.draw", SubjectType: "ticket"}
	err := d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := d.mayDraw(tx, actor, m.ID); err != nil {
			return err
		}
		pool, err := d.urgent(tx, actor, m.ID)
		if err != nil {
			return err
		}
		if len(pool) == 0 {
			return models.E(models.NotFound, "queue_empty", "No ticket waits for you: your queues are empty.")
		}
		t, err = d.drawFrom(tx, actor, entry, pool, m)
		return err
	})
	return t, err
}

// mayDraw makes sure, holding the person's lock, that they may be given a ticket and hold none.
func (d *Desk) mayDraw(tx *gorm.DB, actor models.Actor, marketplace string) error {
	if err := rbac.LockPersonAlone(tx, actor); err != nil {
		return err
	}
	if err := d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "ticket"}, "draw"); err != nil {
		return err
	}
	if t, err := held(tx, actor, marketplace, d.now()); err != nil || t != nil {
		return cmp.Or(err, errHoldsOne)
	}
	return nil
}

// drawFrom draws one of the pool, leases it, and puts the draw on record. A ticket that somebody else got meanwhile is
// left out, and the rest, in its order, is drawn from with the next attempt.
func (d *Desk) drawFrom(tx *gorm.DB, actor models.Actor, entry *ledger.Entry, pool []models.Ticket, m models.Marketplace) (models.Ticket, error) {
	seed, committed, err := d.seedAt(tx, m.ID, entry.At)
	if err != nil {
		return models.Ticket{}, err
	}
	row, err := nextDraw(tx, actor, entry, pool)
	if err != nil {
		return models.Ticket{}, err
	}
	until := entry.At.Add(time.Duration(m.LeaseMinutes) * time.Minute)
	for left := pool; len(left) > 0; row.Attempts++ {
		i, err := Pick(seed, actor.ID, row.N, row.Attempts, len(left))
		if err != nil {
			return models.Ticket{}, err
		}
		t, got, err := lease(tx, left[i], actor, entry.At, until)
		if err != nil {
			return t, err
		}
		if got {
			row.TicketID = t.ID
			return t, writeDraw(tx, entry, row, t, committed, len(pool))
		}
		left = append(left[:i:i], left[i+1:]...)
	}
	return models.Ticket{}, errAllTaken
}

// nextDraw is the row of a person's next draw of the day, but for what was drawn.
func nextDraw(tx *gorm.DB, actor models.Actor, entry *ledger.Entry, pool []models.Ticket) (models.Draw, error) {
	row := models.Draw{MarketplaceID: entry.Marketplace, ID: entry.ID, Period: periodOf(entry.At), PersonID: actor.ID, DrawnAt: entry.At}
	err := tx.Model(&models.Draw{}).Select("COALESCE(max(n) + 1, 0)").
		Where("marketplace_id = ? AND person_id = ? AND period = ?", row.MarketplaceID, row.PersonID, row.Period).Scan(&row.N).Error
	if err != nil {
		return row, err
	}
	ids := make([]string, len(pool))
	for i, t := range pool {
		ids[i] = t.ID
	}
	var digest []byte
	row.Pool, digest, err = poolOf(ids)
	entry.Set("pool_digest", hex.EncodeToString(digest))
	return row, err
}

// writeDraw writes the row, and the entry that the row is held to.
func writeDraw(tx *gorm.DB, entry *ledger.Entry, row models.Draw, t models.Ticket, seed models.DrawSeed, pool int) error {
	entry.SubjectID = t.ID
	entry.Set("review", t.ReviewID)
	entry.Set("queue", t.Queue)
	entry.Set("period", row.Period)
	entry.Set("commit", seed.ID)
	entry.Set("n", row.N)
	entry.Set("pool", pool)
	entry.Set("attempt", row.Attempts)
	return tx.Create(&row).Error
}

// lease gives a ticket to a person, unless somebody else has it by now.
func lease(tx *gorm.DB, t models.Ticket, to models.Actor, now, until time.Time) (models.Ticket, bool, error) {
	res := tx.Model(&models.Ticket{}).
		Where("marketplace_id = ? AND id = ? AND state = ? AND (lease_until IS NULL OR lease_until <= ?)", t.MarketplaceID, t.ID, models.TicketOpen, now).
		Updates(map[string]any{"lease_holder_id": to.ID, "lease_until": until})
	t.LeaseHolderID, t.LeaseUntil = &to.ID, &until
	return t, res.RowsAffected == 1, res.Error
}
