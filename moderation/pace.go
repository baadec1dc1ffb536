package moderation

import (
	"context"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// Pace is how long decisions took, from the draw to the decision without the breaks between, and what the others'
// median is. There is no ranking in it: nobody else's figures can be read out of it.
type Pace struct {
	Decided     int // of this person, that were measured
	Median      time.Duration
	Others      int           // decisions of everybody else
	Low, High   time.Duration // of their median, at 95 %; 0 where they are too few
	OthersDone  Day           // what everybody else has decided
	OthersCount int           // how many people they are
}

// The bounds of what is measured for a page, and from how many others on anything is said of them: with one or two,
// who knows one's own figures would know theirs.
const (
	mostPaced   = 400
	leastOthers = 3
	leastPaced  = 20
)

// Since counts a moderator's own decisions since a time.
func (d *Desk) Since(ctx context.Context, actor models.Actor, marketplace string, since time.Time) (Day, error) {
	db := d.db.WithContext(ctx)
	return dayOf(db.Where("marketplace_id = ? AND moderator_id = ? AND decided_at >= ?", marketplace, actor.ID, since),
		db.Where("marketplace_id = ? AND staff_id = ? AND skipped_at >= ?", marketplace, actor.ID, since))
}

func dayOf(decisions, skips *gorm.DB) (Day, error) {
	var byAction []struct {
		Action string
		N      int
	}
	if err := decisions.Model(&models.Decision{}).Select("action, count(*) AS n").Group("action").Find(&byAction).Error; err != nil {
		return Day{}, models.Translate(err)
	}
	var day Day
	for _, a := range byAction {
		if a.Action == models.ActionKeep {
			day.Kept += a.N
		} else {
			day.Asked += a.N
		}
	}
	var skipped int64
	err := skips.Model(&models.Skip{}).Count(&skipped).Error
	day.Skipped = int(skipped)
	return day, models.Translate(err)
}

// PaceSince measures a moderator's newest decisions since a time, and everybody else's.
func (d *Desk) PaceSince(ctx context.Context, actor models.Actor, marketplace string, since time.Time) (Pace, error) {
	db := d.db.WithContext(ctx)
	own, err := handled(db.Where("d.marketplace_id = ? AND d.moderator_id = ? AND d.decided_at >= ?", marketplace, actor.ID, since))
	if err != nil {
		return Pace{}, err
	}
	p := Pace{Decided: len(own), Median: median(own)}
	var people int64
	others := db.Where("marketplace_id = ? AND moderator_id <> ? AND decided_at >= ?", marketplace, actor.ID, since)
	if err := others.Session(&gorm.Session{}).Model(&models.Decision{}).Distinct("moderator_id").Count(&people).Error; err != nil {
		return p, models.Translate(err)
	}
	if people < leastOthers {
		return p, nil
	}
	p.OthersCount = int(people)
	p.OthersDone, err = dayOf(others, db.Where("marketplace_id = ? AND staff_id <> ? AND skipped_at >= ?", marketplace, actor.ID, since))
	if err != nil {
		return p, err
	}
	times, err := handled(db.Where("d.marketplace_id = ? AND d.moderator_id <> ? AND d.decided_at >= ?", marketplace, actor.ID, since))
	if p.Others = len(times); p.Others >= leastPaced {
		p.Low, p.High = medianWithin(times)
	}
	return p, err
}

// step is one thing that happened to a ticket in a moderator's hands: with the entry's act, or "" for the row that has
// no more than the draw.
type step struct {
	ID        string
	DecidedAt time.Time
	DrawnAt   time.Time
	Act       *string
	At        *time.Time
}

// handled are how long the newest of these decisions took, in order. A ticket that was let go and given again to the
// same person was nobody's work meanwhile.
func handled(decisions *gorm.DB) ([]time.Duration, error) {
	newest := decisions.Session(&gorm.Session{}).Table("decisions d").Select("d.marketplace_id, d.id, d.ticket_id, d.moderator_id, d.decided_at").
		Order("d.decided_at DESC, d.id DESC").Limit(mostPaced)
	var steps []step
	err := decisions.Session(&gorm.Session{NewDB: true}).Raw(`SELECT d.id, d.decided_at, w.drawn_at, e.act, e.at FROM (?) d
		JOIN draws w ON w.marketplace_id = d.marketplace_id AND w.ticket_id = d.ticket_id AND w.person_id = d.moderator_id
		LEFT JOIN ledger_entries e ON e.subject_id = CAST(d.ticket_id AS text) AND e.actor_id = CAST(d.moderator_id AS text)
			AND e.act IN ('ticket.release', 'ticket.again') AND e.outcome = 'done'
		ORDER BY d.id, w.drawn_at, e.at`, newest).Scan(&steps).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	var out []time.Duration
	for len(steps) > 0 {
		n := 1
		for n < len(steps) && steps[n].ID == steps[0].ID {
			n++
		}
		out = append(out, atWork(steps[:n]))
		steps = steps[n:]
	}
	slices.Sort(out)
	return out, nil
}

// atWork is how long one decision took. Where a ticket was drawn twice, the last draw counts.
func atWork(steps []step) time.Duration {
	start, total, working := steps[len(steps)-1].DrawnAt, time.Duration(0), true
	for _, s := range steps {
		if s.At == nil || s.At.Before(start) || s.At.After(s.DecidedAt) || !s.DrawnAt.Equal(steps[len(steps)-1].DrawnAt) {
			continue
		}
		switch again := *s.Act == "ticket.again"; {
		case again && !working:
			start, working = *s.At, true
		case !again && working:
			total, working = total+s.At.Sub(start), false
		}
	}
	if working {
		total += steps[0].DecidedAt.Sub(start)
	}
	return total
}

// median of sorted times; 0 of none.
func median(sorted []time.Duration) time.Duration {
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// medianWithin is the interval of the median at 95 %, by the ranks n/2 ± 0.98·√n: the normal approximation to the
// binomial count of times below it (Conover, Practical Nonparametric Statistics, 1999, section 3.2).
func medianWithin(sorted []time.Duration) (low, high time.Duration) {
	n := float64(len(sorted))
	rank := func(x float64) time.Duration { return sorted[min(max(int(x)-1, 0), len(sorted)-1)] }
	return rank(math.Floor(n/2 - 0.98*math.Sqrt(n))), rank(math.Ceil(1 + n/2 + 0.98*math.Sqrt(n)))
}
