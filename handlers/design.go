package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/web"
)

// design shows what the pages are made of, to whoever works on them: it takes no account, and has no data.
func (s *Server) design(c *gin.Context) {
	page := web.NewDesign(s.app.Now())
	page.Demo = len(s.demo) > 0
	s.show(c, http.StatusOK, page)
}
