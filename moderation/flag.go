package moderation

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"evenhand/models"
)

// dueAfter is how long a ticket may wait.
const dueAfter = 24 * time.Hour

// Flag puts reports on record, inside the caller's transaction, and returns how many tickets it opened: one for each
// review that has no live ticket yet. A review that has one gets the flag added to it.
func (d *Desk) Flag(tx *gorm.DB, at time.Time, reports []models.Flagged) (int, error) {
	if len(reports) == 0 {
		return 0, nil
	}
	live, err := liveTickets(tx, reports)
	if err != nil {
		return 0, err
	}
	var opened []models.Ticket
	for _, f := range reports {
		if _, ok := live[f.Review.ID]; !ok {
			t := newTicket(models.NewID(), f, at)
			live[f.Review.ID] = t.ID
			opened = append(opened, t)
		}
	}
	n := 0
	if len(opened) > 0 {
		res := tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&opened, 200)
		if res.Error != nil {
			return 0, res.Error
		}
		n = int(res.RowsAffected)
	}
	if n < len(opened) { // somebody else opened one of them at this moment
		if live, err = liveTickets(tx, reports); err != nil {
			return 0, err
		}
	}
	return n, writeFlags(tx, at, reports, live)
}

func writeFlags(tx *gorm.DB, at time.Time, reports []models.Flagged, live map[string]string) error {
	flags := make([]models.Flag, 0, len(reports))
	for _, f := range reports {
		ticket, ok := live[f.Review.ID]
		if !ok {
			return models.E(models.Conflict, "ticket_closed", "The ticket of review %s was closed at this very moment; report it again.", f.Review.ID)
		}
		flags = append(flags, models.Flag{
			MarketplaceID: f.Review.MarketplaceID, ID: models.NewID(), TicketID: ticket, ReviewID: f.Review.ID,
			ReviewVersion: f.Review.Version, Source: f.Source, Text: f.Text, CreatedAt: at,
		})
	}
	return tx.CreateInBatches(&flags, 200).Error
}

func newTicket(id string, f models.Flagged, at time.Time) models.Ticket {
	return models.Ticket{
		MarketplaceID: f.Review.MarketplaceID, ID: id, ReviewID: f.Review.ID, SellerID: f.Review.SellerID,
		Queue: f.Queue, State: models.TicketOpen, OpenedAt: at, DueAt: at.Add(dueAfter),
	}
}

// liveTickets maps the reviews of one marketplace that have a live ticket to it.
func liveTickets(tx *gorm.DB, reports []models.Flagged) (map[string]string, error) {
	ids := make([]string, len(reports))
	for i, f := range reports {
		ids[i] = f.Review.ID
	}
	var rows []models.Ticket
	err := tx.Select("id", "review_id").
		Where("marketplace_id = ? AND review_id IN ? AND state <> ? AND (look_why IS NULL OR look_why = ?)",
			reports[0].Review.MarketplaceID, ids, models.TicketClosed, models.LookRecheck).
		Find(&rows).Error
	out := make(map[string]string, len(reports))
	for _, t := range rows {
		out[t.ReviewID] = t.ID
	}
	return out, err
}
