package handlers_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/handlers"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// stream is one open stream of somebody.
type stream struct {
	t      *testing.T
	status int
	kind   string
	lines  chan string
	close  context.CancelFunc
}

// listen opens a stream. The browser's other requests go on beside it.
func (b *browser) listen(t *testing.T, path string) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.site.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := b.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	s := &stream{t: t, status: res.StatusCode, kind: res.Header.Get("Content-Type"), lines: make(chan string, 100), close: cancel}
	go func() {
		defer close(s.lines)
		defer res.Body.Close()
		for in := bufio.NewScanner(res.Body); in.Scan(); {
			s.lines <- in.Text()
		}
	}()
	return s
}

// patience is how long news may take; a poll comes every second.
const patience = 20 * time.Second

// says awaits a line with any of the words, and returns it.
func (s *stream) says(words ...string) string {
	s.t.Helper()
	for late := time.After(patience); ; {
		select {
		case line, ok := <-s.lines:
			if !ok {
				s.t.Fatalf("the stream ended before it said %q", words)
			}
			if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(line, w) }) {
				return line
			}
		case <-late:
			s.t.Fatalf("the stream never says %q", words)
		}
	}
}

// ends awaits the stream's end.
func (s *stream) ends() {
	s.t.Helper()
	for late := time.After(patience); ; {
		select {
		case _, ok := <-s.lines:
			if !ok {
				return
			}
		case <-late:
			s.t.Fatal("the stream goes on")
		}
	}
}

// What somebody else does shows on an open page, and the stream ends with the person's standing.
func TestLive(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		moor, sand, silt := s.Person(t, "moor", models.RoleModerator), s.Person(t, "sand", models.RoleSupervisor), s.Person(t, "silt", models.RoleSupervisor)
		asking, deciding, other := s.as(t, moor), s.as(t, sand), s.as(t, silt)
		asking.get(base+"/desk").wants(t, http.StatusOK, `data-live-url="`+base+`/live"`, `data-live="queue"`)
		counts, others := deciding.listen(t, base+"/live"), other.listen(t, base+"/live")
		if counts.status != http.StatusOK || !strings.HasPrefix(counts.kind, "text/event-stream") {
			t.Fatalf("%d %s", counts.status, counts.kind)
		}
		counts.says(`{"appeals":0,"approvals":0}`)
		desk := asking.listen(t, base+"/live")
		desk.says(`"queue":0`)
		r := s.Review(t, s.Seller, 1)
		desk.says(`"queue":1`)
		ticket := asking.post(base + "/desk/next").location
		desk.says(`"queue":0`)
		page := asking.get(ticket)
		page.wants(t, http.StatusOK, `data-version="1"`, `data-flags="1"`)
		reading := asking.listen(t, base+"/live?ticket="+strings.TrimPrefix(ticket, base+"/tickets/"))
		spying := other.listen(t, base+"/live?ticket="+strings.TrimPrefix(ticket, base+"/tickets/"))
		reading.says(`{"version":1,"flags":1}`)
		if err := s.Edit(t.Context(), r, "It works again, and I am happy with it now."); err != nil {
			t.Fatal(err)
		}
		reading.says(`{"version":2,"flags":1}`)
		asking.post(ticket+"/remove", "text_digest", asking.get(ticket).digest(t), "reason", "FAKE_EXPERIENCE", "evidence_order", "look-up 17: none", "justification", apptest.Justification).wants(t, http.StatusSeeOther)
		counts.says(`"approvals":1`)
		spying.says(`"approvals":1`)
		for len(spying.lines) > 0 {
			if line := <-spying.lines; strings.Contains(line, "version") {
				t.Errorf("somebody else's ticket: %s", line)
			}
		}

		for range 2 { // one person has at most four
			desk = asking.listen(t, base+"/live")
		}
		if got := asking.listen(t, base+"/live"); got.status != http.StatusNoContent {
			t.Errorf("a fifth stream: %d", got.status)
		}
		desk.close()
		if got := s.browser(t).listen(t, base+"/live"); got.status == http.StatusOK {
			t.Error("nobody got a stream")
		}
		deciding.post("/sign-out").wants(t, http.StatusSeeOther)
		counts.says("bye")
		counts.ends()
		if err := s.Staff.Disable(t.Context(), models.Command("staff disable"), "moor@example.test"); err != nil {
			t.Fatal(err)
		}
		reading.says("bye")
		if err := s.DB.Exec("UPDATE role_grants SET revoked_at = ?, revoked_by = 'a test' WHERE staff_id = ?", s.Now(), silt.ID).Error; err != nil {
			t.Fatal(err)
		}
		others.says("bye")
		others.ends()
	})
}

// A page that is merely open keeps nobody signed in.
func TestLiveKeepsNoSession(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		b := s.as(t, s.Person(t, "sand", models.RoleSupervisor))
		counts := b.listen(t, base+"/live")
		counts.says("approvals")
		s.Clock.Wind(119 * time.Minute)
		time.Sleep(2500 * time.Millisecond)
		s.Clock.Wind(2 * time.Minute)
		counts.says("bye")
	})
}

// A server that is to stop ends its streams by itself.
func TestLiveLetsTheServerStop(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		closing := make(chan struct{})
		h, err := handlers.New(w.App, handlers.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Closing: closing})
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewUnstartedServer(h)
		srv.Config.WriteTimeout = time.Second // a stream outlives what other answers may take
		srv.Start()
		s := &site{World: w, url: srv.URL}
		b := s.as(t, s.Person(t, "moor", models.RoleModerator))
		counts := b.listen(t, base+"/live")
		counts.says(`"queue":0`)
		time.Sleep(1500 * time.Millisecond)
		s.Review(t, s.Seller, 1)
		counts.says(`"queue":1`)
		close(closing)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := srv.Config.Shutdown(ctx); err != nil {
			t.Errorf("stopping: %v", err)
		}
		counts.ends()
		srv.Close()
	})
}
