package demo_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenhand/app"
	"evenhand/demo"
	"evenhand/models"
	"evenhand/moderation"
	"evenhand/staff"
)

// little is a demo for tests: a few weeks.
var little = demo.Size{Days: 24, Flagged: 200, Silent: 160, Backlog: 115, LastDay: 15, Proposed: 9}

// ends is when the histories of tests end whose draws must not change from day to day.
var ends = time.Date(2026, 6, 30, 15, 0, 0, 0, time.UTC)

func prepare(t *testing.T, dir string, seed uint64) demo.Demo {
	t.Helper()
	d, err := demo.Prepare(t.Context(), dir, demo.Options{Seed: seed, Size: little})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// open gives the product over a finished demo, as the server opens it.
func open(t *testing.T, d demo.Demo) *app.App {
	t.Helper()
	return openAt(t, d, models.Now)
}

func openAt(t *testing.T, d demo.Demo, now models.Clock) *app.App {
	t.Helper()
	db, err := models.Open(d.DatabaseURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := models.Close(db); err != nil {
			t.Error(err)
		}
	})
	if err := models.Ready(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(db, app.Options{SealKey: d.SealKey, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func actor(t *testing.T, a *app.App, email string) models.Actor {
	t.Helper()
	p, err := staff.ByEmail(a.DB, email)
	if err != nil {
		t.Fatal(err)
	}
	return staff.Actor(p)
}

func TestPrepare(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "demo")
	d := prepare(t, dir, 5)
	a := open(t, d)

	t.Run("record and database agree", func(t *testing.T) {
		r, err := a.Verify(t.Context(), a.DB)
		if err != nil || r.Disagreement != "" {
			t.Errorf("%s, %v", r.Disagreement, err)
		}
	})
	t.Run("every draw is what its seed gives", func(t *testing.T) {
		r, err := a.Desk.ReplayDraws(t.Context(), a.DB)
		if err != nil || r.Finding != "" || r.Draws < 100 || r.Approvers < 20 || r.Seeds < 24 {
			t.Errorf("%+v, %v", r, err)
		}
	})
	t.Run("nothing is from the future", func(t *testing.T) {
		var last models.LedgerEntry
		if err := a.DB.Order("at DESC").Take(&last).Error; err != nil || last.At.After(models.Now()) {
			t.Errorf("the last entry is of %v, %v", last.At, err)
		}
	})
	t.Run("every role can sign in", func(t *testing.T) {
		var roles []string
		for _, x := range d.Accounts {
			roles = append(roles, x.Role)
			_, p, err := a.Staff.SignIn(t.Context(), staff.Credentials{Email: x.Email, Password: x.Password, Address: "127.0.0.1"})
			if err != nil {
				t.Errorf("%s: %v", x.Email, err)
			}
			v, err := a.Rights.View(a.DB)
			if err != nil || !slices.Contains(v.Roles(p.ID, "demo"), x.Role) {
				t.Errorf("%s holds %v, %v", x.Email, v.Roles(p.ID, "demo"), err)
			}
		}
		if diff := cmp.Diff(models.Roles, roles); diff != "" {
			t.Errorf("roles (-want +got):\n%s", diff)
		}
	})
	t.Run("what was printed is in accounts.tsv", func(t *testing.T) {
		var want strings.Builder
		for _, x := range d.Accounts {
			want.WriteString(x.Role + "\t" + x.Email + "\t" + x.Password + "\n")
		}
		got, err := os.ReadFile(filepath.Join(dir, "accounts.tsv"))
		if diff := cmp.Diff(want.String(), string(got)); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
	t.Run("there is work for everybody", func(t *testing.T) { waits(t, a) })
	t.Run("the folder is served again as it is", func(t *testing.T) {
		again := prepare(t, dir, 6)
		d.Reused = true
		if diff := cmp.Diff(d, again); diff != "" {
			t.Errorf("(-first +again):\n%s", diff)
		}
	})
}

// waits checks that moderator and supervisor find work, and that what they can do goes through.
func waits(t *testing.T, a *app.App) {
	moderator, supervisor := actor(t, a, "moderator@example.test"), actor(t, a, "supervisor@example.test")
	queues, err := a.Desk.QueueCounts(t.Context(), moderator, "demo")
	if err != nil {
		t.Fatal(err)
	}
	tickets := 0
	for _, q := range queues {
		tickets += q.Waiting
	}
	if tickets < 60 || len(queues) < 5 {
		t.Errorf("%d tickets wait in %d queues", tickets, len(queues))
	}
	inbox, _, _, err := a.Desk.Inbox(t.Context(), supervisor, "demo", moderation.InboxAll, nil)
	if err != nil {
		t.Fatal(err)
	}
	requesters := map[string]bool{}
	for _, r := range inbox {
		requesters[r.RequesterID] = true
	}
	if len(inbox) < 8 || len(requesters) < 3 || !requesters[moderator.ID] {
		t.Errorf("%d requests of %d people wait, of the moderator's: %v", len(inbox), len(requesters), requesters[moderator.ID])
	}
	mine, _, _, err := a.Desk.Inbox(t.Context(), supervisor, "demo", moderation.InboxMine, nil)
	if err != nil || len(mine) == 0 || len(mine) == len(inbox) {
		t.Fatalf("%d of %d requests are the supervisor's to decide: %v", len(mine), len(inbox), err)
	}
	r := mine[0]
	for i := range r.Pieces {
		if err := a.Desk.OpenEvidence(t.Context(), supervisor, "demo", r.ID, i); err != nil {
			t.Errorf("OpenEvidence: %v", err)
		}
	}
	if _, err := a.Desk.Approve(t.Context(), supervisor, "demo", r.ID, r.Digest, "Read it; the rule fits."); err != nil {
		t.Errorf("Approve: %v", err)
	}
	if _, err := a.Desk.Next(t.Context(), moderator, "demo"); err != nil {
		t.Errorf("Next: %v", err)
	}
}

// decided lists who decided what about which review, by names that don't depend on ids.
func decided(t *testing.T, a *app.App) []string {
	t.Helper()
	var out []string
	err := a.DB.Raw(`SELECT s.name || ' ' || d.action || ' ' || r.external_id || ' ' || r.body FROM decisions d
		JOIN staff s ON s.id = d.moderator_id JOIN reviews r ON r.id = d.review_id ORDER BY d.decided_at, d.id`).Scan(&out).Error
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSameSeedSameMarketplace(t *testing.T) {
	t.Parallel()
	var of [2][]string
	for i := range of {
		d, err := demo.Prepare(t.Context(), t.TempDir(), demo.Options{Seed: 7, Size: little, Now: ends})
		if err != nil {
			t.Fatal(err)
		}
		of[i] = decided(t, open(t, d))
	}
	if diff := cmp.Diff(of[0], of[1]); diff != "" {
		t.Errorf("two histories from one seed:\n%s", diff)
	}
}

func TestFoldersThatArentTaken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, want string }{
		"an unfinished demo":   {"evenhand.db.part", "never finished"},
		"a real installation":  {"evenhand.db", "holds no demo"},
		"somebody's documents": {"thesis.txt", "holds no demo"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, c.file), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := demo.Prepare(t.Context(), dir, demo.Options{Size: little})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Prepare: %v; want an error with %q", err, c.want)
			}
			if got, err := os.ReadFile(filepath.Join(dir, c.file)); err != nil || string(got) != "x" {
				t.Errorf("the file there is %q, %v", got, err)
			}
		})
	}
}

func TestStoppedHalfwayLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := demo.Prepare(ctx, dir, demo.Options{Size: little}); err == nil {
		t.Fatal("Prepare passed")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}
