package erasure

import (
	"context"

	"evenhand/approval"
	"evenhand/models"
)

// Approve lets a requested erasure happen, if with it enough distinct people have approved. On SQLite it then makes
// sure that the file has forgotten, too: an error of code not_scrubbed comes after an erasure that took effect.
func (x *Erasures) Approve(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	p, err := x.engine.Decide(ctx, actor, approval.Verdict{Kind: models.KindEraseCustomer, Marketplace: marketplace, Proposal: proposal, Digest: digest, Approve: true, Note: note})
	if err == nil && p.State == models.ProposalEffective {
		err = models.Scrub(ctx, x.db)
	}
	return p, err
}

// Decline ends a request; everything stays.
func (x *Erasures) Decline(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte, note string) (models.Proposal, error) {
	return x.engine.Decide(ctx, actor, approval.Verdict{Kind: models.KindEraseCustomer, Marketplace: marketplace, Proposal: proposal, Digest: digest, Note: note})
}

// Withdraw takes a request back.
func (x *Erasures) Withdraw(ctx context.Context, actor models.Actor, marketplace, proposal string, digest []byte) (models.Proposal, error) {
	return x.engine.Withdraw(ctx, actor, marketplace, proposal, digest)
}
