package moderation

import (
	"context"

	"evenhand/approval"
	"evenhand/models"
)

// Approve lets a requested removal happen, if with it enough distinct people have approved.
func (d *Desk) Approve(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	return d.engine.Decide(ctx, actor, approval.Verdict{Marketplace: marketplace, Proposal: proposal, Digest: digest, Approve: true, Note: note})
}

// Decline ends a request; the review stays published.
func (d *Desk) Decline(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	return d.engine.Decide(ctx, actor, approval.Verdict{Marketplace: marketplace, Proposal: proposal, Digest: digest, Note: note})
}

// Withdraw takes a request back; the ticket waits for somebody again.
func (d *Desk) Withdraw(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte) (models.Proposal, error) {
	return d.engine.Withdraw(ctx, actor, marketplace, proposal, digest)
}
