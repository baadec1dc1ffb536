package settings

import (
	"context"

	"evenhand/approval"
	"evenhand/models"
)

// Approve lets a change happen, if with it enough distinct people have approved.
func (x *Settings) Approve(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	return x.engine.Decide(ctx, actor, approval.Verdict{Kind: models.KindSettings, Marketplace: marketplace, Proposal: proposal, Digest: digest, Approve: true, Note: note})
}

// Decline ends a request; everything stays as it is.
func (x *Settings) Decline(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	return x.engine.Decide(ctx, actor, approval.Verdict{Kind: models.KindSettings, Marketplace: marketplace, Proposal: proposal, Digest: digest, Note: note})
}

// Withdraw takes a request back.
func (x *Settings) Withdraw(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte) (models.Proposal, error) {
	return x.engine.Withdraw(ctx, actor, marketplace, proposal, digest)
}
