package rulebook

import (
	"context"

	"evenhand/approval"
	"evenhand/models"
)

// Approve puts rules that were asked for in force, if with it enough distinct people have approved.
func (b *Book) Approve(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	return b.engine.Decide(ctx, actor, approval.Verdict{Kind: models.KindChangeRouting, Marketplace: marketplace, Proposal: proposal, Digest: digest, Approve: true, Note: note})
}

// Decline ends a request for other rules; those in force stay.
func (b *Book) Decline(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	return b.engine.Decide(ctx, actor, approval.Verdict{Kind: models.KindChangeRouting, Marketplace: marketplace, Proposal: proposal, Digest: digest, Note: note})
}

// Withdraw takes a request back.
func (b *Book) Withdraw(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte) (models.Proposal, error) {
	return b.engine.Withdraw(ctx, actor, marketplace, proposal, digest)
}
