package handlers

import (
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/moderation"
	"evenhand/rbac"
	"evenhand/web"
)

// marks know where the entries of a page stand in the log.
type marks struct {
	record string // the address of entries; "" for who may not read the record
	places map[string]ledger.Place
}

// marksOf looks the entries of a page up, all at once. Where the log can't be read they are shown as not recorded yet,
// which promises less than is true.
func (s *Server) marksOf(c *gin.Context, ids ...string) marks {
	var m marks
	places, err := s.app.Log.Places(c.Request.Context(), ids...)
	if err != nil {
		s.log.Warn("marks", "id", c.GetString(keyRequestID), "error", err.Error())
	}
	m.places = places
	if s.can(c, rbac.Object{Kind: "record"}, "read") {
		m.record = "/m/" + placeOf(c).ID + "/record/"
	}
	return m
}

// of is the mark of one entry.
func (m marks) of(id string) web.Mark {
	mark := web.Mark{EntryID: id}
	if p, ok := m.places[id]; ok {
		mark.Checkpoint = p.Checkpoint
	}
	if m.record != "" {
		mark.Href = m.record + id
	}
	return mark
}

// state is a request's state as it may be told: nothing has taken effect before a checkpoint, and the witnesses that
// it takes, include the verdict that brought it about.
func (m marks) state(r moderation.Row) string { return m.told(r.State, r.Verdicts) }

func (m marks) told(state string, given []approval.NamedVerdict) string {
	unreleased := func(g approval.NamedVerdict) bool {
		return g.Verdict == models.VerdictApprove && !m.places[g.ID].Released
	}
	if state == models.ProposalEffective && slices.ContainsFunc(given, unreleased) {
		return web.StateRecording
	}
	return state
}

// idsOf are the entries that a list of requests shows or depends on.
func idsOf(rows []moderation.Row) []string {
	var ids []string
	for _, r := range rows {
		ids = append(ids, withVerdicts(r.ID, r.Verdicts)...)
	}
	return ids
}

// withVerdicts are the entries of a request and of the verdicts on it.
func withVerdicts(request string, given []approval.NamedVerdict) []string {
	ids := []string{request}
	for _, g := range given {
		ids = append(ids, g.ID)
	}
	return ids
}

func eventIDs(events []moderation.Event) []string {
	ids := make([]string, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	return ids
}

// awaitRecord is how long the answer to an act waits for its checkpoint, so that the next page can say that it is done.
const awaitRecord = 500 * time.Millisecond

// recorded waits a moment for the checkpoint over an act, and says whether it is there.
func (s *Server) recorded(c *gin.Context, entry string) bool {
	if !s.await || entry == "" {
		return false
	}
	return s.app.Log.Await(c.Request.Context(), entry, awaitRecord)
}
