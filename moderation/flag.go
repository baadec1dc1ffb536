package moderation

import (
	"time"

	"gorm.io/gorm"

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
	flags := make([]models.Flag, 0, len(reports))
	for _, f := range reports {
		ticket, ok := live[f.Review.ID]
		if !ok {
			ticket = models.NewID()
			live[f.Review.ID] = ticket
			opened = append(opened, newTicket(ticket, f, at))
		}
		flags = append(flags, models.Flag{
			MarketplaceID: f.Review.MarketplaceID, ID: models.NewID(), TicketID: ticket, ReviewID: f.Review.ID,
			ReviewVersion: f.Review.Version, Source: f.Source, Text: f.Text, CreatedAt: at,
		})
	}
	if len(opened) > 0 {
		if err := tx.CreateInBatches(&opened, 200).Error; err != nil {
			return 0, err
		}
	}
	return len(opened), tx.CreateInBatches(&flags, 200).Error
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
		Where("marketplace_id = ? AND review_id IN ? AND state <> ?", reports[0].Review.MarketplaceID, ids, models.TicketClosed).
		Find(&rows).Error
	out := make(map[string]string, len(reports))
	for _, t := range rows {
		out[t.ReviewID] = t.ID
	}
	return out, err
}
