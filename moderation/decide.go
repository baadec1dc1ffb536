package moderation

import (
	"context"

	"evenhand/approval"
	"evenhand/models"
)

// Approve lets a requested removal happen, if with it enough distinct people have approved.
func (d *Desk) Approve(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	return d.engine.Decide(ctx, actor, approval.Verdict{
		Kind: models.KindRemoveReview, Marketplace: marketplace, Proposal: proposal, Digest: digest, Approve: true, Note: note,
	})
}

// Decline ends a request; the review stays published.
func (d *Desk) Decline(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	return d.engine.Decide(ctx, actor, approval.Verdict{
		Kind: models.KindRemoveReview, Marketplace: marketplace, Proposal: proposal, Digest: digest, Note: note,
	})
}

// VerdictEntry is the id of the entry of somebody's verdict on a proposal, "" where there is none.
func (d *Desk) VerdictEntry(ctx context.Context, p models.Proposal, by models.Actor) string {
	var id []string
	err := d.db.WithContext(ctx).Model(&models.Approval{}).
		Where("marketplace_id = ? AND proposal_id = ? AND approver_id = ?", p.MarketplaceID, p.ID, by.ID).Pluck("id", &id).Error
	if err != nil || len(id) == 0 {
		return ""
	}
	return id[0]
}

// Withdraw takes a request back; the ticket waits for somebody again.
func (d *Desk) Withdraw(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte) (models.Proposal, error) {
	return d.engine.Withdraw(ctx, actor, marketplace, proposal, digest)
}
