package handlers

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
)

// request asks for a removal, or for a lesser remedy.
func (s *Server) request(c *gin.Context) {
	id, form, ask, ok := s.asked(c)
	if !ok {
		return
	}
	var err error
	said := "asked"
	if len(form.Errors) == 0 {
		var p models.Proposal
		if p, err = s.app.Desk.Request(c.Request.Context(), viewerOf(c).actor, ask); p.ID == "" {
			said = "looked"
		}
	} else { // a file that can't be taken: nothing is sent, and everything that is wrong is named
		err = s.lacks(c, id, &form, ask)
	}
	s.decided(c, err, said, func(p *web.TicketPage, e web.Errors) {
		form.Errors = e
		p.Remove = form
	})
}

// check says what a request still lacks, and sends nothing.
func (s *Server) check(c *gin.Context) {
	id, form, ask, ok := s.asked(c)
	if !ok {
		return
	}
	err := s.lacks(c, id, &form, ask)
	errs, status, isForm := fields(c, err)
	if err != nil && !isForm {
		s.fail(c, err)
		return
	}
	if status == 0 {
		status = http.StatusOK
	}
	form.Errors, form.Checked = errs, true
	s.showTicket(c, status, func(p *web.TicketPage) { p.Remove = form })
}

// lacks is what a request would be told, with what is wrong with its files.
func (s *Server) lacks(c *gin.Context, ticket string, form *web.RemoveForm, ask moderation.Ask) error {
	have, err := s.app.Desk.Lacks(c.Request.Context(), viewerOf(c).actor, ask)
	for _, kind := range have {
		form.Have = append(form.Have, web.EvidenceKind(kind))
	}
	files := form.Errors["files"]
	if files == "" {
		return err
	}
	e := models.E(models.Invalid, "invalid_request", "The request isn't complete yet.")
	e.Fields = map[string]string{"files": files}
	if errs, _, ok := fields(c, err); ok {
		for name, text := range errs {
			e.Fields[name] = text
		}
	} else if err != nil {
		return err
	}
	return e
}

// asked reads the form of a request, and takes in the files that come with it.
func (s *Server) asked(c *gin.Context) (id string, form web.RemoveForm, ask moderation.Ask, ok bool) {
	if id, ok = s.id(c, "id"); !ok {
		return id, form, ask, false
	}
	files, err := readUploads(c)
	form = web.RemoveForm{
		Reason: c.PostForm("reason"), Remedy: c.PostForm("remedy"), Justification: c.PostForm("justification"), Label: c.PostForm("label"),
		Set: web.SetSummary{Digest: c.PostForm("set")}, Redact: c.PostForm("redact"), Product: c.PostForm("product"), Seller: c.PostForm("seller"), Evidence: map[web.EvidenceKind]string{}, Errors: web.Errors{},
	}
	if e, _, isForm := fields(c, err); isForm {
		form.Errors = e
	}
	form.FileIDs = c.PostFormArray("file")
	added, err := s.attach(c, id, files, form.Errors)
	if err != nil {
		s.fail(c, err)
		return id, form, ask, false
	}
	form.FileIDs = append(form.FileIDs, added...)
	ask, err = s.askOf(c, id, &form)
	if err != nil {
		s.fail(c, err)
	}
	return id, form, ask, err == nil
}

// askOf is the form as the desk takes it. A remedy that isn't chosen is the least that the reason allows.
func (s *Server) askOf(c *gin.Context, id string, form *web.RemoveForm) (moderation.Ask, error) {
	ask := moderation.Ask{
		Marketplace: placeOf(c).ID, Ticket: id, Seen: seen(c, "text_digest"), Reason: form.Reason, Remedy: form.Remedy, Justification: form.Justification,
		Label: form.Label, Redact: form.Redact, Product: form.Product, Seller: form.Seller, Set: form.Set.Digest,
	}
	reasons, err := s.app.Desk.Reasons(c.Request.Context())
	if err != nil {
		return ask, err
	}
	var offered map[string]bool
	for _, r := range reasons {
		if r.Code == form.Reason {
			offered = map[string]bool{}
			for _, kind := range r.AnyOf {
				offered[kind] = true
			}
			if ask.Remedy == "" {
				ask.Remedy = r.Remedies[0]
			}
		}
	}
	for _, kind := range moderation.EvidenceKinds {
		if kind == moderation.EvidenceFile {
			continue
		}
		text := c.PostForm("evidence_" + kind)
		form.Evidence[web.EvidenceKind(kind)] = text
		if offered == nil || offered[kind] { // the rest was meant for another reason
			ask.Evidence = append(ask.Evidence, pieces(kind, text)...)
		}
	}
	for _, file := range form.FileIDs { // a file helps with any reason
		ask.Evidence = append(ask.Evidence, moderation.Evidence{Kind: moderation.EvidenceFile, Value: file})
	}
	return ask, nil
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
