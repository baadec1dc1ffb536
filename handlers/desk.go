package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/web"
)

// deskRoutes are a moderator's work: a ticket is drawn, looked at and decided on, or handed on.
func (s *Server) deskRoutes(m gin.IRouter) {
	m.GET("/desk", s.desk)
	m.POST("/desk/next", s.next)
	m.GET("/tickets/:id", s.ticket)
	m.POST("/tickets/:id/keep", s.keep)
	m.POST("/tickets/:id/remove", s.request)
	m.POST("/tickets/:id/check", s.check)
	m.GET("/tickets/:id/set", s.gather)
	m.POST("/tickets/:id/set", s.changeSet)
	m.GET("/tickets/:id/files/:file", s.ownFile)
	m.GET("/tickets/:id/files/:file/preview", s.ownPreview)
	m.POST("/tickets/:id/skip", s.skip)
	m.POST("/tickets/:id/release", s.release)
	m.POST("/tickets/:id/escalate", s.escalate)
	m.POST("/tickets/:id/lease", s.lease)
	m.POST("/tickets/:id/unmask", s.unmaskTicket)
	m.POST("/shift", s.sayShift)
}

// desk is where a moderator's day begins.
func (s *Server) desk(c *gin.Context) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	if err := s.may(c, "ticket", "draw"); err != nil {
		s.fail(c, err)
		return
	}
	queues, err := s.app.Desk.QueueCounts(ctx, v.actor, m.ID)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.DeskPage{Page: s.page(c, "Desk"), Take: web.Action{Allowed: true}}
	if err := s.addPace(c, &page); err != nil {
		s.fail(c, err)
		return
	}
	own, err := s.app.Desk.OwnAgreement(ctx, v.actor, m.ID)
	if err != nil {
		s.fail(c, err)
		return
	}
	if own.Looked+own.Tests > 0 {
		a := agreementOf(own, v.actor)
		page.Own = &a
	}
	for _, q := range queues {
		page.Queues = append(page.Queues, web.DeskQueue{Name: q.Queue, Waiting: q.Waiting, Due: q.Due, Overdue: q.Overdue})
	}
	if page.Shift, err = s.shiftBar(c, "desk"); err != nil {
		s.fail(c, err)
		return
	}
	if page.Held, err = s.held(c); err != nil {
		s.fail(c, err)
		return
	}
	s.show(c, http.StatusOK, page)
}

// held is the ticket that the moderator left open, if any.
func (s *Server) held(c *gin.Context) (*web.HeldTicket, error) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	t, err := s.app.Desk.Held(ctx, v.actor, m.ID)
	if err != nil || t == nil {
		return nil, err
	}
	view, err := s.app.Desk.Ticket(ctx, v.actor, m.ID, t.ID)
	if err != nil {
		return nil, err
	}
	r := view.Content.Review
	return &web.HeldTicket{ID: t.ID, Stars: r.Rating, Excerpt: excerpt(r.Title, r.Body, r.ErasedAt), Queue: t.Queue, LeaseUntil: *t.LeaseUntil}, nil
}

// next draws a ticket.
func (s *Server) next(c *gin.Context) {
	m := placeOf(c)
	t, err := s.app.Desk.Next(c.Request.Context(), viewerOf(c).actor, m.ID)
	if err != nil {
		if models.AsError(err).Code == "queue_empty" {
			leave(c, "empty", "/m/"+m.ID+"/desk")
			return
		}
		s.fail(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/m/"+m.ID+"/tickets/"+t.ID)
}
