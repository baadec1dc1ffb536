package rulebook

import (
	"context"
	"encoding/json"

	"evenhand/models"
	"evenhand/routing"
)

// Routed is how one ticket was sent, each time.
type Routed struct {
	Ticket string
	State  string
	Stops  []RoutedStop
	Now    routing.Route // where the rules in force would send it on its first facts
	Rule   string        // and by which
	Facts  routing.Facts // the latest ones
}

// RoutedStop is one time that a ticket was sent somewhere.
type RoutedStop struct {
	models.TicketRoute
	RuleName string // "" where it isn't by a rule of a set
}

// TicketRoutes shows how a ticket was sent where it stands: nothing of what the review says, nor of whom it is about.
func (b *Book) TicketRoutes(ctx context.Context, actor models.Actor, marketplace, ticket string) (Routed, error) {
	out := Routed{Ticket: ticket}
	if err := b.mayRead(ctx, actor, marketplace, "ticket", ticket); err != nil {
		return out, err
	}
	db := b.db.WithContext(ctx)
	var t models.Ticket
	if err := models.Translate(db.Select("state").Where("marketplace_id = ? AND id = ?", marketplace, ticket).Take(&t).Error); err != nil {
		if models.IsKind(err, models.NotFound) {
			err = models.E(models.NotFound, "no_ticket", "There is no such ticket in marketplace %s.", marketplace)
		}
		return out, err
	}
	out.State = t.State
	var rows []models.TicketRoute
	if err := db.Where("marketplace_id = ? AND ticket_id = ?", marketplace, ticket).Order("n").Find(&rows).Error; err != nil {
		return out, models.Translate(err)
	}
	sets, err := everySet(db, marketplace)
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		s := RoutedStop{TicketRoute: r}
		if set := sets[r.Version]; r.Why != models.RoutedBefore && r.Rule < len(set.Rules) {
			s.RuleName = set.Rules[r.Rule].Name
		}
		out.Stops = append(out.Stops, s)
		if r.Facts != "" {
			if err := json.Unmarshal([]byte(r.Facts), &out.Facts); err != nil {
				return out, err
			}
		}
	}
	_, now, err := InForce(db, marketplace)
	if err == nil && out.Facts.Flags > 0 {
		out.Now = now.Route(out.Facts)
		out.Rule = now.Rules[out.Now.Rule].Name
	}
	return out, err
}
