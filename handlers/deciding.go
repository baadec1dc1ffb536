package handlers

import (
	"context"

	"github.com/gin-gonic/gin"

	"evenhand/approval"
	"evenhand/models"
	"evenhand/web"
)

// What the pages of all kinds of proposals have in common, on which a second person decides.

// deciding is what they read and fill in there.
func deciding(p approval.NamedProposal, viewer models.Actor, approve web.Action) web.Deciding {
	out := web.Deciding{Digest: hexOf(p.Digest), Approve: approve}
	for _, g := range p.Verdicts {
		if g.Note != "" { // an erasure takes it
			out.Notes = append(out.Notes, web.VerdictNote{Who: person(g.ApproverID, g.ApproverName, viewer), At: g.CreatedAt, Text: g.Note})
		}
	}
	return out
}

// decideOn gives a verdict, and goes on with what the kind does once it is given or refused.
func (s *Server) decideOn(
	c *gin.Context, act func(ctx context.Context, who models.Actor, market, proposal string, digest []byte, note string) (models.Proposal, error),
	flash string, settled func(*gin.Context, error, string),
) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	p, err := act(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, seen(c, "digest"), c.PostForm("note"))
	if p.State == models.ProposalOpen {
		flash = "more"
	}
	settled(c, err, flash)
}

// takeBack withdraws a request likewise.
func (s *Server) takeBack(
	c *gin.Context, act func(ctx context.Context, who models.Actor, market, proposal string, digest []byte) (models.Proposal, error),
	flash string, settled func(*gin.Context, error, string),
) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	_, err := act(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, seen(c, "digest"))
	settled(c, err, flash)
}

// settledOn follows a verdict: on to the list, or back to the form with what has to be mended.
func (s *Server) settledOn(c *gin.Context, err error, flash, to string, again func(status int, errs web.Errors)) {
	if errs, status, ok := fields(c, err); ok {
		again(status, errs)
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, flash, "/m/"+placeOf(c).ID+to)
}
