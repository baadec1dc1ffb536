package moderation

import (
	"context"

	"evenhand/models"
)

// Pulse is what changes on a ticket while somebody reads it: the review's version, and how many flags are shown.
type Pulse struct {
	Version int `json:"version"`
	Flags   int `json:"flags"`
}

// Pulse reads how a ticket stands, as Ticket shows it: of a second look, the flags are those of the first.
func (d *Desk) Pulse(ctx context.Context, marketplace, ticket string) (Pulse, error) {
	var p Pulse
	err := d.db.WithContext(ctx).Raw(`SELECT r.version, (SELECT count(*) FROM flags f WHERE f.marketplace_id = t.marketplace_id
			AND f.ticket_id = CASE WHEN t.look_why IN ('uniform', 'test') THEN (SELECT d.ticket_id FROM decisions d WHERE d.marketplace_id = t.marketplace_id AND d.id = t.look_of) ELSE t.id END) AS flags
		FROM tickets t JOIN reviews r ON r.marketplace_id = t.marketplace_id AND r.id = t.review_id
		WHERE t.marketplace_id = ? AND t.id = ?`, marketplace, ticket).Scan(&p).Error
	p.Flags = min(p.Flags, mostFlags)
	return p, models.Translate(err)
}

// mostFlags is how many flags of a ticket are shown.
const mostFlags = 50

// mostCounted is where counting for the navigation stops.
const mostCounted = 1000

// Drawable counts the tickets that wait in a moderator's queues, to a bound.
func (d *Desk) Drawable(ctx context.Context, actor models.Actor, marketplace string) (int, error) {
	db := d.db.WithContext(ctx)
	limited, err := d.queues(db, actor, marketplace)
	if err != nil {
		return 0, models.Translate(err)
	}
	q := db.Model(&models.Ticket{}).Select("id").Where("marketplace_id = ? AND state = ? AND (lease_until IS NULL OR lease_until <= ?)", marketplace, models.TicketOpen, d.now())
	if len(limited) > 0 {
		q = q.Where("queue IN ?", limited)
	}
	var n int64
	err = db.Table("(?) AS w", q.Limit(mostCounted)).Count(&n).Error
	return int(n), models.Translate(err)
}
