package moderation

import (
	"evenhand/models"
)

// replayBatch is how many rows a replay reads at once.
const replayBatch = 1000

// feed reads rows in batches and hands them out one by one.
type feed[T any] struct {
	read  func(after *T) ([]T, error)
	batch func([]T) error // what else to read with a batch; nil: nothing

	rows []T
	i    int
	end  bool
}

// peek gives the next row, nil at the end.
func (f *feed[T]) peek() (*T, error) {
	if f.i < len(f.rows) {
		return &f.rows[f.i], nil
	}
	if f.end {
		return nil, nil
	}
	var after *T
	if len(f.rows) > 0 {
		after = &f.rows[len(f.rows)-1]
	}
	rows, err := f.read(after)
	if err == nil && f.batch != nil && len(rows) > 0 {
		err = f.batch(rows)
	}
	if err != nil {
		return nil, err
	}
	f.rows, f.i, f.end = rows, 0, len(rows) < replayBatch
	if len(rows) == 0 {
		return nil, nil
	}
	return &f.rows[0], nil
}

func (f *feed[T]) next() { f.i++ }

// readRoutes reads where tickets were sent, in the order in which that happened.
func (x *deskReplay) readRoutes(after *models.TicketRoute) ([]models.TicketRoute, error) {
	q := x.db.Select("ticket_id", "n", "queue", "priority", "due_at", "skill", "routed_at").Where("marketplace_id = ?", x.market.ID).
		Order("routed_at, ticket_id, n").Limit(replayBatch)
	if after != nil {
		q = q.Where("(routed_at, ticket_id, n) > (?, ?, ?)", after.RoutedAt, after.TicketID, after.N)
	}
	var out []models.TicketRoute
	err := q.Find(&out).Error
	return out, err
}

// readTickets reads the tickets that open with these routes.
func (x *deskReplay) readTickets(routes []models.TicketRoute) (map[string]models.Ticket, error) {
	var ids []string
	for _, r := range routes {
		if r.N == 0 {
			ids = append(ids, r.TicketID)
		}
	}
	out := make(map[string]models.Ticket, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []models.Ticket
	err := x.db.Where("marketplace_id = ? AND id IN ?", x.market.ID, ids).Find(&rows).Error
	for _, t := range rows {
		out[t.ID] = t
	}
	return out, err
}

func (x *deskReplay) readEntries(after *models.LedgerEntry) ([]models.LedgerEntry, error) {
	q := x.db.Select("id", "at", "actor_id", "act", "subject_id", "body").
		Where("marketplace_id = ? AND outcome = ? AND act IN ?", x.market.ID, models.OutcomeDone, deskActs).Order("at, id").Limit(replayBatch)
	if after != nil {
		q = q.Where("(at, id) > (?, ?)", after.At, after.ID)
	}
	var out []models.LedgerEntry
	err := q.Find(&out).Error
	return out, err
}

// readDraws reads the draws that belong to these entries.
func (x *deskReplay) readDraws(entries []models.LedgerEntry) (map[string]models.Draw, error) {
	var ids []string
	for _, e := range entries {
		if e.Act == "ticket.draw" {
			ids = append(ids, e.ID)
		}
	}
	out := make(map[string]models.Draw, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []models.Draw
	err := x.db.Where("marketplace_id = ? AND id IN ?", x.market.ID, ids).Find(&rows).Error
	for _, w := range rows {
		out[w.ID] = w
	}
	return out, err
}
