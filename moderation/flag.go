package moderation

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"evenhand/models"
)

// Flag puts reports on record, inside the caller's transaction, and returns how many tickets it opened: one for each
// review that has no live ticket yet. A review that has one gets the flag added to it, which may make it more urgent; one
// that somebody has decided on, as it stands and not long ago, gets it added to that ticket, unless it says something new.
func (d *Desk) Flag(tx *gorm.DB, at time.Time, reports []models.Flagged) (int, error) {
	if len(reports) == 0 {
		return 0, nil
	}
	f, err := d.flagging(tx, at, reports)
	if err != nil {
		return 0, err
	}
	n, err := f.open(reports)
	if err != nil {
		return 0, err
	}
	if err := f.write(reports); err != nil {
		return 0, err
	}
	if err := f.routeOpened(); err != nil {
		return 0, err
	}
	return n, f.routeJoined()
}

// flagging is one call of Flag on its way. All reports are of one marketplace.
type flagging struct {
	tx     *gorm.DB
	at     time.Time
	market string
	rules  inForce
	of     map[string]reviewFacts // by the review
	live   map[string]string      // the live ticket of each review
	done   map[string]string      // of those without: the ticket on which it was decided, where a flag repeats one of it
	opened []models.Ticket        // by us
}

func (d *Desk) flagging(tx *gorm.DB, at time.Time, reports []models.Flagged) (*flagging, error) {
	f := &flagging{tx: tx, at: at, market: reports[0].Review.MarketplaceID}
	var err error
	if f.rules, err = rulesInForce(tx, f.market); err != nil {
		return nil, err
	}
	if f.of, err = factsOf(tx, f.market, reviewsIn(reports)); err != nil {
		return nil, err
	}
	if f.live, err = liveTickets(tx, reports); err != nil {
		return nil, err
	}
	f.done, err = f.settled(reports)
	return f, err
}

func reviewsIn(reports []models.Flagged) []string {
	ids := make([]string, len(reports))
	for i, r := range reports {
		ids[i] = r.Review.ID
	}
	return ids
}

// open opens a ticket for each review that needs one, and returns how many it opened.
func (f *flagging) open(reports []models.Flagged) (int, error) {
	var opened []models.Ticket
	for _, r := range reports {
		if f.live[r.Review.ID] != "" || f.repeats(r) {
			continue
		}
		facts := f.of[r.Review.ID].facts(f.at)
		for _, other := range reports {
			if other.Review.ID == r.Review.ID {
				facts = withFlag(facts, other.Source, other.Score)
			}
		}
		t := f.rules.ticket(models.NewID(), r.Review, facts, f.at)
		f.live[r.Review.ID] = t.ID
		opened = append(opened, t)
	}
	if len(opened) == 0 {
		return 0, nil
	}
	res := f.tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&opened, 200)
	if res.Error != nil {
		return 0, res.Error
	}
	n := int(res.RowsAffected)
	if n < len(opened) { // somebody else opened one of them at this moment
		var err error
		if f.live, err = liveTickets(f.tx, reports); err != nil {
			return 0, err
		}
	}
	for _, t := range opened {
		if f.live[t.ReviewID] == t.ID {
			f.opened = append(f.opened, t)
		}
	}
	return n, nil
}

// write writes the flags.
func (f *flagging) write(reports []models.Flagged) error {
	flags := make([]models.Flag, 0, len(reports))
	for _, r := range reports {
		ticket := f.live[r.Review.ID]
		if ticket == "" {
			ticket = f.done[r.Review.ID]
		}
		if ticket == "" {
			return models.E(models.Conflict, "ticket_closed", "The ticket of review %s was closed at this very moment; report it again.", r.Review.ID)
		}
		flags = append(flags, models.Flag{
			MarketplaceID: f.market, ID: models.NewID(), TicketID: ticket, ReviewID: r.Review.ID,
			ReviewVersion: r.Review.Version, Source: r.Source, Score: r.Score, Text: r.Text, CreatedAt: f.at,
		})
	}
	return f.tx.CreateInBatches(&flags, 200).Error
}

// notALook is the condition on a ticket that a decision is to come of it: it isn't only a second look at one.
const notALook = "(look_why IS NULL OR look_why = '" + models.LookRecheck + "')"

// liveTicket is the condition on a ticket, by marketplace and reviews, that it is the one that its review waits with.
const liveTicket = "marketplace_id = ? AND review_id IN ? AND state <> '" + models.TicketClosed + "' AND " + notALook

// liveTickets maps the reviews of one marketplace that have a live ticket to it.
func liveTickets(tx *gorm.DB, reports []models.Flagged) (map[string]string, error) {
	var rows []models.Ticket
	err := tx.Select("id", "review_id").
		Where(liveTicket, reports[0].Review.MarketplaceID, reviewsIn(reports)).
		Find(&rows).Error
	out := make(map[string]string, len(reports))
	for _, t := range rows {
		out[t.ReviewID] = t.ID
	}
	return out, err
}
