package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/rbac"
	"evenhand/web"
)

// breakPage is a page without work.
func (s *Server) breakPage(c *gin.Context) {
	page := web.BreakPage{Page: s.page(c, "A break"), Desk: s.can(c, rbac.Object{Kind: "ticket"}, "draw")}
	if page.Desk {
		t, err := s.app.Desk.Held(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID)
		if err != nil {
			s.fail(c, err)
			return
		}
		page.Held = t != nil
	}
	s.show(c, http.StatusOK, page)
}

// takeBreak lets go of the ticket that the viewer holds, if they hold one. Nothing else of a break is on record.
func (s *Server) takeBreak(c *gin.Context) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	flash := ""
	if s.can(c, rbac.Object{Kind: "ticket"}, "draw") {
		t, err := s.app.Desk.Held(ctx, v.actor, m.ID)
		if err == nil && t != nil {
			err = s.app.Desk.Release(ctx, v.actor, m.ID, t.ID)
			flash = "break"
		}
		if err != nil && !models.IsKind(err, models.Conflict) { // it ran out, or was decided in another window: it is let go
			s.fail(c, err)
			return
		}
	}
	leave(c, flash, "/m/"+m.ID+"/break")
}
