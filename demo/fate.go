package demo

import (
	"context"
	"time"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/staff"
)

// asked is a request for a removal and what becomes of it.
type asked struct {
	market   *market
	by       *person
	item     *item
	proposal models.Proposal
	right    bool // the review breaks a rule
	state    string
}

// What becomes of requests that no supervisor decides on, and what supervisors make of the others.
const (
	withdrawn     = 0.02
	edited        = 0.015
	forgotten     = 0.015 // nobody gets to it before it expires
	waitingLate   = 0.55  // of the last days' requests: nobody has got to it yet
	approvesRight = 0.96
	restoresWrong = 0.12 // of the removals of genuine reviews
	restoresRight = 0.005
	handsBack     = 0.03 // of those drawn to decide
)

// fate plans what becomes of a request.
func (w *world) fate(a *asked) {
	w.plan(a.proposal.ExpiresAt.Add(30*time.Second).Sub(w.clock.at), func(ctx context.Context) error { return w.expire(ctx, a) })
	late := w.end.Sub(w.clock.at) < 74*time.Hour
	switch x := w.rng.Float64(); {
	case late && (w.end.Sub(w.clock.at) < 12*time.Hour || x < waitingLate):
		w.left++
		if n := w.left; n%4 == 1 {
			w.plan(30*time.Minute, func(ctx context.Context) error { return w.askBack(ctx, a, n%8 == 5) })
		}
	case late || x > withdrawn+edited+forgotten:
		w.plan(w.delay(), func(ctx context.Context) error { return w.decide(ctx, a) })
	case x < withdrawn:
		w.plan(w.between(10*time.Minute, 3*time.Hour), func(ctx context.Context) error { return w.withdraw(ctx, a) })
	case x < withdrawn+edited:
		w.plan(w.between(time.Hour, 20*time.Hour), func(ctx context.Context) error { return w.edit(ctx, a) })
	}
}

// delay is how long a request waits for its supervisor.
func (w *world) delay() time.Duration {
	return min(20*time.Minute+time.Duration(w.rng.ExpFloat64()*float64(8*time.Hour)), 66*time.Hour)
}

// decide has the supervisor who was drawn give a verdict. Now and then another one tries first.
func (w *world) decide(ctx context.Context, a *asked) error {
	if _, err := w.Desk.SweepDraws(ctx); err != nil {
		return err
	}
	p, err := w.decides(ctx, a)
	if err == nil && p != nil && a.item.negative() && w.chance(handsBack) {
		if err = w.Desk.HandBack(ctx, p.Actor, a.market.id, a.proposal.ID, one(w, moderation.HandBackReasons)); err == nil {
			p, err = w.decides(ctx, a)
		}
	}
	if err != nil || p == nil { // with nobody left to decide, it expires
		return err
	}
	if other := one(w, w.supervisors); other != p && (a.item.negative() || other == a.by || w.tied(other, a)) {
		if err := w.tryAnyway(ctx, other, a); err != nil {
			return err
		}
	}
	chance, note := approvesRight, approvals
	if !a.right {
		chance, note = p.trust, waved
	}
	if !w.chance(chance) {
		_, err := w.Desk.Decline(ctx, p.Actor, a.market.id, a.proposal.ID, a.proposal.Digest, one(w, declines))
		a.state = models.ProposalDeclined
		return err
	}
	if err := w.open(ctx, p, a); err != nil {
		return err
	}
	if _, err := w.Desk.Approve(ctx, p.Actor, a.market.id, a.proposal.ID, a.proposal.Digest, one(w, note)); err != nil {
		return err
	}
	a.state = models.ProposalEffective
	restores := restoresRight
	if !a.right {
		restores = restoresWrong
	}
	if w.chance(restores) {
		w.plan(w.between(2*day, 15*day), func(ctx context.Context) error { return w.restore(ctx, a) })
	}
	return nil
}

// open has a supervisor open the evidence, as they have to before they approve.
func (w *world) open(ctx context.Context, p *person, a *asked) error {
	asked, err := moderation.ParseRemoval(a.proposal)
	for i := 0; err == nil && i < len(asked.Evidence); i++ {
		err = w.Desk.OpenEvidence(ctx, p.Actor, a.market.id, a.proposal.ID, i)
	}
	return err
}

// What approvers ask back, and what they are answered.
const (
	question = "Which words exactly do you go by, and did you look at the author's other reviews?"
	reply    = "The words that I marked. The author's other reviews are about other things and look genuine."
)

