package handlers

import (
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/rbac"
	"evenhand/statement"
	"evenhand/web"
)

// statementRoutes are what authors were told, and their appeals.
func (s *Server) statementRoutes(m gin.IRouter) {
	m.GET("/statements", s.statements)
	m.GET("/statements/:id", s.statementText)
	m.GET("/appeals", s.appeals)
	m.GET("/appeals/:id", s.appeal)
	m.POST("/appeals/:id/answer", s.answerAppeal)
	m.POST("/appeals/:id/hand-back", s.handBackAppeal)
	m.GET("/dsa.jsonl", s.dsaExport)
}

// statements lists the statements of reasons, for whoever passes them on.
func (s *Server) statements(c *gin.Context) {
	v, m := viewerOf(c), placeOf(c)
	cursor, err := models.ParseCursor(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	rows, around, err := s.app.State.List(c.Request.Context(), v.actor, m.ID, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.StatementsPage{Page: s.page(c, "Statements of reasons"), Pager: pager(c, around)}
	page.Dsa.Allowed = s.can(c, rbac.Object{Kind: "dsa"}, "export")
	for _, r := range rows {
		x := web.StatementRow{
			ID: r.ID, ProposalID: r.ProposalID, ReviewID: r.ReviewID, Stars: r.Rating, Reason: r.ReasonCode, Product: r.Product, MadeAt: r.CreatedAt, Until: r.AppealUntil,
			State: models.ReviewRemoved, Appeals: r.Appeals, Answered: r.Answered, Href: "/m/" + m.ID + "/statements/" + r.ID,
		}
		switch {
		case r.ErasedAt != nil:
			x.State, x.Href = "appeal-erased", ""
		case !r.Released:
			x.State, x.Href = web.StateRecording, ""
		case r.RestoredAt != nil:
			x.State = "restored"
		}
		page.Rows = append(page.Rows, x)
	}
	s.show(c, http.StatusOK, page)
}

// statementText is a statement as plain text, link included.
func (s *Server) statementText(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	scheme := "http"
	if c.Request.TLS != nil || c.GetHeader("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	text, err := s.app.State.Text(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, scheme+"://"+c.Request.Host)
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="statement-`+id+`.txt"`)
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(text))
}

// dsaExport streams the payloads for the DSA transparency database, one JSON object a line.
func (s *Server) dsaExport(c *gin.Context) {
	errs := web.Errors{}
	from, to := days(c, c.Query("from"), c.Query("to"), errs)
	for field, text := range errs {
		s.fail(c, models.InvalidField(field, "%s", text))
		return
	}
	if to.IsZero() {
		to = s.app.Now().AddDate(0, 0, 1)
	}
	out, begun := json.NewEncoder(c.Writer), false
	begin := func() {
		begun = true
		c.Header("Content-Type", "application/jsonl; charset=utf-8")
		c.Header("Content-Disposition", `attachment; filename="dsa-`+placeOf(c).ID+`.jsonl"`)
		c.Status(http.StatusOK)
	}
	err := s.app.State.Export(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, from, to, func(payload map[string]any) error {
		if !begun {
			begin()
		}
		return out.Encode(payload)
	})
	switch {
	case err == nil && !begun:
		begin()
		c.Writer.WriteHeaderNow()
	case err != nil && begun: // too late for a status: cut the answer off, so that nobody takes it for the whole
		s.log.Error("export cut off", "id", c.GetString(keyRequestID), "error", err.Error())
		panic(http.ErrAbortHandler)
	case err != nil:
		s.fail(c, err)
	}
}

// appeals lists the appeals.
func (s *Server) appeals(c *gin.Context) {
	v, m := viewerOf(c), placeOf(c)
	cursor, err := models.ParseCursor(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	show := c.DefaultQuery("show", statement.ShowOpen)
	if show != statement.ShowOpen && show != statement.ShowOverdue && show != statement.ShowAll {
		s.fail(c, models.InvalidField("show", "A list of appeals shows those that are open, overdue, or all."))
		return
	}
	rows, around, err := s.app.State.Queue(c.Request.Context(), v.actor, m.ID, show, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	waiting, err := s.app.State.Waiting(c.Request.Context(), m.ID)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.AppealsPage{Page: s.page(c, "Appeals"), Show: show, Nobody: waiting.Nobody, Overdue: waiting.Overdue, Pager: pager(c, around)}
	inspects := s.can(c, rbac.Object{Kind: "appeal"}, "inspect")
	for _, r := range rows {
		x := web.AppealRow{
			ID: r.ID, State: r.State(), Reason: r.ReasonCode, Stars: r.Rating, Who: person(r.PersonID, r.PersonName, v.actor), FiledAt: r.FiledAt, DueAt: r.DueAt,
			Overdue: r.Overdue(s.app.Now()), Mine: r.PersonID == v.actor.ID,
		}
		if r.AnsweredAt != nil {
			x.AnsweredAt = *r.AnsweredAt
		}
		if x.Mine || inspects {
			x.Href = "/m/" + m.ID + "/appeals/" + r.ID
		}
		page.Rows = append(page.Rows, x)
	}
	s.show(c, http.StatusOK, page)
}

// appeal shows one to the person who was drawn for it, or to an auditor.
func (s *Server) appeal(c *gin.Context) { s.showAppeal(c, http.StatusOK, func(*web.AppealPage) {}) }

func (s *Server) showAppeal(c *gin.Context, status int, with func(*web.AppealPage)) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	x, err := s.app.State.Show(ctx, v.actor, m.ID, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.AppealPage{
		Page: s.page(c, "Appeal"), ID: x.ID, State: x.State(), FiledAt: x.FiledAt, DueAt: x.DueAt, Overdue: x.Overdue(s.app.Now()),
		Who: person(x.PersonID, x.PersonName, v.actor), Words: x.Words, Seen: hexOf(x.Seen),
	}
	if x.Wrong != "" {
		page.Wrong = statement.Words(language(c).Code)["wrong_"+x.Wrong]
	}
	for _, f := range x.Earlier {
		page.Earlier = append(page.Earlier, s.appealTold(f, language(c).Code))
	}
	if x.Answer != nil {
		page.AnsweredAt, page.Verdict, page.Reply = x.Answer.AnsweredAt, x.Answer.Verdict, x.Answer.Words
	}
	if x.Mine {
		page.Answer, page.HandBack = web.Action{Allowed: x.Why == "", Why: x.Why}, web.Action{Allowed: true}
	}
	if err := s.addCase(c, &page, x.ProposalID, x.ReviewID); err != nil {
		s.fail(c, err)
		return
	}
	with(&page)
	s.show(c, status, page)
}

// addCase adds everything that is known of the removal, and of its review.
func (s *Server) addCase(c *gin.Context, page *web.AppealPage, proposal, review string) error {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	view, err := s.app.Desk.Proposal(ctx, v.actor, m.ID, proposal)
	if err != nil {
		return err
	}
	h, err := s.app.Desk.History(ctx, v.actor, m.ID, review, cameBy(c))
	if err != nil {
		return err
	}
	marked := s.marksOf(c, eventIDs(h.Events)...)
	page.Proposal = web.ProposalPage{
		ID: view.ID, Review: reviewOf(c, view.Content), Reason: reasonOf(view.Reason), Requester: person(view.RequesterID, view.RequesterName, v.actor),
		AskedAt: view.CreatedAt, Justification: view.Removal.Justification, Evidence: evidence(language(c), m.ID, view),
		Seats: seats(view.Row, v.actor, web.Action{}), Known: knownFigures(language(c), view), Timeline: eventsOf(language(c), h.Events, v.actor, marked),
	}
	page.Proposal.Review.Status = h.Content.Review.Status
	r := h.Content.Review
	page.Versions = append(page.Versions, web.Version{Number: r.Version, Stars: r.Rating, Title: r.Title, Body: r.Body, At: r.UpdatedAt, Digest: hexOf(r.Digest), Erased: r.ErasedAt != nil})
	for _, old := range h.Versions {
		page.Versions = append(page.Versions, web.Version{Number: old.Version, Stars: old.Rating, Title: old.Title, Body: old.Body, At: old.ReplacedAt, Digest: hexOf(old.Digest), Erased: old.ErasedAt != nil})
	}
	for _, f := range h.Flags {
		page.Flags = append(page.Flags, flagOf(f))
	}
	return nil
}

func (s *Server) answerAppeal(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	in := statement.Answer{Marketplace: placeOf(c).ID, Appeal: id, Seen: seen(c, "seen"), Verdict: c.PostForm("verdict"), Words: c.PostForm("words")}
	_, err := s.app.State.Answer(c.Request.Context(), viewerOf(c).actor, in)
	if errs, status, ok := fields(c, err); ok {
		s.showAppeal(c, status, func(p *web.AppealPage) { p.Errors, p.Verdict, p.Reply = errs, in.Verdict, in.Words })
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	flash := "answered"
	if in.Verdict == models.AppealReverse {
		flash = "answered-back"
	}
	leave(c, flash, "/m/"+placeOf(c).ID+"/appeals")
}

func (s *Server) handBackAppeal(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	if err := s.app.State.HandBack(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, c.PostForm("reason")); err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "appeal-handed", "/m/"+placeOf(c).ID+"/appeals")
}
