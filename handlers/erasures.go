package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/erasure"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/web"
)

// erasureRoutes are what a customer wrote, destroyed at their request.
func (s *Server) erasureRoutes(m gin.IRouter) {
	m.GET("/erasures", s.erasures)
	m.POST("/erasures", s.askErasure)
	m.GET("/erasures/:id", s.erasure)
	m.POST("/erasures/:id/approve", s.approveErasure)
	m.POST("/erasures/:id/decline", s.declineErasure)
	m.POST("/erasures/:id/withdraw", s.withdrawErasure)
}

// erasures lists the requests to erase what a customer wrote, and has the form to ask for one.
func (s *Server) erasures(c *gin.Context) {
	s.showErasures(c, http.StatusOK, web.ErasuresPage{})
}

func (s *Server) showErasures(c *gin.Context, status int, page web.ErasuresPage) {
	v, m := viewerOf(c), placeOf(c)
	cursor, err := models.ParseCursor(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	rows, around, err := s.app.Erase.List(c.Request.Context(), v.actor, m.ID, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	page.Page, page.Pager = s.page(c, "Erasures"), pager(c, around)
	page.Ask.Allowed = s.can(c, rbac.Object{Kind: "erasure"}, "request")
	for _, r := range rows {
		page.Erasures = append(page.Erasures, s.erasureRow(c, r))
	}
	s.show(c, status, page)
}

func (s *Server) askErasure(c *gin.Context) {
	m := placeOf(c)
	ask := erasure.Ask{Marketplace: m.ID, Customer: c.PostForm("customer"), Reference: c.PostForm("reference"), Justification: c.PostForm("justification")}
	p, err := s.app.Erase.Request(c.Request.Context(), viewerOf(c).actor, ask)
	if errs, status, ok := fields(c, err); ok {
		s.showErasures(c, status, web.ErasuresPage{Customer: ask.Customer, Reference: ask.Reference, Justification: ask.Justification, Errors: errs})
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "erase-asked", "/m/"+m.ID+"/erasures/"+p.ID)
}

// erasure shows one request.
func (s *Server) erasure(c *gin.Context) {
	s.showErasure(c, http.StatusOK, func(*web.ErasurePage) {})
}

func (s *Server) showErasure(c *gin.Context, status int, with func(*web.ErasurePage)) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	v, m := viewerOf(c), placeOf(c)
	r, err := s.app.Erase.Show(c.Request.Context(), v.actor, m.ID, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.ErasurePage{
		Page: s.page(c, "Erasure"), ErasureRow: s.erasureRow(c, r), Gone: r.Gone, Removed: r.Removed,
		Justification: r.Asked.Justification, Deciding: deciding(r.NamedProposal, v.actor, s.mayErase(c, r)),
	}
	if !r.Gone {
		page.Customer = r.Customer
	}
	if r.State == models.ProposalOpen {
		page.Withdraw.Allowed = r.RequesterID == v.actor.ID && s.can(c, rbac.Object{Kind: "erasure", Requester: r.RequesterID}, "withdraw")
	}
	with(&page)
	s.show(c, status, page)
}

func (s *Server) erasureRow(c *gin.Context, r erasure.Row) web.ErasureRow {
	v := viewerOf(c)
	out := web.ErasureRow{
		ID: r.ID, State: r.State, Reference: r.Asked.Reference, Requester: person(r.RequesterID, r.RequesterName, v.actor), Reviews: r.Reviews,
		AskedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, Mark: web.Mark{EntryID: r.ID},
	}
	out.Seats = seatsAt(r.NamedProposal, out.Requester, v.actor, s.mayErase(c, r))
	if r.DecidedAt != nil {
		out.DecidedAt = *r.DecidedAt
	}
	return out
}

// mayErase says whether the viewer may take the empty seat, and if not why. The act asks again, with the locks.
func (s *Server) mayErase(c *gin.Context, r erasure.Row) web.Action {
	v := viewerOf(c)
	if r.State != models.ProposalOpen {
		return web.Action{}
	}
	err := v.rights.Authorize(v.actor, r.MarketplaceID, rbac.Object{Kind: "erasure", Requester: r.RequesterID}, "approve")
	if err == nil {
		err = s.app.Erase.Bar(c.Request.Context(), v.actor, r)
	}
	return actionOf(c, err)
}

func (s *Server) approveErasure(c *gin.Context) {
	s.decideOn(c, s.app.Erase.Approve, "erased", s.erasureSettled)
}

func (s *Server) declineErasure(c *gin.Context) {
	s.decideOn(c, s.app.Erase.Decline, "erase-declined", s.erasureSettled)
}

func (s *Server) withdrawErasure(c *gin.Context) {
	s.takeBack(c, s.app.Erase.Withdraw, "erase-withdrawn", s.erasureSettled)
}

func (s *Server) erasureSettled(c *gin.Context, err error, flash string) {
	s.settledOn(c, err, flash, "/erasures", func(status int, errs web.Errors) {
		s.showErasure(c, status, func(p *web.ErasurePage) { p.Errors, p.Note = errs, c.PostForm("note") })
	})
}