// askBack has who was drawn ask the requester something, and now and then the requester answer.
func (w *world) askBack(ctx context.Context, a *asked, answered bool) error {
	p, err := w.drawnFor(ctx, a)
	if err != nil || p == nil || a.state != models.ProposalOpen {
		return err
	}
	err = w.Desk.AskBack(ctx, p.Actor, a.market.id, a.proposal.ID, question)
	if models.IsKind(err, models.Forbidden) { // they can't decide any more
		return nil
	}
	if err == nil && answered {
		err = w.Desk.Answer(ctx, a.by.Actor, a.market.id, a.proposal.ID, reply)
	}
	return err
}

// decides is who was drawn for a request, nil for nobody; where nobody is to be drawn, it is anybody who may.
func (w *world) decides(ctx context.Context, a *asked) (*person, error) {
	p, err := w.drawnFor(ctx, a)
	if err != nil || p != nil || a.item.negative() {
		return p, err
	}
	p = one(w, w.supervisors)
	if p == a.by || w.tied(p, a) || !p.worksIn(a.market.id) {
		p = w.supervisors[1]
	}
	return p, nil
}

// drawnFor is who was drawn for a request, nil for nobody.
func (w *world) drawnFor(ctx context.Context, a *asked) (*person, error) {
	var drawn string
	err := w.DB.WithContext(ctx).Model(&models.ApproverDraw{}).Select("approver_id").
		Where("marketplace_id = ? AND proposal_id = ? AND ended_at IS NULL", a.market.id, a.proposal.ID).Order("n").Limit(1).Scan(&drawn).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	for _, p := range w.supervisors {
		if p.ID == drawn {
			return p, nil
		}
	}
	return nil, nil
}

// tryAnyway has a supervisor try what isn't theirs, the first times: it is refused and on record.
func (w *world) tryAnyway(ctx context.Context, p *person, a *asked) error {
	if !w.may("not theirs "+p.Name, 2, 1) {
		return nil
	}
	_, err := w.Desk.Approve(ctx, p.Actor, a.market.id, a.proposal.ID, a.proposal.Digest, one(w, waved))
	return refused(err, models.Forbidden)
}

func (w *world) restore(ctx context.Context, a *asked) error {
	return w.Desk.Restore(ctx, w.supervisors[w.rng.IntN(2)].Actor, a.market.id, a.item.row.ID, a.item.row.Version, one(w, restorations))
}

func (w *world) withdraw(ctx context.Context, a *asked) error {
	_, err := w.Desk.Withdraw(ctx, a.by.Actor, a.market.id, a.proposal.ID, a.proposal.Digest)
	a.state = models.ProposalWithdrawn
	a.market.open++
	return err
}

// edit has the author change the text, which voids the request.
func (w *world) edit(ctx context.Context, a *asked) error {
	a.item.review.Body += " " + one(w, edits)
	a.state = models.ProposalVoid
	a.market.open++
	return w.run(ctx, a.market, []*item{a.item})
}

// expire sweeps up what nobody decided on.
func (w *world) expire(ctx context.Context, a *asked) error {
	if a.state != models.ProposalOpen {
		return nil
	}
	a.state = models.ProposalExpired
	_, err := w.Engine.Expire(ctx)
	return err
}

// declaration is a tie to a seller that somebody declares.
type declaration struct {
	who      *person
	seller   int
	relation string
	left     float64 // of the history, when they do
}

// tied says whether a supervisor has declared an interest in a request's seller.
func (w *world) tied(p *person, a *asked) bool {
	for _, d := range w.declarations() {
		if d.who == p && a.market.id == large && w.markets[0].sellers[d.seller] == a.item.seller {
			return w.end.Sub(w.clock.at) < w.part(d.left)
		}
	}
	return false
}

func (w *world) declarations() []declaration {
	return []declaration{
		{w.moderators[0], 12, "relative", 0.8}, {w.moderators[2], 7, "former_employer", 0.75}, {w.supervisors[2], 6, "other_business", 0.7},
	}
}

// part is a part of the history, as a time.
func (w *world) part(x float64) time.Duration {
	return time.Duration(x * float64(w.size.Days) * float64(day))
}

// planDeclarations plans them.
func (w *world) planDeclarations() {
	for i, d := range w.declarations() {
		after := w.end.Add(-w.part(d.left)).Sub(w.clock.at)
		w.plan(after, func(ctx context.Context) error {
			_, err := w.Staff.DeclareInterest(ctx, d.who.Actor, staff.NewInterest{
				Marketplace: large, Seller: w.markets[0].sellers[d.seller].id, Relation: d.relation, Note: tieNotes[i%len(tieNotes)],
			})
			return err
		})
	}
}
