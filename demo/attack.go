package demo

import (
	"context"
	"fmt"
	"time"

	"evenhand/models"
	"evenhand/moderation"
)

// On the last day one account runs down a dozen shops within hours. A classifier reports one of its reviews; whoever gets
// that ticket finds the others, and asks for the removal of all of them in one request, which waits in the inbox.
const (
	attacked    = 12
	attackScore = "coordinated 0.96"
	oneAccount  = "One account without a single order wrote the same about twelve shops within four hours. The texts differ in one word."
)

// attack makes up its reviews, of which the first is reported.
func (w *world) attack(m *market) []*item {
	out := w.makeUp(m, 1, attacked-1)
	account := fmt.Sprintf("C-%05d", w.number())
	at := w.clock.at.Add(-day)
	for i, it := range out {
		verified := false
		it.code, it.attack, it.twin, it.review.CustomerID, it.review.OrderRef, it.review.Verified = codeCoordinated, true, nil, account, "", &verified
		it.review.Rating, it.review.PostedAt = 1, at.Add(time.Duration(i)*17*time.Minute)
		w.write(it)
	}
	out[0].source, out[0].report = models.FlagClassifier, attackScore
	return out
}

// gather has a moderator look for what belongs to a review of the attack.
func (w *world) gather(ctx context.Context, m *market, p *person, ask *moderation.Ask) error {
	like := moderation.Like{Author: true, Days: 7}
	found, err := w.Desk.Linked(ctx, p.Actor, m.id, ask.Ticket, like, 1)
	if err != nil {
		return err
	}
	var picks []string
	for _, x := range found.Found {
		if x.Bar == nil {
			picks = append(picks, moderation.Token(ask.Ticket, x.ID))
		}
	}
	w.clock.wind(w.clock.at.Add(w.between(4*time.Minute, 9*time.Minute)))
	if err := w.Desk.Gather(ctx, p.Actor, m.id, ask.Ticket, like, picks); err != nil {
		return err
	}
	got, err := w.Desk.Gathered(ctx, p.Actor, m.id, ask.Ticket)
	ask.Set, w.gathered = moderation.SetDigest(got), len(got) > 1
	ask.Reason, ask.Justification, ask.Evidence = codeCoordinated, oneAccount, nil
	for _, r := range got[:min(2, len(got))] {
		ask.Evidence = append(ask.Evidence, moderation.Evidence{Kind: moderation.EvidenceReviews, Value: r.ID})
	}
	return err
}
