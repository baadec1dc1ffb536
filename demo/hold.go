package demo

import (
	"context"
	"time"

	"evenhand/models"
	"evenhand/moderation"
)

// How the large marketplace has holds: few, and for the last weeks only.
const (
	holdsPerDay = 2
	holdMinutes = 240
	holdsSince  = 21 * day
)

// One hold is still there when the demo begins, for some time at least.
const (
	dangers   = 6 // reviews of the last day that endanger somebody
	leastHeld = 30 * time.Minute
)

// dangerous makes up flagged reviews that endanger somebody.
func (w *world) dangerous(m *market) []*item {
	var out []*item
	for len(out) < dangers {
		for _, it := range w.makeUp(m, dangers, 0) {
			if holdWords[it.code] != "" && len(out) < dangers {
				out = append(out, it)
			}
		}
	}
	return out
}

// holdWords are what holders say, by the danger.
var holdWords = map[string]string{
	codePersonal: "It says who a private person is and where they can be found.",
	codeThreat:   "It threatens somebody at the shop, who has to go to work there.",
}

// hold has a moderator hide a review that endangers somebody, while two people decide on it. Once a day's holds are used
// up, the request alone has to do.
func (w *world) hold(ctx context.Context, m *market, p *person, t models.Ticket, it *item) error {
	words := holdWords[it.code]
	if words == "" || m.id != large || w.end.Sub(w.clock.at) > holdsSince {
		return nil
	}
	until, err := w.Desk.PlaceHold(ctx, p.Actor, moderation.Hold{Marketplace: m.id, Ticket: t.ID, Seen: it.row.Digest, Reason: it.code, Words: words})
	if models.IsKind(err, models.Forbidden) || models.IsKind(err, models.Conflict) {
		return nil
	}
	if err != nil {
		return err
	}
	w.heldUntil = until
	w.plan(until.Sub(w.clock.at), func(ctx context.Context) error {
		_, err := w.Desk.SweepHolds(ctx)
		return err
	})
	w.clock.wind(w.clock.at.Add(40 * time.Second))
	return nil
}
