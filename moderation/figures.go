package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// Stars are a count of visible ratings and their sum, and how many of them are low.
type Stars struct {
	Count int
	Sum   int
	Low   int // with at most LowStars
}

// LowStars are what customers take for a bad rating.
const LowStars = 2

// Average is 0 where nothing is rated.
func (s Stars) Average() float64 {
	if s.Count == 0 {
		return 0
	}
	return float64(s.Sum) / float64(s.Count)
}

// Without is what is left when one rating is taken away.
func (s Stars) Without(rating int) Stars {
	if rating <= LowStars {
		s.Low--
	}
	return Stars{s.Count - 1, s.Sum - rating, s.Low}
}

var visible = []string{models.ReviewPublished, models.ReviewRedacted}

// SellerStars counts what customers see of these sellers.
func (d *Desk) SellerStars(ctx context.Context, marketplace string, sellers []string) (map[string]Stars, error) {
	return starsBy(d.db.WithContext(ctx), "seller_id", marketplace, sellers)
}

func starsBy(db *gorm.DB, column, marketplace string, ids []string) (map[string]Stars, error) {
	out := map[string]Stars{}
	if len(ids) == 0 {
		return out, nil
	}
	var found []struct {
		ID string
		Stars
	}
	err := db.Model(&models.Review{}).Select(column+" AS id, count(*) AS count, sum(rating) AS sum, sum(CASE WHEN rating <= ? THEN 1 ELSE 0 END) AS low", LowStars).
		Where("marketplace_id = ? AND "+column+" IN ? AND status IN ?", marketplace, ids, visible).
		Group(column).Find(&found).Error
	for _, f := range found {
		out[f.ID] = f.Stars
	}
	return out, models.Translate(err)
}

// QueueCount is how much waits in a queue, and since when the most urgent.
type QueueCount struct {
	Queue   string
	Waiting int
	Overdue int
	Due     time.Time
}

// QueueCounts lists the queues that a moderator draws from, with what waits there for them or anybody.
func (d *Desk) QueueCounts(ctx context.Context, actor models.Actor, marketplace string) ([]QueueCount, error) {
	db := d.db.WithContext(ctx)
	limited, err := d.queues(db, actor, marketplace)
	if err != nil {
		return nil, models.Translate(err)
	}
	now := d.now()
	q := db.Model(&models.Ticket{}).
		Select("queue, count(*) AS waiting, sum(CASE WHEN due_at <= ? THEN 1 ELSE 0 END) AS overdue", now).
		Where("marketplace_id = ? AND state = ? AND (lease_until IS NULL OR lease_until <= ?)", marketplace, models.TicketOpen, now)
	if len(limited) > 0 {
		q = q.Where("queue IN ?", limited)
	}
	skills, err := d.skills(db, actor, marketplace)
	if err != nil {
		return nil, models.Translate(err)
	}
	q = skilled(q, skills)
	var out []QueueCount
	if err := q.Group("queue").Order("waiting DESC, queue").Find(&out).Error; err != nil {
		return nil, models.Translate(err)
	}
	for i := range out {
		var first models.Ticket // ordered by the index, so it reads one row
		err := db.Select("due_at").Where("marketplace_id = ? AND queue = ? AND state = ?", marketplace, out[i].Queue, models.TicketOpen).
			Order("due_at").Limit(1).Find(&first).Error
		if err != nil {
			return nil, models.Translate(err)
		}
		out[i].Due = first.DueAt
	}
	return out, nil
}

// Day is what a moderator has done since a time.
type Day struct{ Kept, Asked, Skipped int }
