package crash_test

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

// databaseStopped is one run in which the database's server is stopped at once under load and started again. Mostly the
// program stays up, and has to find its way back by itself; now and then it is killed together with its database.
func databaseStopped(t *testing.T, e *experiment, pg *postgres) {
	t.Helper()
	d := e.desk
	e.alive(t, 1)
	d.prepare(t, 30, 20)
	s, began := d.servers[0], time.Now()
	l := d.begin(e, s)
	time.Sleep(e.span(30*time.Millisecond, 900*time.Millisecond))
	crash := time.Now()
	if e.rng.IntN(4) == 0 {
		e.row.both++
		acts := e.stopBoth(t, pg, l)
		e.settle(t, acts, began, crash)
		return
	}
	pg.crash(t)
	if got := s.status(); got != http.StatusServiceUnavailable {
		e.finding(t, "without its database /readyz answers %d", got)
	}
	time.Sleep(e.span(0, 700*time.Millisecond))
	pg.start(t)
	back := time.Now()
	e.ready(t, s)
	e.row.restart = max(e.row.restart, time.Since(back))
	time.Sleep(e.span(500*time.Millisecond, time.Second))
	acts := d.end(l)
	e.resumed(t, acts, back)
	e.readLog(t, s, " ERROR internal", "panic", "fatal error") // the sequencer may well say that it can't work
	e.settle(t, acts, began, crash)
}

// stopBoth ends the program and its database in the same moment, and starts them again.
func (e *experiment) stopBoth(t *testing.T, pg *postgres, l *load) []act {
	t.Helper()
	d := e.desk
	var wg sync.WaitGroup
	wg.Go(d.servers[0].kill)
	pg.crash(t)
	wg.Wait()
	acts := d.end(l)
	pg.start(t)
	d.servers[0] = up(t, d.url())
	e.row.restart = max(e.row.restart, time.Since(d.servers[0].began))
	return acts
}

// ready waits until a server that stayed up answers that it is ready again.
func (e *experiment) ready(t *testing.T, s *server) {
	t.Helper()
	for begin := time.Now(); s.status() != http.StatusOK; time.Sleep(2 * time.Millisecond) {
		select {
		case <-s.gone:
			e.finding(t, "the program ended with its database:\n%s", s.said())
			t.FailNow()
		default:
		}
		if time.Since(begin) > 20*time.Second {
			e.finding(t, "twenty seconds after the database is back the program isn't:\n%s", s.said())
			t.FailNow()
		}
	}
}

// resumed makes sure that people could work again, and that the wait for it wasn't long.
func (e *experiment) resumed(t *testing.T, acts []act, back time.Time) {
	t.Helper()
	for _, a := range acts {
		if a.told == done && a.at.After(back) {
			return
		}
	}
	e.finding(t, "nothing was done any more once the database was back")
}
