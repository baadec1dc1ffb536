package rulebook

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/routing"
)

// Bounds of a preview: how far it looks back, at how many tickets, and how many examples it gives of each way.
const (
	PreviewDays     = 30
	mostPreviewed   = 5000
	examplesOfEach  = 3
	mostPreviewWays = 60
)

// Preview is where the tickets of the last days would have gone by other rules.
type Preview struct {
	Problems models.Mistakes // with any, there is nothing else
	Tickets  int             // that were looked at
	More     bool            // there are more, older ones, which weren't
	Same     int             // would have gone the same way, as urgent, to the same skill
	Ways     []Way           // those that wouldn't, the most tickets first
	Changes  []routing.Change
}

// Way is so many tickets that would go another way.
type Way struct {
	Was, Would Stop
	Tickets    int
	Examples   []string // tickets
}

// Stop is where a ticket stands: by which rule, and how.
type Stop struct {
	Queue    string
	Priority int
	DueHours int
	Skill    string
}

// Preview holds rules against the tickets of the last days: where each was sent when it opened, and where these
// rules would have sent it on the same facts.
func (b *Book) Preview(ctx context.Context, actor models.Actor, marketplace string, set routing.Set) (Preview, error) {
	var p Preview
	if err := b.mayRead(ctx, actor, marketplace, "marketplace", marketplace); err != nil {
		return p, err
	}
	db := b.db.WithContext(ctx)
	_, now, err := InForce(db, marketplace)
	if err != nil {
		return p, err
	}
	if p.Problems, err = b.problems(db, marketplace, set); err != nil {
		return p, err
	}
	p.Changes = routing.Diff(now, set)
	if len(p.Problems) > 0 {
		return p, nil
	}
	past, err := pastRoutes(db, marketplace, b.now())
	if err != nil {
		return p, err
	}
	if p.More = len(past) > mostPreviewed; p.More {
		past = past[:mostPreviewed]
	}
	return p, p.compare(past, set)
}

// pastRoutes are how the latest tickets were sent when they opened, newest first: one more than are looked at.
func pastRoutes(db *gorm.DB, marketplace string, now time.Time) ([]models.TicketRoute, error) {
	var past []models.TicketRoute
	err := db.Where("marketplace_id = ? AND n = 0 AND why = ? AND routed_at > ?", marketplace, models.RoutedByFlag, now.AddDate(0, 0, -PreviewDays)).
		Order("routed_at DESC, ticket_id DESC").Limit(mostPreviewed + 1).Find(&past).Error
	return past, models.Translate(err)
}

func (p *Preview) compare(past []models.TicketRoute, set routing.Set) error {
	ways := map[[2]Stop]*Way{}
	for _, r := range past {
		var f routing.Facts
		if err := json.Unmarshal([]byte(r.Facts), &f); err != nil {
			return err
		}
		was := Stop{r.Queue, r.Priority, int(r.DueAt.Sub(r.RoutedAt) / time.Hour), r.Skill}
		would := StopOf(set.Route(f))
		if p.Tickets++; was == would {
			p.Same++
			continue
		}
		w := ways[[2]Stop{was, would}]
		if w == nil {
			w = &Way{Was: was, Would: would}
			ways[[2]Stop{was, would}] = w
		}
		if w.Tickets++; len(w.Examples) < examplesOfEach {
			w.Examples = append(w.Examples, r.TicketID)
		}
	}
	for _, w := range ways {
		p.Ways = append(p.Ways, *w)
	}
	slices.SortFunc(p.Ways, func(a, b Way) int {
		return cmp.Or(cmp.Compare(b.Tickets, a.Tickets), cmp.Compare(a.Was.Queue, b.Was.Queue), cmp.Compare(a.Would.Queue, b.Would.Queue), cmp.Compare(b.Would.Priority, a.Would.Priority))
	})
	p.Ways = p.Ways[:min(len(p.Ways), mostPreviewWays)]
	return nil
}

// StopOf is where a route leads.
func StopOf(r routing.Route) Stop {
	return Stop{Queue: r.Queue, Priority: r.Priority, DueHours: int(r.Due / time.Hour), Skill: r.Skill}
}
