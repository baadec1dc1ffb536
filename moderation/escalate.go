package moderation

import (
	"context"
	"time"

	"evenhand/models"
)

// A request near its end is escalated: in the last third of its time, and at least in the last hours of it. It is shown
// first, and one person more is drawn for it. What nobody decides expires all the same, and the review stays.
const (
	lastPart  = 3
	lastHours = 4 * time.Hour
)

// EscalatesAt is from when a request counts as near its end.
func EscalatesAt(p models.Proposal) time.Time {
	return models.At(p.ExpiresAt.Add(-max(p.ExpiresAt.Sub(p.CreatedAt)/lastPart, lastHours)))
}

func escalated(p models.Proposal, at time.Time) bool { return !at.Before(EscalatesAt(p)) }

// LastHours says whether the request is in the very last hours of its time.
func LastHours(p models.Proposal, at time.Time) bool { return !at.Before(p.ExpiresAt.Add(-lastHours)) }

// seatsAt is how many people are drawn for a request at a time: as many as have to approve, and one more beside them
// near its end. How many have to approve stays the same.
func seatsAt(p models.Proposal, at time.Time) int {
	if escalated(p, at) {
		return p.Quorum + 1
	}
	return p.Quorum
}

// Escalated counts the open requests of a marketplace that are near their end, for those who see to it that somebody
// decides. It says nothing about any of them.
func (d *Desk) Escalated(ctx context.Context, marketplace string) (int, error) {
	db := d.db.WithContext(ctx)
	var n int64
	err := db.Table("proposals p").
		Where("p.marketplace_id = ? AND p.state = ? AND p.lead_id IS NULL AND p.kind = ? AND p.expires_at > ?", marketplace, models.ProposalOpen, models.KindRemoveReview, d.now()).
		Where(models.NearEnd(db, "p", lastPart, lastHours), d.now()).Count(&n).Error
	return int(n), models.Translate(err)
}
