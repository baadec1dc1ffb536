package handlers

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"evenhand/app"
	"evenhand/models"
	"evenhand/moderation"
)

// The bounds of streams.
const (
	mostStreams = 2000 // of this process
	mostOfOne   = 4    // of one person
	pollEvery   = time.Second
	pollAnyway  = 30 * time.Second // counts also change by time alone
	pollShare   = 8                // a round that took long is followed by a rest of so many times as long
	pollAtMost  = 20 * time.Second // a round that takes longer is given up
)

// news is what a page is told: counts by name, and how its ticket's review stands.
type news struct {
	Counts map[string]int
	Ticket *moderation.Pulse
}

// watcher is one open stream. The hub alone writes to what is below news, under its lock.
type watcher struct {
	actor  models.Actor
	token  string
	roles  []string
	ticket string
	counts []string
	news   chan news

	gone      bool
	told      map[string]int
	toldPulse moderation.Pulse
}

// hub lets the streams of a marketplace share one look at the database. Instances know nothing of each other: each
// looks for itself.
type hub struct {
	app *app.App
	log *slog.Logger

	mu     sync.Mutex
	all    int
	byWho  map[string]int
	places map[string]*livePlace
}

// livePlace are the streams of one marketplace; it is looked at as long as there is one.
type livePlace struct {
	watchers map[*watcher]bool
	stop     context.CancelFunc
}

func newHub(a *app.App, log *slog.Logger) *hub {
	return &hub{app: a, log: log, byWho: map[string]int{}, places: map[string]*livePlace{}}
}

// join adds a stream, unless there are enough; leave takes it away.
func (h *hub) join(market string, w *watcher) (leave func(), ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all >= mostStreams || h.byWho[w.actor.ID] >= mostOfOne {
		return nil, false
	}
	h.all++
	h.byWho[w.actor.ID]++
	p := h.places[market]
	if p == nil {
		ctx, stop := context.WithCancel(context.Background()) // it outlives the request that began it
		p = &livePlace{watchers: map[*watcher]bool{}, stop: stop}
		h.places[market] = p
		go h.look(ctx, market, p)
	}
	p.watchers[w] = true
	return func() { h.leave(market, p, w) }, true
}

func (h *hub) leave(market string, p *livePlace, w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all--
	if h.byWho[w.actor.ID]--; h.byWho[w.actor.ID] == 0 {
		delete(h.byWho, w.actor.ID)
	}
	delete(p.watchers, w)
	if len(p.watchers) == 0 && h.places[market] == p {
		p.stop()
		delete(h.places, market)
	}
}

// open is how many streams there are.
func (h *hub) open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all
}

// look looks again and again, until the last stream is gone. The database is asked for counts only where something was
// put on record since, or after a while; a slow one is asked less often.
func (h *hub) look(ctx context.Context, market string, p *livePlace) {
	last, counted := "", time.Time{}
	for {
		begin := time.Now()
		round, cancel := context.WithTimeout(ctx, pollAtMost)
		newest, err := h.app.Newest(round, market)
		anew := newest != last || begin.Sub(counted) >= pollAnyway
		if err == nil {
			err = h.tell(round, market, p, anew)
		}
		cancel()
		switch {
		case err == nil && anew:
			last, counted = newest, begin
		case err != nil && ctx.Err() == nil:
			h.log.Warn("live", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(pollEvery, pollShare*time.Since(begin))):
		}
	}
}

// tell says to each stream what is new to it, and ends those whose person may not have it any more. Where nothing has
// happened, only those that just came are counted for.
func (h *hub) tell(ctx context.Context, market string, p *livePlace, anew bool) error {
	h.mu.Lock()
	all := slices.Collect(maps.Keys(p.watchers))
	h.mu.Unlock()
	all, err := h.standing(ctx, market, all)
	if err != nil {
		return err
	}
	counts := map[string]map[string]int{} // several windows of a person are counted for once
	for _, w := range all {
		if !anew && w.told != nil {
			continue
		}
		now, known := counts[w.actor.ID]
		if !known {
			if now, err = h.app.Counts(ctx, w.actor, market, w.counts); err != nil {
				return err
			}
			counts[w.actor.ID] = now
		}
		n := news{}
		if !maps.Equal(now, w.told) {
			n.Counts = now
		}
		if w.ticket != "" {
			pulse, err := h.app.Desk.Pulse(ctx, market, w.ticket)
			if err != nil {
				return err
			}
			if pulse != w.toldPulse {
				n.Ticket = &pulse
			}
		}
		h.say(w, n)
	}
	return nil
}

// standing ends the streams of those who are signed out, disabled or of other roles than when the stream began, and
// returns the others.
func (h *hub) standing(ctx context.Context, market string, all []*watcher) ([]*watcher, error) {
	tokens := make([]string, len(all))
	for i, w := range all {
		tokens[i] = w.token
	}
	living, err := h.app.Staff.Living(ctx, tokens)
	if err != nil {
		return nil, err
	}
	rights, err := h.app.Rights.View(h.app.DB.WithContext(ctx))
	if err != nil {
		return nil, models.Translate(err)
	}
	var out []*watcher
	for _, w := range all {
		if !w.gone && living[w.token] && slices.Equal(rights.Roles(w.actor.ID, market), w.roles) {
			out = append(out, w)
			continue
		}
		if !w.gone { // only this goroutine closes it
			w.gone = true
			close(w.news)
		}
	}
	return out, nil
}

// say leaves news for a stream. One that hasn't taken the last yet gets both as one.
func (h *hub) say(w *watcher, n news) {
	if n.Counts == nil && n.Ticket == nil {
		return
	}
	select {
	case old := <-w.news:
		if n.Counts == nil {
			n.Counts = old.Counts
		}
		if n.Ticket == nil {
			n.Ticket = old.Ticket
		}
	default:
	}
	w.news <- n
	if n.Counts != nil {
		w.told = n.Counts
	}
	if n.Ticket != nil {
		w.toldPulse = *n.Ticket
	}
}
