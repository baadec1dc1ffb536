package handlers

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/mod/sumdb/tlog"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/staff"
)

// logRoutes are the public part of the log, for programs.
func (s *Server) logRoutes(log gin.IRouter) {
	log.GET("/checkpoint", s.checkpoint)
	log.GET("/tile/*path", s.tile)
}

// What /ledger serves follows C2SP tlog-tiles (https://c2sp.org/tlog-tiles), so that any client of such logs reads it.

const keyReader = "evenhand.reader"

// logReader finds out who reads, by a session or by a token; nobody is an answer too.
func (s *Server) logReader(c *gin.Context) {
	var person models.Staff
	err := error(nil)
	if secret, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer "); ok {
		person, err = s.app.Staff.ByToken(c.Request.Context(), secret)
	} else if token, e := c.Cookie(cookieSession); e == nil {
		person, err = s.app.Staff.BySession(c.Request.Context(), token)
		if models.IsKind(err, models.Unauthentic) { // an ended session is nobody's
			err = nil
		}
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	if person.ID != "" {
		c.Set(keyReader, staff.Actor(person))
	}
	c.Next()
}

// mayReadLog asks whether the reader may have hashes, or bodies of entries: those speak of every marketplace, so it
// takes the right to read the record of all of them.
func (s *Server) mayReadLog(c *gin.Context, bodies bool) error {
	if s.publicLog && !bodies {
		return nil
	}
	who, ok := c.Get(keyReader)
	if !ok {
		return models.E(models.Unauthentic, "no_reader", "Sign in, or send a token, to read this log.")
	}
	actor, ctx := who.(models.Actor), c.Request.Context()
	rights, err := s.app.Rights.View(s.app.DB.WithContext(ctx))
	if err != nil {
		return err
	}
	markets := map[string]bool{models.AllMarketplaces: true}
	if !bodies {
		markets = rights.Scopes(actor.ID)
	}
	refusal := error(models.E(models.Forbidden, "no_right", "This needs the right to read the record; you hold no role that has it."))
	if bodies {
		refusal = models.E(models.Forbidden, "no_right", "Entries of all marketplaces stand side by side in the log: reading them needs an auditor's role in every marketplace (*).")
	}
	for m := range markets {
		ok, err := rights.Can(actor.ID, m, rbac.Object{Kind: "record"}, "read")
		if err != nil || ok {
			return err
		}
	}
	entry := &ledger.Entry{Act: "record.read", SubjectType: "ledger", SubjectID: "log"}
	return s.app.Ledger.OnRecord(ctx, actor, entry, refusal)
}

// checkpoint is the newest checkpoint with its cosignatures. It is the one thing here that changes.
func (s *Server) checkpoint(c *gin.Context) {
	if err := s.mayReadLog(c, false); err != nil {
		s.fail(c, err)
		return
	}
	note, err := s.app.Log.Note(c.Request.Context())
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(note))
}

// tile is a tile of hashes, tile/L/N[.p/W], or a bundle of entries, tile/entries/N[.p/W].
func (s *Server) tile(c *gin.Context) {
	t, bodies, err := parseTile(c.Param("path"))
	if err == nil {
		err = s.mayReadLog(c, bodies)
	}
	var data []byte
	switch {
	case err != nil:
	case bodies:
		data, err = s.app.Log.Bundle(c.Request.Context(), t.N, t.W)
	default:
		data, err = s.app.Log.Tile(c.Request.Context(), t.L, t.N, t.W)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	cache := "private"
	if s.publicLog && !bodies {
		cache = "public"
	}
	c.Header("Cache-Control", cache+", max-age=31536000, immutable")
	c.Data(http.StatusOK, "application/octet-stream", data)
}

// parseTile reads what comes behind /ledger/tile; x/mod's paths have a height and another word for entries.
func parseTile(path string) (tlog.Tile, bool, error) {
	level, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	bodies := level == "entries"
	if bodies {
		level = "data"
	}
	t, err := tlog.ParseTilePath(fmt.Sprintf("tile/8/%s/%s", level, rest))
	if err != nil || len(path) > 100 {
		return t, bodies, models.E(models.NotFound, "no_tile", "That isn't the path of a tile: want tile/LEVEL/N[.p/W] or tile/entries/N[.p/W].")
	}
	return t, bodies, nil
}
