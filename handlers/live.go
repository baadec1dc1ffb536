package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/rbac"
)

// How streams behave.
const (
	liveBeat  = 20 * time.Second // a sign of life for proxies
	liveWrite = 10 * time.Second // how long a write may take
	liveLong  = time.Hour        // then the browser connects anew
	liveRetry = 5 * time.Second  // how long it waits before that
)

// live tells a page what has changed, as server-sent events: counts of the navigation, and on a ticket that the review
// changed or was flagged again. Nothing of it names anybody. Who may have no stream gets no content, after which a
// browser doesn't ask again; its page then shows what it showed when it was loaded.
func (s *Server) live(c *gin.Context) {
	v, m := viewerOf(c), placeOf(c)
	w := &watcher{actor: v.actor, token: v.token, roles: m.roles, news: make(chan news, 1)}
	w.counts = s.liveCounts(c)
	if id := c.Query("ticket"); id != "" {
		t, err := s.app.Desk.Held(c.Request.Context(), v.actor, m.ID)
		if err == nil && t != nil && t.ID == id {
			w.ticket = t.ID
		}
	}
	leave, ok := s.hub.join(m.ID, w)
	if !ok {
		c.Status(http.StatusNoContent)
		return
	}
	defer leave()
	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	s.stream(c, w)
}

// stream writes what the hub says until somebody hangs up, the server closes or the person's standing changes.
func (s *Server) stream(c *gin.Context, w *watcher) {
	out := http.NewResponseController(c.Writer)
	send := func(text string) bool {
		_ = out.SetWriteDeadline(time.Now().Add(liveWrite)) // the server's own is for answers that come to an end
		_, err := c.Writer.WriteString(text)
		return err == nil && out.Flush() == nil
	}
	if !send(fmt.Sprintf("retry: %d\n\n", liveRetry.Milliseconds())) {
		return
	}
	beat, end := time.NewTicker(liveBeat), time.NewTimer(liveLong)
	defer beat.Stop()
	defer end.Stop()
	for {
		select {
		case <-c.Request.Context().Done():
			return
		case <-s.closing:
			return
		case <-end.C:
			return
		case <-beat.C:
			if !send(": still here\n\n") {
				return
			}
		case n, ok := <-w.news:
			if !ok {
				send("event: bye\ndata: {}\n\n")
				return
			}
			if !send(n.text()) {
				return
			}
		}
	}
}

// text is news as events; what hasn't changed isn't said again.
func (n news) text() string {
	out := ""
	for _, e := range []struct {
		name string
		data any
		said bool
	}{{"counts", n.Counts, n.Counts != nil}, {"ticket", n.Ticket, n.Ticket != nil}} {
		if !e.said {
			continue
		}
		data, err := json.Marshal(e.data)
		if err != nil {
			continue // numbers can be written
		}
		out += "event: " + e.name + "\ndata: " + string(data) + "\n\n"
	}
	return out
}

// liveCounts are the counts of the navigation that this viewer has.
func (s *Server) liveCounts(c *gin.Context) []string {
	var out []string
	for _, w := range ways {
		if s.can(c, rbac.Object{Kind: w.obj}, w.act) {
			out = append(out, s.counted(c, w)...)
		}
	}
	return out
}
