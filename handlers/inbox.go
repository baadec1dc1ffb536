package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/rbac"
	"evenhand/web"
)

// approvalRoutes are the way of a request: to whom it goes, what they look at, and how they decide.
func (s *Server) approvalRoutes(m gin.IRouter) {
	m.GET("/requests", s.requests)
	m.GET("/approvals", s.inbox)
	m.GET("/proposals/:id", s.proposal)
	m.GET("/proposals/:id/set", s.setList)
	m.GET("/proposals/:id/evidence/:item", s.evidencePiece)
	m.GET("/proposals/:id/evidence/:item/preview", s.evidencePreview)
	m.POST("/proposals/:id/approve", s.approve)
	m.POST("/proposals/:id/decline", s.decline)
	m.POST("/proposals/:id/withdraw", s.withdraw)
	m.POST("/proposals/:id/hand-back", s.handBack)
	m.POST("/proposals/:id/evidence/:item", s.openEvidence)
	m.POST("/proposals/:id/unmask", s.unmaskRequest)
	m.POST("/proposals/:id/question", s.askBack)
	m.POST("/proposals/:id/answer", s.answer)
}

// inbox lists the requests that wait for an approver, the most urgent first.
func (s *Server) inbox(c *gin.Context) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	at, err := moderation.ParsePlace(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	tab := c.Query("show")
	if tab != moderation.InboxMine && tab != moderation.InboxAll && tab != moderation.InboxDecided {
		s.fail(c, models.InvalidField("show", "There is no such list: show is empty, all or decided."))
		return
	}
	list, prev, next, err := s.app.Desk.Inbox(ctx, v.actor, m.ID, tab, at)
	if err != nil {
		s.fail(c, err)
		return
	}
	rows, sellers := make([]moderation.Row, len(list)), make([]string, len(list))
	for i, r := range list {
		rows[i], sellers[i] = r.Row, r.SellerID
	}
	stars, err := s.app.Desk.SellerStars(ctx, m.ID, sellers)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.InboxPage{Page: s.page(c, "Approvals"), Tab: tab, Now: s.app.Now(), Pager: web.Pager{Total: -1}}
	page.Pager.PrevHref, page.Pager.NextHref = placeHref(c, prev), placeHref(c, next)
	if page.Shift, err = s.shiftBar(c, "approvals"); err != nil {
		s.fail(c, err)
		return
	}
	if page.Loads, err = s.loads(c); err != nil {
		s.fail(c, err)
		return
	}
	marked := s.marksOf(c, idsOf(rows)...)
	for _, r := range list {
		page.Rows = append(page.Rows, s.inboxRow(c, r, marked, stars[r.SellerID]))
	}
	s.show(c, http.StatusOK, page)
}

func placeHref(c *gin.Context, p *moderation.Place) string {
	if p == nil {
		return ""
	}
	return withQuery(c, map[string]string{"page": p.String()})
}

// inboxRow is one request as it stands to the viewer.
func (s *Server) inboxRow(c *gin.Context, r moderation.Waiting, m marks, now moderation.Stars) web.InboxRow {
	v := viewerOf(c)
	decide := s.mayDecideOn(c, r.Row, func() error { return r.Bar })
	out := web.InboxRow{
		ProposalRow: s.rowWith(c, r.Row, m, decide), Escalated: r.Escalated, LastHours: r.Escalated && moderation.LastHours(r.Proposal, s.app.Now()),
		Answered: r.Last == models.MessageAnswer, Asked: r.Last == models.MessageQuestion, Opened: r.Opened, Pieces: r.Pieces,
	}
	out.Decide = decide
	if r.State == models.ProposalOpen {
		if !r.PartiesHidden {
			out.Effect = effect(now, r.Rating)
		}
		out.DrawnFor = drawnFor(r)
	}
	for _, g := range r.Verdicts {
		if g.ApproverID == v.actor.ID {
			out.Mine = g.Verdict
		}
	}
	return out
}

// drawnFor says for whom a request was drawn, and names nobody: who asked has no one to ask a favour of.
func drawnFor(r moderation.Waiting) string {
	switch {
	case !r.Drawn:
		return "for whoever may decide"
	case r.DrawnMine && r.DrawnAll > 1:
		return "drawn for you, and for a second person"
	case r.DrawnMine:
		return "drawn for you"
	case r.DrawnAll == 0:
		return "nobody can be drawn yet"
	case r.DrawnAll > 1:
		return "drawn for two other people"
	}
	return "drawn for somebody else"
}

// mayDecide says whether the viewer may take the empty seat, and if not why. The act asks again, with the locks.
func (s *Server) mayDecide(c *gin.Context, r moderation.Row) web.Action {
	return s.mayDecideOn(c, r, func() error { return s.app.Desk.Bar(c.Request.Context(), viewerOf(c).actor, r) })
}

// mayDecideOn is mayDecide where what else bars the viewer may be known already.
func (s *Server) mayDecideOn(c *gin.Context, r moderation.Row, bar func() error) web.Action {
	v := viewerOf(c)
	if r.State != models.ProposalOpen {
		return web.Action{}
	}
	err := v.rights.Authorize(v.actor, r.MarketplaceID, rbac.Object{Kind: "removal", Requester: r.RequesterID}, "approve")
	if err == nil {
		err = bar()
	}
	return actionOf(c, err)
}

// actionOf is a button for who may, disabled with the reason for who may not, or none at all.
func actionOf(c *gin.Context, err error) web.Action {
	if err == nil {
		return web.Action{Allowed: true}
	}
	if e := models.AsError(err); e.Code != "no_right" || e.Kind == models.Internal {
		return web.Action{Why: e.Tell(language(c))}
	}
	return web.Action{}
}
