package handlers

import (
	"encoding/hex"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/rbac"
	"evenhand/web"
	"evenhand/words"
)

// proposal shows one request to its approver, its requester or an auditor.
func (s *Server) proposal(c *gin.Context) {
	s.showProposal(c, http.StatusOK, func(*web.ProposalPage) {})
}

func (s *Server) showProposal(c *gin.Context, status int, with func(*web.ProposalPage)) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	view, err := s.app.Desk.Proposal(ctx, v.actor, m.ID, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	around, err := s.app.Desk.Approving(ctx, v.actor, view)
	if err != nil {
		s.fail(c, err)
		return
	}
	events, err := s.app.Desk.Timeline(ctx, v.actor, m.ID, view.ReviewID)
	if err != nil {
		s.fail(c, err)
		return
	}
	decide := s.mayDecide(c, view.Row)
	marked := s.marksOf(c, append(eventIDs(events), idsOf([]moderation.Row{view.Row})...)...)
	page := web.ProposalPage{
		Page: s.page(c, say(c, "Request for a %s", words.Word(web.RemedyNoun(view.Row.Remedy)))), ID: view.ID, State: marked.state(view.Row), StateWhy: stateWhy(language(c), view, s.comfort(c).Zone),
		Review: reviewOf(c, view.Content), Reason: reasonOf(view.Reason), Requester: requesterOf(view.Row, v.actor),
		AskedAt: view.CreatedAt, ExpiresAt: view.ExpiresAt, Justification: view.Removal.Justification,
		Evidence: evidence(language(c), m.ID, view), Seats: seats(view.Row, v.actor, decide), Known: knownFigures(language(c), view),
		Digest: hex.EncodeToString(view.Digest), Approve: decide, Decline: decide, Timeline: eventsOf(language(c), events, v.actor, marked),
		Mark: marked.of(view.ID),
	}
	page.Unmask = requesterMask(&page, view.Row, decide)
	showRemedy(language(c), &page, view)
	if err := s.addSetOf(c, &page, view); err != nil {
		s.fail(c, err)
		return
	}
	if page.Held, err = s.heldNow(c, view.Now); err != nil {
		s.fail(c, err)
		return
	}
	if view.Drawn && decide.Allowed {
		page.HandBack = web.Action{Allowed: true}
	}
	if view.Now.Version != view.SubjectVersion {
		page.NowVersion = view.Now.Version
	}
	if view.ErasedAt != nil {
		page.ErasedAt = *view.ErasedAt
	}
	if view.DecidedAt != nil {
		page.DecidedAt = *view.DecidedAt
	}
	s.addApproving(c, &page, view, around, v.actor)
	if view.State == models.ProposalOpen {
		if view.Row.Remedy == models.ActionRemove && !view.PartiesHidden && view.SetSize == nil {
			page.Effect = effect(view.Content.SellerStars, view.Rating)
			page.ProductEffect, page.EffectAt = effect(view.Content.ProductStars, view.Rating), s.app.Now()
		}
		page.Withdraw = web.Action{Allowed: view.RequesterID == v.actor.ID && s.can(c, rbac.Object{Kind: "removal", Requester: view.RequesterID}, "withdraw")}
	}
	if page.Approve.Allowed || page.Decline.Allowed {
		page.Notes = s.offered(c, models.PurposeNote)
	}
	if page.Ask.Allowed || page.Answer.Allowed {
		page.Answers = s.offered(c, models.PurposeAnswer)
	}
	with(&page)
	s.show(c, status, page)
}

// showRemedy shows what a lesser remedy would do, or did: the words that are hidden, the label, the place.
func showRemedy(l *words.Language, page *web.ProposalPage, v moderation.ProposalView) {
	page.Remedy = v.Row.Remedy
	if v.ErasedAt != nil {
		return
	}
	switch page.Remedy {
	case models.ActionRedact:
		r := v.Content.Review
		page.Review.Marked = marked(moderation.Pieces(r.Title, "title", v.Removal.Spans), moderation.Pieces(r.Body, "body", v.Removal.Spans), "As customers would read it")
	case models.ActionLabel:
		page.Would = l.Say("The label would say: “%s” The text and the stars stay.", v.Reason.LabelText(v.Removal.Label))
	case models.ActionMove:
		if v.PartiesHidden {
			page.Would = l.Say("It would count for “%s”, and not for this product any more.", v.To.Product.Title)
			return
		}
		page.Would = l.Say("It would count for “%s” (%s) of %s (%s), and not for this product any more.",
			v.To.Product.Title, v.To.Product.ExternalID, v.To.Seller.Name, v.To.Seller.ExternalID)
	}
}

func marked(title, body []moderation.Piece, told string) *web.Marked {
	return &web.Marked{Title: piecesOf(title), Body: piecesOf(body), Told: told}
}

func piecesOf(in []moderation.Piece) []web.Piece {
	var out []web.Piece
	for _, p := range in {
		out = append(out, web.Piece{Text: p.Text, Hidden: p.Hidden})
	}
	return out
}

// stateWhy adds what isn't in the state's name.
func stateWhy(l *words.Language, v moderation.ProposalView, zone *time.Location) string {
	switch {
	case v.Restored != nil:
		return l.Say("It was undone on %s.", l.Date(v.Restored.CreatedAt.In(zone), "2 January 2006"))
	case v.State == models.ProposalVoid && v.ErasedAt != nil && v.DecidedAt != nil && !v.DecidedAt.Before(*v.ErasedAt):
		return "The author had what they wrote erased while the request was open."
	case v.State == models.ProposalVoid && v.Now.Version != v.SubjectVersion:
		return l.Say("The request was about version %d of the review; now there is version %d.", v.SubjectVersion, v.Now.Version)
	}
	return ""
}

func (s *Server) approve(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	p, err := s.app.Desk.Approve(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, seen(c, "digest"), c.PostForm("note"))
	flash := "recording"
	switch {
	case err != nil:
	case p.State == models.ProposalOpen:
		flash = "more"
	case s.recorded(c, s.app.Desk.VerdictEntry(c.Request.Context(), p, viewerOf(c).actor)):
		flash = "approved"
	}
	s.settled(c, err, flash, "/approvals")
}

func (s *Server) decline(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	_, err := s.app.Desk.Decline(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, seen(c, "digest"), c.PostForm("note"))
	s.settled(c, err, "declined", "/approvals")
}

// handBack leaves a request to another approver.
func (s *Server) handBack(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	err := s.app.Desk.HandBack(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, c.PostForm("reason"))
	s.settled(c, err, "handed_on", "/approvals")
}

func (s *Server) withdraw(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	_, err := s.app.Desk.Withdraw(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, seen(c, "digest"))
	s.settled(c, err, "withdrawn", "/requests")
}

func (s *Server) settled(c *gin.Context, err error, flash, to string) {
	s.settledOn(c, err, flash, to, func(status int, errs web.Errors) {
		s.showProposal(c, status, func(p *web.ProposalPage) { p.Errors, p.Note = errs, c.PostForm("note") })
	})
}
