package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/staff"
	"evenhand/web"
)

// signInRoutes are how somebody comes in, and which language they are spoken to in meanwhile.
func (s *Server) signInRoutes(r gin.IRouter) {
	r.GET("/sign-in", s.signInPage)
	r.POST("/sign-in", s.signIn)
	r.POST("/language", s.chooseLanguage)
}

func (s *Server) signInPage(c *gin.Context) {
	page := web.SignInPage{Page: s.bare(c), Next: within(c.Query("next")), DemoAccounts: s.demo}
	page.Title, page.Here = "Sign in", "/sign-in?next="+url.QueryEscape(page.Next)
	s.show(c, http.StatusOK, page)
}

// signIn opens a session. A new one each time: whatever cookie the browser came with is forgotten.
func (s *Server) signIn(c *gin.Context) {
	token, _, err := s.app.Staff.SignIn(c.Request.Context(), staff.Credentials{
		Email: c.PostForm("email"), Password: c.PostForm("password"), Address: c.ClientIP(), Device: c.Request.UserAgent(),
	})
	next := within(c.PostForm("next"))
	if models.IsKind(err, models.Unauthentic) || models.IsKind(err, models.Throttled) {
		e := models.AsError(err)
		page := web.SignInPage{Page: s.bare(c), Email: c.PostForm("email"), Next: next, Errors: web.Errors{"": e.Tell(language(c))}, DemoAccounts: s.demo}
		page.Title = "Sign in"
		s.show(c, statuses[e.Kind], page)
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	setCookie(c, cookieSession, token, 0)
	c.Redirect(http.StatusSeeOther, next)
}

func (s *Server) signOut(c *gin.Context) {
	v := viewerOf(c)
	if err := s.app.Staff.SignOut(c.Request.Context(), v.Staff, v.token); err != nil {
		s.fail(c, err)
		return
	}
	setCookie(c, cookieSession, "", -1)
	c.Redirect(http.StatusSeeOther, "/sign-in")
}

// within keeps a redirect on this site: a path of ours, or the start page.
func within(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/"
	}
	return u.RequestURI()
}
