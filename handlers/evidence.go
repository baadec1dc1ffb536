package handlers

import (
	"fmt"
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
)

// evidencePiece shows what is behind a piece of a request's evidence: a file is handed out, another review shown. Where
// the viewer has to open it first, and where there is nothing behind it, it leads back to the request.
func (s *Server) evidencePiece(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	n, ok := s.piece(c)
	if !ok {
		return
	}
	v, m := viewerOf(c), placeOf(c)
	piece, err := s.app.Desk.Exhibit(c.Request.Context(), v.actor, m.ID, id, n-1)
	if code := models.AsError(err).Code; err != nil && (code == "evidence_unopened" || code == "no_evidence") {
		c.Redirect(http.StatusSeeOther, fmt.Sprintf("/m/%s/proposals/%s#evidence-%d", m.ID, id, n))
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	if piece.Kind == moderation.EvidenceFile {
		handOut(c, piece.File)
		return
	}
	page := web.EvidencePage{Page: s.page(c, "Evidence"), ProposalID: id, Number: n, Review: reviewOf(c, piece.Content), Changed: piece.Changed, Digest: piece.Digest}
	s.show(c, http.StatusOK, page)
}

// ownFile hands a file out to who has uploaded it and not sent it yet.
func (s *Server) ownFile(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	file, ok := s.id(c, "file")
	if !ok {
		return
	}
	a, err := s.app.Desk.OwnFile(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, file)
	if err != nil {
		s.fail(c, err)
		return
	}
	handOut(c, a)
}

// evidencePreview shows a picture among the evidence, to who has opened it.
func (s *Server) evidencePreview(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	n, ok := s.piece(c)
	if !ok {
		return
	}
	picture, err := s.app.Desk.EvidencePreview(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, n-1)
	s.showPicture(c, picture, err)
}

// ownPreview shows a picture to who has uploaded it.
func (s *Server) ownPreview(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	file, ok := s.id(c, "file")
	if !ok {
		return
	}
	picture, err := s.app.Desk.OwnPreview(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, file)
	s.showPicture(c, picture, err)
}

// showPicture sends a picture that was drawn here.
func (s *Server) showPicture(c *gin.Context, picture []byte, err error) {
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Content-Security-Policy", "sandbox; default-src 'none'")
	c.Data(http.StatusOK, "image/jpeg", picture)
}

// handOut sends a file as one to keep: no browser is to show it, run it, or take it for anything else than its type.
func handOut(c *gin.Context, a models.Attachment) {
	h := c.Writer.Header()
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	kind := a.Type
	if kind == "text/plain" {
		kind += "; charset=utf-8"
	}
	c.Data(http.StatusOK, kind, a.Content)
}
