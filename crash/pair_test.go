package crash_test

import (
	"testing"
	"time"
)

// takeover is how long entries may wait when the instance whose sequencer was at work is killed.
const takeover = 5 * time.Second

// oneOfTwoKilled is one run over two instances on one database: one is killed and the other goes on, its sequencer
// too.
func oneOfTwoKilled(t *testing.T, e *experiment) {
	t.Helper()
	d := e.desk
	e.alive(t, 2)
	d.prepare(t, 30, 20)
	began := time.Now()
	l := d.begin(e, d.servers...)
	time.Sleep(e.span(30*time.Millisecond, 900*time.Millisecond))
	crash, victim := time.Now(), e.rng.IntN(2)
	d.servers[victim].kill()
	time.Sleep(e.span(500*time.Millisecond, 900*time.Millisecond))
	acts := d.end(l)
	for _, s := range d.servers {
		e.readLog(t, s, " ERROR ", "panic", "fatal error")
	}
	d.servers = []*server{d.servers[1-victim]} // the next run starts another
	e.settle(t, acts, began, crash)
	if e.row.signed > takeover {
		e.finding(t, "an entry waited %v for its checkpoint", e.row.signed)
	}
}
