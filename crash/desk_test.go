package crash_test

import (
	"fmt"
	"testing"
	"time"

	"evenhand/app"
	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// desk is a database with people, which outlives the servers that are killed over it.
type desk struct {
	world   *apptest.World
	servers []*server
	asker   models.Actor
	clients []*client
	auditor *client

	acts []act    // all that clients ever tried on it
	kept []string // checkpoints that the auditor was given
}

const (
	supervisors = 5
	moderators  = 3
)

func newDesk(t *testing.T, db *dbtest.DB) *desk {
	t.Helper()
	d := &desk{world: apptest.New(t, db)}
	d.asker = d.world.Person(t, "asker", models.RoleModerator)
	for i := range supervisors {
		d.clients = append(d.clients, newClient(d.world.Person(t, fmt.Sprintf("supervisor-%d", i), models.RoleSupervisor), decides))
	}
	for i := range moderators {
		d.clients = append(d.clients, newClient(d.world.Person(t, fmt.Sprintf("moderator-%d", i), models.RoleModerator), moderates))
	}
	d.auditor = newClient(d.world.Person(t, "auditor", models.RoleAuditor), nil)
	check(t, models.Close(db.DB))
	return d
}

func (d *desk) url() string { return d.world.DB.URL }

// reach opens the database for the test itself while fn runs. Nobody but the server has it open when it is killed, so
// that it is the next server that finds what the last one left.
func (d *desk) reach(t *testing.T, fn func(w *apptest.World)) {
	t.Helper()
	db, err := models.Open(d.url())
	check(t, err)
	defer models.Close(db) //nolint:errcheck // only the test's own
	d.world.DB.DB = db
	d.world.App, err = app.New(db, app.Options{SealKey: apptest.SealKey, Passwords: apptest.FastPasswords})
	check(t, err)
	fn(d.world)
}

// prepare brings in what the clients of one run work on: requests, and tickets that nobody holds.
func (d *desk) prepare(t *testing.T, requests, tickets int) {
	t.Helper()
	d.reach(t, func(w *apptest.World) {
		for range requests {
			w.Review(t, w.Seller, 1)
			w.Ask(t, d.asker)
		}
		for range tickets {
			w.Review(t, w.Seller, 2)
		}
	})
}

// signIn gives everybody who has none a session; it outlives the servers.
func (d *desk) signIn(t *testing.T, s *server) {
	t.Helper()
	for _, c := range append([]*client{d.auditor}, d.clients...) {
		if !c.signedIn {
			check(t, c.signIn(s))
		}
	}
}

// caughtUp waits until every entry has its number, and returns when that was.
func (d *desk) caughtUp(t *testing.T) time.Time {
	t.Helper()
	d.reach(t, func(w *apptest.World) {
		begin, waiting := time.Now(), true
		for {
			check(t, w.DB.Raw("SELECT EXISTS (SELECT 1 FROM ledger_pending)").Scan(&waiting).Error)
			if !waiting {
				return
			}
			if time.Since(begin) > 30*time.Second {
				t.Fatalf("the sequencer isn't through after half a minute:\n%s", d.servers[0].said())
			}
			time.Sleep(2 * time.Millisecond)
		}
	})
	return time.Now()
}
