package moderation

import (
	"context"
	"time"

	"evenhand/models"
	"evenhand/rbac"
)

// Approving is what an approver, or who asked, has before them beside the request itself.
type Approving struct {
	Opened      []int // pieces of evidence that this person has opened
	Unopened    error // which ones keep them from approving; nil for none
	Thread      []Message
	Ask, Answer error // why not; nil for who may
	EscalatesAt time.Time
	Escalated   bool
	Seats       int       // how many people are drawn for it now
	Together    *Together // nil for who asked
}

// noSay is an error that says nothing: the thing isn't for this person at all.
var noSay = models.E(models.Forbidden, "no_right", "")

// Approving reads what belongs to one request for one person who may read it.
func (d *Desk) Approving(ctx context.Context, actor models.Actor, v ProposalView) (Approving, error) {
	db := d.db.WithContext(ctx)
	a := Approving{EscalatesAt: EscalatesAt(v.Proposal), Ask: noSay, Answer: noSay}
	a.Escalated = v.State == models.ProposalOpen && escalated(v.Proposal, d.now())
	var err error
	if a.Opened, err = openedBy(db, v.MarketplaceID, v.ID, actor.ID); err != nil {
		return a, models.Translate(err)
	}
	a.Unopened = unopenedOf(v.Proposal, v.Pieces, a.Opened)
	if a.Thread, err = messagesOf(db, v.MarketplaceID, v.ID); err != nil {
		return a, err
	}
	if v.State == models.ProposalOpen && d.now().Before(v.ExpiresAt) {
		a.Ask, a.Answer = d.mayAsk(ctx, actor, v.Row, len(a.Thread)), d.mayAnswer(ctx, actor, v.Row)
	}
	var seats int64
	err = db.Model(&models.ApproverDraw{}).Where("marketplace_id = ? AND proposal_id = ? AND ended_at IS NULL", v.MarketplaceID, v.ID).Count(&seats).Error
	if err != nil {
		return a, models.Translate(err)
	}
	a.Seats = int(seats)
	if v.RequesterID != actor.ID { // nobody is told what is asked about themselves
		t, err := d.Together(ctx, actor, v.Row)
		if err != nil {
			return a, err
		}
		a.Together = &t
	}
	return a, nil
}

// mayAsk says why somebody may not ask back, for showing; the act asks again.
func (d *Desk) mayAsk(ctx context.Context, actor models.Actor, r Row, said int) error {
	db := d.db.WithContext(ctx)
	if ok, err := d.rights.Can(db, actor.ID, r.MarketplaceID, rbac.Object{Kind: "removal", Requester: r.RequesterID}, rightTo[models.MessageQuestion]); err != nil || !ok {
		return noSay
	}
	if said >= mostMessages {
		return models.E(models.Conflict, "thread_full", "There are %d messages about this request already. Decide on what there is.", mostMessages)
	}
	if err := refuseInterest(db, r.MarketplaceID, actor, r.SellerID); err != nil {
		return err
	}
	return refuseUndrawn(db, models.RemovalRequest{MarketplaceID: r.MarketplaceID, ProposalID: r.ID, Drawn: r.Drawn}, actor)
}

func (d *Desk) mayAnswer(ctx context.Context, actor models.Actor, r Row) error {
	ok, err := d.rights.Can(d.db.WithContext(ctx), actor.ID, r.MarketplaceID, rbac.Object{Kind: "removal", Requester: r.RequesterID}, rightTo[models.MessageAnswer])
	switch {
	case r.RequesterID != actor.ID:
		return noSay
	case err != nil || !ok:
		return models.E(models.Forbidden, "no_right", "You asked for this, but you may not work on requests here any more, so you can’t answer.")
	case r.Last != models.MessageQuestion:
		return noSay
	}
	return nil
}
