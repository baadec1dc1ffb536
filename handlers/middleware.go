package handlers

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/web"
)

// maxBody bounds a form: its largest field is a justification.
const maxBody = 256 << 10

// routeLive is the route whose answers go on until somebody hangs up.
const routeLive = "/m/:market/live"

const keyRequestID = "evenhand.request"

// identify gives each request an id, which a failure shows and the log repeats.
func (s *Server) identify(c *gin.Context) {
	id := models.NewID()
	c.Set(keyRequestID, id)
	c.Header("X-Request-Id", id)
	c.Next()
}

// observe counts and logs each request, without its query, which may name a seller, and without the person.
func (s *Server) observe(c *gin.Context) {
	begin := time.Now()
	c.Next()
	took, route := time.Since(begin), c.FullPath()
	if route == "" {
		route = "none"
	}
	status := c.Writer.Status()
	if route != routeLive || status != http.StatusOK { // how long somebody listened is no time to answer
		s.stats.requests.WithLabelValues(route, c.Request.Method, strconv.Itoa(status)).Observe(took.Seconds())
	}
	s.log.Info("request", "id", c.GetString(keyRequestID), "method", c.Request.Method, "route", route,
		"status", status, "ms", took.Milliseconds())
}

// recover answers a panic as an internal failure, once it is logged with its stack.
func (s *Server) recover(c *gin.Context) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it like this
			panic(p) // an answer that is cut off has to look cut off
		} else if p != nil {
			s.log.Error("panic", "id", c.GetString(keyRequestID), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			s.fail(c, models.E(models.Internal, "internal", "Something went wrong on our side."))
		}
	}()
	c.Next()
}

// secure sets the headers that every answer has.
func secure(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", web.CSP)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	c.Next()
}

// limitBody cuts a body off at its bound; reading on is then an error.
func limitBody(c *gin.Context) {
	limit := int64(maxBody)
	if uploads[c.FullPath()] {
		limit = maxUpload
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	c.Next()
}

// noCrossOrigin refuses writes that another site's page sends with this site's cookies.
func noCrossOrigin() gin.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c *gin.Context) {
		if err := protection.Check(c.Request); err != nil {
			c.String(http.StatusForbidden, "Refused: this request came from another site.\n")
			c.Abort()
			return
		}
		c.Next()
	}
}

func (s *Server) healthz(c *gin.Context) { c.String(http.StatusOK, "ok\n") }

// readyz says whether the database answers.
func (s *Server) readyz(c *gin.Context) {
	if err := models.Ping(c.Request.Context(), s.app.DB); err != nil {
		c.String(http.StatusServiceUnavailable, "database unavailable\n")
		return
	}
	c.String(http.StatusOK, "ok\n")
}

func (s *Server) notFound(c *gin.Context) {
	s.fail(c, models.E(models.NotFound, "no_page", "There is no page at this address."))
}

func (s *Server) wrongMethod(c *gin.Context) {
	s.failWith(c, http.StatusMethodNotAllowed, models.E(models.Invalid, "wrong_method", "This address doesn't take %s.", c.Request.Method))
}
