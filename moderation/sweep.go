package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// Swept is what one sweep found to do.
type Swept struct{ Committed, Revealed, Reassigned int }

// Any says whether it was anything.
func (s Swept) Any() bool { return s != Swept{} }

// SweepDraws does what no person's act brings about: it commits to tomorrow's seeds where there is work, reveals those
// of the days that are over, and draws approvers for the seats that have become empty. Every instance may run it at
// the same time, and killed at any line it goes on at the next call.
func (d *Desk) SweepDraws(ctx context.Context) (Swept, error) {
	var s Swept
	var err error
	if s.Committed, err = d.commitAhead(ctx); err != nil {
		return s, err
	}
	if s.Revealed, err = d.reveal(ctx); err != nil {
		return s, err
	}
	s.Reassigned, err = d.reassignAll(ctx)
	return s, err
}

// commitAhead commits to the seeds of tomorrow, and of today where that is missing, wherever something waits.
func (d *Desk) commitAhead(ctx context.Context) (int, error) {
	n := 0
	for _, at := range []time.Time{d.now(), d.now().AddDate(0, 0, 1)} {
		var missing []string
		err := d.db.WithContext(ctx).Raw(`SELECT m.id FROM marketplaces m
			WHERE NOT EXISTS (SELECT 1 FROM draw_seeds s WHERE s.marketplace_id = m.id AND s.period = ?)
			  AND (EXISTS (SELECT 1 FROM tickets t WHERE t.marketplace_id = m.id AND t.state = 'open')
			       OR EXISTS (SELECT 1 FROM proposals p WHERE p.marketplace_id = m.id AND p.state = 'open'))
			ORDER BY m.id`, periodOf(at)).Scan(&missing).Error
		if err != nil {
			return n, models.Translate(err)
		}
		for _, id := range missing {
			if err := d.commit(ctx, id, periodOf(at)); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// reassignBatch bounds how many open requests a sweep reads at once.
const reassignBatch = 200

// reassignAll looks at every open request whose approvers are drawn, and reassigns those that need it.
func (d *Desk) reassignAll(ctx context.Context) (int, error) {
	n, last := 0, ""
	for {
		var open []models.Proposal
		q := d.db.WithContext(ctx).Table("proposals p").Select("p.marketplace_id, p.id").
			Joins("JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id AND q.drawn").
			Where("p.state = ? AND p.expires_at > ?", models.ProposalOpen, d.now()).Order("p.id").Limit(reassignBatch)
		if last != "" {
			q = q.Where("p.id > ?", last)
		}
		if err := q.Find(&open).Error; err != nil {
			return n, models.Translate(err)
		}
		for _, x := range open {
			done, err := d.reassignIfLost(ctx, x)
			if err != nil {
				return n, err
			}
			if done {
				n++
			}
		}
		if len(open) < reassignBatch {
			return n, nil
		}
		last = open[len(open)-1].ID
	}
}

// reassignIfLost looks before it locks: nearly always there is nothing to do.
func (d *Desk) reassignIfLost(ctx context.Context, p models.Proposal) (bool, error) {
	needs, err := d.needsDraw(d.db.WithContext(ctx), p)
	if err != nil || !needs {
		return false, models.Translate(err)
	}
	if err := d.seeded(ctx, p.MarketplaceID); err != nil {
		return false, err
	}
	return d.reassign(ctx, p.MarketplaceID, p.ID)
}

// needsDraw says whether a request has an empty seat, or one that was lost.
func (d *Desk) needsDraw(db *gorm.DB, p models.Proposal) (bool, error) {
	s, err := readSeats(db, p.MarketplaceID, p.ID)
	if err != nil || len(s.live) < seatsAt(s.p, d.now()) {
		return true, err
	}
	rights, err := d.rights.View(db)
	if err != nil {
		return false, err
	}
	for _, x := range s.live {
		if why, err := x.lost(rights, s.p, d.now()); err != nil || why != "" {
			return true, err
		}
	}
	return false, nil
}
