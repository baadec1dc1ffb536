package moderation

import (
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/routing"
)

// routeOpened writes down by which rules the tickets came where they are. They stand there already.
func (f *flagging) routeOpened() error {
	if len(f.opened) == 0 {
		return nil
	}
	facts, err := f.flagged(f.opened)
	if err != nil {
		return err
	}
	rows := make([]models.TicketRoute, len(f.opened))
	for i, t := range f.opened {
		if rows[i], err = f.rules.route(t, facts[t.ID], f.at); err != nil {
			return err
		}
	}
	return f.tx.CreateInBatches(&rows, 200).Error
}

// routeJoined asks the rules anew about the live tickets that got one more flag. A ticket never becomes less urgent by it,
// and one that was escalated stays with the skill that it was escalated to.
func (f *flagging) routeJoined() error {
	ours := map[string]bool{}
	for _, t := range f.opened {
		ours[t.ID] = true
	}
	var ids []string
	for _, id := range f.live {
		if !ours[id] {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var tickets []models.Ticket
	err := models.ForUpdateAlone(f.tx).Where("marketplace_id = ? AND id IN ?", f.market, ids).Order("id").Find(&tickets).Error
	if err != nil {
		return err
	}
	facts, err := f.flagged(tickets)
	if err != nil {
		return err
	}
	last, escalated, err := latestRoutes(f.tx, f.market, ids)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		if err := f.reroute(t, facts[t.ID], last[t.ID], escalated[t.ID]); err != nil {
			return err
		}
	}
	return nil
}

// reroute sends one ticket where the rules have it now, if that is elsewhere or more urgent.
func (f *flagging) reroute(t models.Ticket, facts routing.Facts, last models.TicketRoute, escalated bool) error {
	at := latest(f.at, last.RoutedAt) // of two that flag at once, the clocks of two instances may differ
	next, changed := f.rules.next(t, facts, escalated, at)
	if !changed {
		return nil
	}
	row, err := f.rules.route(next, facts, at)
	if err != nil {
		return err
	}
	return send(f.tx, row)
}

// next is a ticket after one more flag, and whether that changes where it stands.
func (x inForce) next(t models.Ticket, facts routing.Facts, escalated bool, at time.Time) (models.Ticket, bool) {
	to, next := x.set.Route(facts), t
	if !escalated {
		next.Queue, next.Skill = to.Queue, to.Skill
	}
	next.Priority = max(t.Priority, to.Priority)
	if due := models.At(at.Add(to.Due)); due.Before(t.DueAt) {
		next.DueAt = due
	}
	next.Route++
	return next, next.Queue != t.Queue || next.Skill != t.Skill || next.Priority != t.Priority || !next.DueAt.Equal(t.DueAt)
}

// send writes a ticket's next route, and has the ticket go there.
func send(tx *gorm.DB, row models.TicketRoute) error {
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	res := tx.Model(&models.Ticket{}).Where("marketplace_id = ? AND id = ? AND route = ?", row.MarketplaceID, row.TicketID, row.N-1).
		Updates(map[string]any{"queue": row.Queue, "priority": row.Priority, "due_at": row.DueAt, "skill": row.Skill, "route": row.N})
	if res.Error == nil && res.RowsAffected != 1 {
		return models.E(models.Conflict, "ticket_moved", "Somebody else sent this ticket elsewhere at this very moment; try again.")
	}
	return res.Error
}

// flagged gives the facts of tickets with all flags that they have, by the ticket.
func (f *flagging) flagged(tickets []models.Ticket) (map[string]routing.Facts, error) {
	out := make(map[string]routing.Facts, len(tickets))
	for _, t := range tickets {
		out[t.ID] = f.of[t.ReviewID].facts(f.at)
	}
	var flags []models.Flag
	err := f.tx.Select("ticket_id", "source", "score").Where("marketplace_id = ? AND ticket_id IN ?", f.market, slices.Collect(maps.Keys(out))).Find(&flags).Error
	for _, x := range flags {
		out[x.TicketID] = withFlag(out[x.TicketID], x.Source, x.Score)
	}
	return out, err
}

// latestRoutes are the routes that tickets stand by, and which of the tickets were ever escalated.
func latestRoutes(tx *gorm.DB, marketplace string, tickets []string) (map[string]models.TicketRoute, map[string]bool, error) {
	var rows []models.TicketRoute
	err := tx.Where("marketplace_id = ? AND ticket_id IN ?", marketplace, tickets).Order("ticket_id, n").Find(&rows).Error
	last, escalated := make(map[string]models.TicketRoute, len(tickets)), map[string]bool{}
	for _, r := range rows {
		last[r.TicketID] = r
		escalated[r.TicketID] = escalated[r.TicketID] || r.Why == models.RoutedByEscalate
	}
	return last, escalated, err
}

// routeLike has a ticket that looks at a decision again go the way of the ticket that was decided on.
func routeLike(tx *gorm.DB, look models.Ticket, first string) error {
	last, _, err := latestRoutes(tx, look.MarketplaceID, []string{first})
	if err != nil {
		return err
	}
	of := last[first]
	return tx.Create(&models.TicketRoute{
		MarketplaceID: look.MarketplaceID, TicketID: look.ID, Why: models.RoutedLikeFirst, Version: of.Version, Rule: of.Rule, Facts: of.Facts,
		Queue: look.Queue, Priority: look.Priority, DueAt: look.DueAt, Skill: look.Skill, RoutedAt: look.OpenedAt,
	}).Error
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// escalatedTo is the row of a ticket that goes to whoever has a skill.
func escalatedTo(t models.Ticket, last models.TicketRoute, skill string, entry *ledger.Entry) models.TicketRoute {
	last.N, last.Why, last.Skill, last.EntryID, last.RoutedAt = t.Route+1, models.RoutedByEscalate, skill, &entry.ID, latest(entry.At, last.RoutedAt)
	last.Facts = ""
	return last
}
