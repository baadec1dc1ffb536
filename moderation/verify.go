package moderation

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"evenhand/ledger"
)

// Checks tie the desk's tables to the ledger: every decision, skip and restoration has its entry, what lists say of
// a request is what was asked, and a review is removed exactly where an effective request that nobody undid says so. Without the
// key that makes the seeds of draws, they aren't held against it, and everything else is.
func (d *Desk) Checks(seals bool) []ledger.Check {
	return slices.Concat(d.drawChecks(seals), []ledger.Check{
		decisions.Check(), skips.Check(), restorations.Check(), openings.Check(), messages.Check(), unopened,
		rule("reviews", "is removed although no effective request that still stands asks for it", `
			SELECT r.id FROM reviews r WHERE r.status = 'removed' AND NOT EXISTS (
				SELECT 1 FROM proposals p JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
				 WHERE p.marketplace_id = r.marketplace_id AND p.id = r.removal_id AND p.state = 'effective' AND q.review_id = r.id
				   AND NOT EXISTS (SELECT 1 FROM restorations x WHERE x.marketplace_id = p.marketplace_id AND x.proposal_id = p.id))`),
		rule("reviews", "is published although an effective request removed it and nobody restored it", `
			SELECT r.id FROM removal_requests q
			  JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id AND p.state = 'effective'
			  JOIN reviews r ON r.marketplace_id = q.marketplace_id AND r.id = q.review_id
			 WHERE r.status <> 'removed'
			   AND NOT EXISTS (SELECT 1 FROM restorations x WHERE x.marketplace_id = p.marketplace_id AND x.proposal_id = p.id)`),
		rule("restorations", "lost its note, and no erasure says why", `
			SELECT x.id FROM restorations x WHERE x.note = '' AND x.erased_at IS NULL`),
		rule("reviews", "is held or redacted, which nothing on record does", `
			SELECT r.id FROM reviews r WHERE r.status IN ('held', 'redacted')`),
	})
}

// rule is a check by a query that finds the rows which break it.
func rule(table, says, query string) ledger.Check {
	return ledger.Check{Name: table, Run: func(_ context.Context, db *gorm.DB) (string, error) {
		var id []string
		err := db.Raw(query + " LIMIT 1").Scan(&id).Error
		if err != nil || len(id) == 0 {
			return "", err
		}
		return "row " + id[0] + " " + says, nil
	}}
}
