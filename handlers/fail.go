package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/web"
)

var statuses = map[models.Kind]int{
	models.Internal:    http.StatusInternalServerError,
	models.Invalid:     http.StatusUnprocessableEntity,
	models.Policy:      http.StatusUnprocessableEntity,
	models.NotFound:    http.StatusNotFound,
	models.Forbidden:   http.StatusForbidden,
	models.Conflict:    http.StatusConflict,
	models.Unauthentic: http.StatusUnauthorized,
	models.Throttled:   http.StatusTooManyRequests,
	models.Unavailable: http.StatusServiceUnavailable,
}

// clientGone is nginx's status for a client that hung up; nobody reads it but the metrics.
const clientGone = 499

// fail answers with an error: the one place where errors become responses.
func (s *Server) fail(c *gin.Context, err error) {
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		c.AbortWithStatus(clientGone)
		return
	}
	e := models.AsError(err)
	s.failWith(c, statuses[e.Kind], e)
}

func (s *Server) failWith(c *gin.Context, status int, e *models.Error) {
	c.Abort()
	id := c.GetString(keyRequestID)
	if e.Kind == models.Internal {
		s.log.Error("internal", "id", id, "error", e.Error())
	}
	if e.Kind == models.Unauthentic && c.Request.Method == http.MethodGet && !forPrograms(c) {
		c.Redirect(http.StatusSeeOther, "/sign-in?next="+url.QueryEscape(c.Request.URL.RequestURI()))
		return
	}
	if e.Kind == models.Unauthentic && forPrograms(c) {
		c.Header("WWW-Authenticate", "Bearer")
	}
	if forPrograms(c) { // RFC 9457
		c.Header("Content-Type", "application/problem+json")
		c.JSON(status, gin.H{"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": e.Detail, "code": e.Code, "request_id": id})
		return
	}
	if status == http.StatusServiceUnavailable {
		c.Header("Retry-After", "5")
	}
	page := web.ErrorPage{Page: s.bare(c), Status: status, Detail: e.Tell(language(c)), Code: e.Code, RequestID: id, Unsure: e.Code == models.CodeUnknown}
	if c.Request.Method == http.MethodPost && typedForm(c) {
		page.Written = web.WrittenIn(c.Request.PostForm)
	}
	if e.Kind == models.Unauthentic {
		page.NextHref, page.NextText = "/sign-in", "Sign in"
	}
	s.show(c, status, page)
}

// typedForm reads what was typed into a form, with files or without, unless that was read before.
func typedForm(c *gin.Context) bool {
	if c.Request.PostForm == nil {
		_, _ = readUploads(c) // what can be read of it is shown
	}
	return c.Request.ParseForm() == nil
}

// show renders a page, whole or not at all.
func (s *Server) show(c *gin.Context, status int, page web.PageData) {
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Status(status)
	if err := s.pages.Render(c.Writer, page); err != nil {
		s.log.Error("render", "id", c.GetString(keyRequestID), "error", err.Error())
		if !c.Writer.Written() {
			c.String(http.StatusInternalServerError, "This page can't be shown. Request %s\n", c.GetString(keyRequestID))
		}
	}
}

// fields gives the field errors of err for a form, in its reader's language, or false where err isn't about the form.
func fields(c *gin.Context, err error) (web.Errors, int, bool) {
	var e *models.Error
	if !errors.As(err, &e) || (e.Kind != models.Invalid && e.Kind != models.Policy) {
		return nil, 0, false
	}
	out := web.Errors(e.TellFields(language(c)))
	if len(out) == 0 {
		out[""] = e.Tell(language(c))
	}
	return out, statuses[e.Kind], true
}
