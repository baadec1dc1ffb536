package handlers

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/web"
	"evenhand/words"
)

// recordRoutes are who may do what, what was done, and the log that proves it.
func (s *Server) recordRoutes(m gin.IRouter) {
	m.GET("/policy", s.policy)
	m.GET("/record", s.record)
	m.GET("/record/:id", s.entry)
	m.GET("/log", s.logPage)
	m.GET("/log/consistency", s.consistency)
	m.POST("/log/export", s.exportLedger)
}

// record lists the ledger's entries, newest first.
func (s *Server) record(c *gin.Context) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	cursor, err := models.ParseCursor(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	form := web.RecordFilter{Actor: c.Query("actor"), Act: c.Query("act"), Outcome: c.Query("outcome"), From: c.Query("from"), To: c.Query("to")}
	page := web.RecordPage{Filter: form, Errors: web.Errors{}, Pager: web.Pager{Total: -1}}
	f := ledger.Filter{Marketplace: m.ID, ActorID: form.Actor, Act: form.Act, Outcome: form.Outcome}
	f.From, f.To = days(c, form.From, form.To, page.Errors)
	if form.Outcome != "" && form.Outcome != models.OutcomeDone && form.Outcome != models.OutcomeRefused {
		page.Errors["outcome"] = "An outcome is done or refused."
	}
	status := http.StatusUnprocessableEntity
	if len(page.Errors) == 0 {
		entries, around, err := s.app.Record(ctx, v.actor, f, cursor)
		if err != nil {
			s.fail(c, err)
			return
		}
		status, page.Pager = http.StatusOK, pager(c, around)
		ids := make([]string, len(entries))
		for i, e := range entries {
			ids[i] = e.ID
		}
		marked := s.marksOf(c, ids...)
		for _, e := range entries {
			page.Entries = append(page.Entries, entryOf(language(c), m.ID, e, v.actor, marked))
		}
		if cp, err := s.app.Log.Checkpoint(ctx); err == nil {
			page.Checkpoint, page.CheckpointAt = cp.Size, cp.At
		}
	}
	page.Page = s.page(c, "Record")
	if acts, err := s.app.Ledger.Acts(ctx); err == nil {
		for _, a := range acts {
			page.Filter.Acts = append(page.Filter.Acts, web.Option{Value: a, Label: actInWords(a)})
		}
	}
	if actors, err := s.app.Ledger.Actors(ctx, m.ID); err == nil {
		for _, a := range actors {
			page.Filter.Actors = append(page.Filter.Actors, web.Option{Value: a.ActorID, Label: a.ActorName})
		}
	}
	s.show(c, status, page)
}

func entryOf(l *words.Language, market string, e ledger.Listed, viewer models.Actor, m marks) web.Entry {
	out := web.Entry{
		ID: e.ID, Number: -1, At: e.At, Actor: person(e.ActorID, e.ActorName, viewer), Act: outcomeInWords(e.Act, e.Outcome), Refused: e.Outcome == models.OutcomeRefused,
		Body: e.Body, Hash: hexOf(e.Hash), Mark: m.of(e.ID),
	}
	if p, ok := m.places[e.ID]; ok {
		out.Number = p.Index
	}
	if e.SubjectID != "" {
		out.Subject = l.Say(e.SubjectType) + " " + e.SubjectID
		if e.SubjectType != "marketplace" {
			out.Subject = l.Say(e.SubjectType) + " …" + short(e.SubjectID)
		}
	}
	switch e.SubjectType {
	case "review":
		out.SubjectHref = "/m/" + market + "/reviews/" + e.SubjectID
	case "proposal":
		out.SubjectHref = "/m/" + market + "/proposals/" + e.SubjectID
		if strings.HasPrefix(e.Act, "settings.") {
			out.SubjectHref = "/m/" + market + "/settings/" + e.SubjectID
		}
		if strings.HasPrefix(e.Act, "erasure.") {
			out.SubjectHref = "/m/" + market + "/erasures/" + e.SubjectID
		}
	}
	return out
}
