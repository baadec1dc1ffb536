package crash_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// killed is one run over one server: SIGKILL under load, a restart that is killed itself every now and then, and the
// questions.
func killed(t *testing.T, e *experiment) {
	t.Helper()
	d := e.desk
	e.alive(t, 1)
	d.prepare(t, 20, 12)
	began := time.Now()
	l := d.begin(e, d.servers...)
	time.Sleep(e.span(30*time.Millisecond, 1200*time.Millisecond))
	crash := time.Now()
	d.servers[0].kill()
	acts := d.end(l)
	e.readLog(t, d.servers[0], " ERROR ", "panic", "fatal error")
	for e.rng.IntN(3) == 0 {
		e.killStarting(t)
	}
	d.servers[0] = up(t, d.url())
	e.row.restart = max(e.row.restart, time.Since(d.servers[0].began))
	e.settle(t, acts, began, crash)
}

// alive makes sure that so many servers run and that everybody is signed in.
func (e *experiment) alive(t *testing.T, n int) {
	t.Helper()
	d := e.desk
	for len(d.servers) < n {
		d.servers = append(d.servers, up(t, d.url()))
	}
	d.signIn(t, d.servers[0])
}

// killStarting begins a life that ends within moments.
func (e *experiment) killStarting(t *testing.T) {
	t.Helper()
	s := start(t, e.desk.url())
	time.Sleep(e.span(time.Millisecond, 90*time.Millisecond))
	if s.status() != http.StatusOK {
		e.row.starting++
	}
	s.kill()
}

// settle asks the questions once the servers are up: as the crash left things, and again after everybody has repeated
// what they had no answer to.
func (e *experiment) settle(t *testing.T, acts []act, began, crash time.Time) {
	t.Helper()
	d := e.desk
	up := time.Now()
	e.row.caughtUp = max(e.row.caughtUp, d.caughtUp(t).Sub(up))
	r := e.check(t)
	e.row.count(r, acts)
	e.row.lag(r, began, crash)
	if e.repeat(t, acts) {
		d.caughtUp(t)
		e.check(t)
	}
	e.verify(t)
}

// repeat has everybody send again what they weren't told the end of: it is done now, or it was done before.
func (e *experiment) repeat(t *testing.T, acts []act) bool {
	t.Helper()
	again := false
	for _, a := range acts {
		if !a.again() {
			continue
		}
		again = true
		a.try(e.desk.servers[0])
		if a.told != done && a.told != refused {
			e.finding(t, "%s sent again was answered %d %s", a.path, a.answer.status, a.answer.body)
		}
		e.desk.acts = append(e.desk.acts, a)
	}
	return again
}

// readLog looks for what a server should never have had to say.
func (e *experiment) readLog(t *testing.T, s *server, words ...string) {
	t.Helper()
	for line := range strings.Lines(s.said()) {
		for _, w := range words {
			if strings.Contains(line, w) {
				e.finding(t, "the log says: %s", line)
			}
		}
	}
}
