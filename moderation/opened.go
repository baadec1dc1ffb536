package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// How somebody comes to a review that no draw gave them.
const (
	OpenedLink   = "link"
	OpenedSearch = "search"
)

// opened puts on record that somebody who works at cases has opened a review that no draw gave them: once a day for
// each person and review, however often they reload.
func (d *Desk) opened(ctx context.Context, actor models.Actor, r models.Review, how string) error {
	db := d.db.WithContext(ctx)
	rights, err := d.rights.View(db)
	if err != nil {
		return models.Translate(err)
	}
	moderates := rights.GrantIDs(actor.ID, r.MarketplaceID, models.RoleModerator)
	decides := rights.GrantIDs(actor.ID, r.MarketplaceID, models.RoleSupervisor)
	if len(moderates)+len(decides) == 0 {
		return nil
	}
	if known, err := d.wasGiven(db, actor, r); err != nil || known {
		return models.Translate(err)
	}
	entry := &ledger.Entry{Marketplace: r.MarketplaceID, Act: "review.open", SubjectType: "review", SubjectID: r.ID}
	entry.Set("how", how)
	return d.ledger.Act(ctx, actor, entry, func(*gorm.DB) error { return nil })
}

// wasGiven says whether a draw gave this person the review, as a ticket or to decide on, or whether today's look at it
// is on record.
func (d *Desk) wasGiven(db *gorm.DB, actor models.Actor, r models.Review) (bool, error) {
	var n int
	err := db.Raw(`SELECT (SELECT count(*) FROM draws w JOIN tickets t ON t.marketplace_id = w.marketplace_id AND t.id = w.ticket_id
			WHERE t.marketplace_id = @market AND t.review_id = @review AND w.person_id = @who)
		+ (SELECT count(*) FROM approver_draws a JOIN removal_requests q ON q.marketplace_id = a.marketplace_id AND q.proposal_id = a.proposal_id
			WHERE q.marketplace_id = @market AND q.review_id = @review AND a.approver_id = @who)
		+ (SELECT count(*) FROM appeal_draws w JOIN appeals a ON a.marketplace_id = w.marketplace_id AND a.id = w.appeal_id
			WHERE a.marketplace_id = @market AND a.review_id = @review AND w.person_id = @who)
		+ (SELECT count(*) FROM ledger_entries e WHERE e.subject_id = @subject AND e.act = 'review.open' AND e.actor_id = @actor AND e.at >= @today)`,
		map[string]any{"market": r.MarketplaceID, "review": r.ID, "who": actor.ID, "subject": r.ID, "actor": actor.ID, "today": d.now().Truncate(24 * time.Hour)}).
		Scan(&n).Error
	return n > 0, err
}
