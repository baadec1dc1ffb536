package moderation

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// Checks tie the desk's tables to the ledger: every decision, skip and restoration has its entry, what lists say of
// a request is what was asked, and a review is removed, redacted, labelled or moved exactly where an effective request that
// nobody undid says so. Without the
// key that makes the seeds of draws, they aren't held against it, and everything else is.
func (d *Desk) Checks(seals bool) []ledger.Check {
	return slices.Concat(d.drawChecks(seals), []ledger.Check{
		decisions.Check(), skips.Check(), restorations.Check(), secondLooks.Check(), openings.Check(), messages.Check(), unopened, unmaskings.Check(), ofTheReview,
		ledger.NoRow("restorations", "lost its note, and no erasure says why", `
			SELECT x.id FROM restorations x WHERE x.note = '' AND x.erased_at IS NULL`),
		ledger.NoRowIs("reviews", "has another status than its remedies give it",
			"t.status <> CASE WHEN t.removal_id IS NOT NULL THEN 'removed' WHEN t.hold_id IS NOT NULL THEN 'held' WHEN t.redaction_id IS NOT NULL THEN 'redacted' ELSE 'published' END"),
		ledger.NoRow("reviews", "stands elsewhere than its move says", `
			SELECT r.id FROM reviews r LEFT JOIN removal_requests q ON q.marketplace_id = r.marketplace_id AND q.proposal_id = r.move_id
			 WHERE (r.move_id IS NULL AND (r.home_seller_id IS NOT NULL OR r.home_product_id IS NOT NULL))
			    OR (r.move_id IS NOT NULL AND (r.home_seller_id IS NULL OR r.home_product_id IS NULL OR q.to_product_id IS NULL
			        OR q.to_product_id <> r.product_id OR q.to_seller_id <> r.seller_id))`).
			OnlyIf("reviews", "t.move_id IS NOT NULL OR t.home_seller_id IS NOT NULL OR t.home_product_id IS NOT NULL"),
		attachments.Check(),
		boundFiles.Check(),
		{Name: "attachments", Run: checkFiles},
		ledger.NoRow("attachments", "was emptied, which no entry explains", `
			SELECT t.id FROM attachments t WHERE t.swept_at IS NOT NULL AND (t.proposal_id IS NOT NULL OR length(t.content) > 0 OR t.name <> '' OR NOT EXISTS (
				SELECT 1 FROM ledger_entries x WHERE x.subject_id = CAST(t.id AS text) AND x.act = 'evidence.sweep' AND x.outcome = 'done' AND x.at = t.swept_at))`),
	}, holdChecks(), remedyChecks(), templateChecks(), routeChecks(), []ledger.Check{shifts.Check()})
}

// remedyChecks hold each remedy that a review has against the effective requests that nobody undid, both ways: what took
// effect, by its last approval's entry, either stands or was undone.
func remedyChecks() []ledger.Check {
	var rules []ledger.Check
	states := []ledger.RowState{{Table: "restorations", ID: "t.proposal_id", State: "t.review_id"}}
	for _, x := range remedies {
		states = append(states, ledger.RowState{Table: "reviews", ID: "t." + x.Column, State: "t.id"})
		rules = append(rules, ledger.NoRow("reviews", "is "+x.done()+" although no effective request that still stands asks for it", `
			SELECT r.id FROM reviews r WHERE r.`+x.Column+` IS NOT NULL AND NOT EXISTS (
				SELECT 1 FROM proposals p JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
				 WHERE p.marketplace_id = r.marketplace_id AND p.id = r.`+x.Column+` AND p.kind = '`+x.Kind+`' AND p.state = 'effective' AND q.review_id = r.id
				   AND NOT EXISTS (SELECT 1 FROM restorations x WHERE x.marketplace_id = p.marketplace_id AND x.proposal_id = p.id))`),
			ledger.NoRow("reviews", "isn't "+x.done()+" although an effective request says so and nobody restored it", `
			SELECT r.id FROM removal_requests q
			  JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id AND p.state = 'effective' AND p.kind = '`+x.Kind+`'
			  JOIN reviews r ON r.marketplace_id = q.marketplace_id AND r.id = q.review_id
			 WHERE (r.`+x.Column+` IS NULL OR r.`+x.Column+` <> p.id)
			   AND NOT EXISTS (SELECT 1 FROM restorations x WHERE x.marketplace_id = p.marketplace_id AND x.proposal_id = p.id)`))
	}
	return []ledger.Check{ledger.Stated{Name: "reviews", Of: states, Acts: approveActs, Entry: tookEffect, Run: inTurn(rules)}.Check()}
}

// tookEffect is the proposal that an approval brought into effect, and its review.
func tookEffect(e *ledger.Said) (proposal, review string) {
	if e.Text("state") != models.ProposalEffective {
		return "", ""
	}
	return e.SubjectID, e.Text("subject")
}

// inTurn runs checks one after another, until one finds something.
func inTurn(checks []ledger.Check) func(ctx context.Context, db *gorm.DB) (string, error) {
	return func(ctx context.Context, db *gorm.DB) (string, error) {
		for _, c := range checks {
			if finding, err := c.Run(ctx, db); err != nil || finding != "" {
				return finding, err
			}
		}
		return "", nil
	}
}

// done is what a review is by a remedy.
func (x remedy) done() string {
	return map[string]string{models.ActionLabel: "labelled", models.ActionRedact: "redacted", models.ActionMove: "moved", models.ActionRemove: "removed"}[x.Name]
}
