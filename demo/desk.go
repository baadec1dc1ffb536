package demo

import (
	"context"
	"errors"
	"time"

	"evenhand/models"
	"evenhand/moderation"
)

// How an honest moderator decides, as logits of the chance to ask for a removal; and a favouring one on a genuine
// negative review of the favoured seller, as a chance.
const (
	onBreaking = 2.6
	onGenuine  = -2.9
	onFavoured = 0.95
	skipping   = 0.015
)

// takeOne has a moderator take the next ticket and decide on it. An empty queue is nothing to do.
func (w *world) takeOne(ctx context.Context, m *market, p *person) error {
	t, err := w.Desk.Next(ctx, p.Actor, m.id)
	if models.IsKind(err, models.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	it := w.items[t.ReviewID]
	w.clock.wind(w.clock.at.Add(w.between(20*time.Second, 3*time.Minute)))
	if w.chance(skipping) {
		return w.Desk.Skip(ctx, p.Actor, m.id, t.ID, one(w, moderation.SkipReasons), one(w, skipNotes))
	}
	m.open--
	if err := w.hold(ctx, m, p, t, it); err != nil {
		return err
	}
	if !w.chance(w.removes(p, it)) {
		return w.Desk.Keep(ctx, p.Actor, m.id, t.ID, it.row.Digest)
	}
	if err := w.slip(ctx, m, p, t, it); err != nil {
		return err
	}
	ask := w.ask(m, p, it)
	ask.Ticket = t.ID
	if it.attack {
		if err := w.gather(ctx, m, p, &ask); err != nil {
			return err
		}
	}
	proposal, err := w.Desk.Request(ctx, p.Actor, ask)
	if err != nil || proposal.ID == "" { // a second look asks for nothing
		return err
	}
	a := &asked{market: m, by: p, item: it, proposal: proposal, right: it.code != "", state: models.ProposalOpen}
	w.asked = append(w.asked, a)
	w.fate(a)
	return nil
}

// removes is the chance that a moderator asks for a removal.
func (w *world) removes(p *person, it *item) float64 {
	switch {
	case it.attack:
		return 1
	case it.code != "":
		return logistic(onBreaking + p.strict)
	case p.favours == it.seller && it.negative():
		return onFavoured
	}
	return logistic(onGenuine + p.strict)
}

// slip has some moderators try, now and then, what the desk refuses: a reason that is never valid.
func (w *world) slip(ctx context.Context, m *market, p *person, t models.Ticket, it *item) error {
	if it.code != "" || !w.may("never valid", 4, 0.15) {
		return nil
	}
	ask := w.ask(m, p, it)
	ask.Ticket, ask.Justification = t.ID, one(w, neverValid)
	_, err := w.Desk.Request(ctx, p.Actor, ask)
	w.clock.wind(w.clock.at.Add(w.between(20*time.Second, time.Minute)))
	return refused(err, models.Policy)
}

// may says whether something that happens a few times happens now.
func (w *world) may(slip string, most int, p float64) bool {
	if w.slips[slip] >= most || !w.chance(p) {
		return false
	}
	w.slips[slip]++
	return true
}

// refused is nil for the refusal that was to come.
func refused(err error, kind models.Kind) error {
	switch {
	case err == nil:
		return errors.New("an attempt that had to be refused wasn't")
	case models.IsKind(err, kind):
		return nil
	}
	return err
}
