package handlers

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
)

// request asks for a removal.
func (s *Server) request(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	form := web.RemoveForm{Reason: c.PostForm("reason"), Justification: c.PostForm("justification"), Evidence: map[web.EvidenceKind]string{}}
	ask := moderation.Ask{
		Marketplace: placeOf(c).ID, Ticket: id, Seen: seen(c, "text_digest"),
		Reason: form.Reason, Justification: form.Justification,
	}
	offered, err := s.offered(c, form.Reason)
	if err != nil {
		s.fail(c, err)
		return
	}
	for _, kind := range moderation.EvidenceKinds {
		text := c.PostForm("evidence_" + kind)
		form.Evidence[web.EvidenceKind(kind)] = text
		if offered == nil || offered[kind] { // the rest was meant for another reason
			ask.Evidence = append(ask.Evidence, pieces(kind, text)...)
		}
	}
	p, err := s.app.Desk.Request(c.Request.Context(), viewerOf(c).actor, ask)
	said := "asked"
	if p.ID == "" {
		said = "looked"
	}
	s.decided(c, err, said, func(p *web.TicketPage, e web.Errors) {
		form.Errors = e
		p.Remove = form
	})
}

// offered is the set of evidence fields that the form shows for a reason; nil where there is no such reason.
func (s *Server) offered(c *gin.Context, code string) (map[string]bool, error) {
	reasons, err := s.app.Desk.Reasons(c.Request.Context())
	if err != nil {
		return nil, err
	}
	for _, r := range reasons {
		if r.Code == code {
			out := map[string]bool{}
			for _, kind := range r.AnyOf {
				out[kind] = true
			}
			return out, nil
		}
	}
	return nil, nil
}

// pieces splits a field into pieces of evidence: ids of reviews stand one on a line, all else is one piece.
func pieces(kind, text string) []moderation.Evidence {
	if kind != moderation.EvidenceReviews {
		return []moderation.Evidence{{Kind: kind, Value: text}}
	}
	var out []moderation.Evidence
	for _, line := range strings.Fields(text) {
		out = append(out, moderation.Evidence{Kind: kind, Value: line})
	}
	return out
}

// requests lists what the viewer has asked for.
func (s *Server) requests(c *gin.Context) {
	v, m := viewerOf(c), placeOf(c)
	cursor, err := models.ParseCursor(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	rows, around, err := s.app.Desk.Own(c.Request.Context(), v.actor, m.ID, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.RequestsPage{Page: s.page(c, "My requests"), Pager: pager(c, around)}
	marked := s.marksOf(c, idsOf(rows)...)
	for _, r := range rows {
		row := s.rowOf(c, r, marked)
		row.Withdraw = web.Action{Allowed: r.State == models.ProposalOpen}
		page.Requests = append(page.Requests, row)
	}
	s.show(c, http.StatusOK, page)
}
