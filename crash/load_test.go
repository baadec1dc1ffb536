package crash_test

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
)

// What a client may hold for true after an act.
type outcome int

const (
	unsure      outcome = iota // no answer came
	done                       // the list, with the message that it is done
	refused                    // a conflict: somebody was first, nothing was changed
	unavailable                // the database is away, nothing was changed
	unknown                    // the database went away, and it may have been done
	strange                    // anything else is a finding
)

// act is one attempt, and what its client was told of it.
type act struct {
	who     *client
	verb    string // approve, decline, remove, keep or skip
	subject string // the proposal or ticket
	path    string
	form    url.Values
	told    outcome
	answer  answer
	at      time.Time // when the answer came
}

// load is the clients at work.
type load struct {
	stop chan struct{}
	wg   sync.WaitGroup
	mu   sync.Mutex
	acts []act
	kept []string
}

// begin sets the clients to work, spread over the servers.
func (d *desk) begin(e *experiment, servers ...*server) *load {
	l := &load{stop: make(chan struct{})}
	for i, c := range append([]*client{d.auditor}, d.clients...) {
		s, rng := servers[i%len(servers)], rand.New(rand.NewPCG(e.rng.Uint64(), 0))
		l.wg.Go(func() {
			for !l.over() {
				if c == d.auditor {
					l.keep(c, s)
				} else {
					c.work(c, s, l, rng)
				}
			}
		})
	}
	return l
}

// end waits for the answers that are still on their way, and puts all that happened on the desk's list.
func (d *desk) end(l *load) []act {
	close(l.stop)
	l.wg.Wait()
	d.acts, d.kept = append(d.acts, l.acts...), append(d.kept, l.kept...)
	return l.acts
}

func (l *load) over() bool {
	select {
	case <-l.stop:
		return true
	default:
		return false
	}
}

// rest is what a client does that found nothing to do, or nobody to talk to.
func (l *load) rest() {
	select {
	case <-l.stop:
	case <-time.After(10 * time.Millisecond):
	}
}

// do tries an act and notes what the client was told.
func (l *load) do(a act, s *server) {
	a.try(s)
	l.mu.Lock()
	l.acts = append(l.acts, a)
	l.mu.Unlock()
	if a.again() {
		l.rest()
	}
}

func (a *act) try(s *server) {
	var err error
	a.answer, err = a.who.post(s, a.path, a.form)
	a.at = time.Now()
	switch {
	case a.answer.status == http.StatusSeeOther && strings.HasPrefix(a.answer.location, market):
		a.told = done // whatever became of the rest of the answer
	case err != nil:
		a.told = unsure
	case a.answer.status == http.StatusConflict:
		a.told = refused
	case a.answer.status == http.StatusServiceUnavailable && strings.Contains(a.answer.body, models.CodeUnknown):
		a.told = unknown
	case a.answer.status == http.StatusServiceUnavailable:
		a.told = unavailable
	default:
		a.told = strange
	}
}

// again says whether somebody would send it once more.
func (a *act) again() bool { return a.told == unsure || a.told == unavailable || a.told == unknown }

// nothing says whether the client was told that nothing was done.
func (a *act) nothing() bool { return a.told == refused || a.told == unavailable }

// keep is the auditor's: a checkpoint to hold the log against later.
func (l *load) keep(c *client, s *server) {
	if a, err := c.get(s, "/ledger/checkpoint"); err == nil && a.status == http.StatusOK {
		l.mu.Lock()
		l.kept = append(l.kept, a.body)
		l.mu.Unlock()
	}
	l.rest()
}

// decides is a supervisor's: a few of the requests in the inbox, in any order, most of them approved.
func decides(c *client, s *server, l *load, rng *rand.Rand) {
	inbox, err := c.get(s, market+"/approvals")
	ids := inbox.proposals()
	if err != nil || len(ids) == 0 {
		l.rest()
		return
	}
	for range min(4, len(ids)) {
		id := ids[rng.IntN(len(ids))]
		page, err := c.get(s, market+"/proposals/"+id)
		if err != nil || page.digest() == "" || l.over() {
			continue // decided meanwhile
		}
		opened, err := c.post(s, market+"/proposals/"+id+"/evidence/1", nil)
		if err != nil || opened.status != http.StatusOK || l.over() {
			continue // without it nobody approves
		}
		verb := models.VerdictApprove
		if rng.IntN(12) == 0 {
			verb = models.VerdictDecline
		}
		l.do(act{who: c, verb: verb, subject: id, path: market + "/proposals/" + id + "/" + verb,
			form: url.Values{"digest": {page.digest()}, "note": {"Checked the order look-up."}}}, s)
	}
}

// moderates is a moderator's: one ticket.
func moderates(c *client, s *server, l *load, rng *rand.Rand) {
	drawn, err := c.post(s, market+"/desk/next", nil)
	ticket, ok := strings.CutPrefix(drawn.location, market+"/tickets/")
	if err != nil || !ok {
		l.rest()
		return
	}
	page, err := c.get(s, drawn.location)
	if err != nil || page.digest() == "" {
		return
	}
	form := url.Values{"text_digest": {page.digest()}}
	verb := []string{"remove", "remove", "remove", "keep", "skip"}[rng.IntN(5)]
	switch verb {
	case "remove":
		form.Set("reason", "FAKE_EXPERIENCE")
		form.Set("evidence_order", "look-up 17: no order")
		form.Set("justification", apptest.Justification)
	case "skip":
		form.Set("reason", "language")
	}
	l.do(act{who: c, verb: verb, subject: ticket, path: drawn.location + "/" + verb, form: form}, s)
}
