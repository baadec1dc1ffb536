package handlers

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
	"evenhand/words"
)

// addApproving adds to the page of a request what an approver goes by: what they have opened, what was asked and
// answered, what is known of the people, and how long there is.
func (s *Server) addApproving(c *gin.Context, page *web.ProposalPage, v moderation.ProposalView, a moderation.Approving, viewer models.Actor) {
	page.Escalated, page.Seated = a.Escalated, a.Seats
	page.LastHours = a.Escalated && moderation.LastHours(v.Proposal, s.app.Now())
	for i := range page.Evidence {
		opened := slices.Contains(a.Opened, i)
		page.Evidence[i].Number, page.Evidence[i].Opened = i+1, opened
		if !opened {
			page.Evidence[i].Preview = ""
		}
		page.Evidence[i].Closed = page.Approve.Allowed && i < v.Pieces && !opened
	}
	if page.Approve.Allowed && a.Unopened != nil {
		page.Approve = web.Action{Why: models.AsError(a.Unopened).Tell(language(c))}
	}
	page.Ask, page.Answer = actionOf(c, a.Ask), actionOf(c, a.Answer)
	if e := models.AsError(a.Answer); a.Answer != nil && e.Detail != "" { // who asked is told why they can't answer
		page.Answer.Why = e.Tell(language(c))
	}
	for _, m := range a.Thread {
		page.Thread = append(page.Thread, messageOf(v, m, viewer))
	}
	page.Question = v.State == models.ProposalOpen && v.Last == models.MessageQuestion
	if a.Together != nil {
		page.Known = append(page.Known, togetherFigures(language(c), v, *a.Together)...)
		page.Signal = signalOf(*a.Together)
	}
}

func messageOf(v moderation.ProposalView, m moderation.Message, viewer models.Actor) web.Message {
	out := web.Message{Kind: m.Kind, Who: person(m.AuthorID, m.AuthorName, viewer), Text: m.Text, At: m.CreatedAt, Erased: m.ErasedAt != nil}
	switch {
	case m.AuthorID == v.RequesterID:
		out.Who = requesterOf(v.Row, viewer)
	case v.State == models.ProposalOpen && m.AuthorID != viewer.ID:
		out.Who = anApprover
	}
	return out
}

// togetherFigures are what is known of requester, approver and seller, as numbers to judge by.
func togetherFigures(l *words.Language, v moderation.ProposalView, t moderation.Together) []web.Figure {
	tally := func(when string, x moderation.Tally) web.Figure {
		return web.Figure{
			Label: when, Value: l.Count(x.Asked),
			Note: l.Say("%d removed, %d declined, %d restored", x.Removed, x.Declined, x.Restored),
		}
	}
	out := []web.Figure{
		tally("Other requests of this requester about this seller, 180 days", t.Recent), tally("Other requests of this requester about this seller, ever", t.Ever),
		{Label: "Of this requester’s last requests that you decided, approved", Value: l.Say("%d of %d", t.Approved, t.Decided)},
		{Label: "Of the last requests about this seller that you decided, approved", Value: l.Say("%d of %d", t.SellerApproved, t.SellerDecided)},
	}
	if v.Drawn {
		f := web.Figure{Label: "Of this requester’s removals in 180 days, approved by you", Value: "none yet"}
		if t.Effective > 0 {
			f.Value = l.Say("%d of %d (%s)", t.Mine, t.Effective, l.Percent(0, float64(t.Mine)/float64(t.Effective)))
			f.Note = l.Say("the draws give %s (%s)", l.Fixed(1, t.Expected), l.Percent(0, t.Expected/float64(t.Effective)))
		}
		out = append(out, f)
	}
	return out
}

// signalOf is what the board says of the pair: a question, or that there is none.
func signalOf(t moderation.Together) web.PairSignal {
	out := web.PairSignal{Shown: true}
	if t.BoardAt != nil {
		out.At = *t.BoardAt
	}
	if a := t.Alarm; a != nil {
		out.Open, out.Observed, out.Exposure, out.Expected = true, a.Observed, a.Exposure, a.Expected
	}
	return out
}

// piece reads which piece of evidence an address is about, as people count.
func (s *Server) piece(c *gin.Context) (int, bool) {
	n, err := strconv.Atoi(c.Param("item"))
	if err != nil || n < 1 || n > 1000 {
		s.fail(c, models.E(models.NotFound, "no_evidence", "There is no such piece of evidence."))
		return 0, false
	}
	return n, true
}

// openEvidence puts on record that the viewer has opened a piece of evidence, and shows it in its place. What they had
// written meanwhile stays.
func (s *Server) openEvidence(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	n, ok := s.piece(c)
	if !ok {
		return
	}
	if err := s.app.Desk.OpenEvidence(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, n-1); err != nil {
		s.fail(c, err)
		return
	}
	s.showProposal(c, http.StatusOK, func(p *web.ProposalPage) { p.Note = c.PostForm("note") })
}

func (s *Server) askBack(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	err := s.app.Desk.AskBack(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, c.PostForm("question"))
	s.said(c, id, err, "asked-back")
}

func (s *Server) answer(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	err := s.app.Desk.Answer(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, c.PostForm("answer"))
	s.said(c, id, err, "answered-ask")
}

// said follows a question or an answer: back to the request, with what has to be mended.
func (s *Server) said(c *gin.Context, id string, err error, flash string) {
	if errs, status, ok := fields(c, err); ok {
		s.showProposal(c, status, func(p *web.ProposalPage) {
			p.Errors, p.Note = errs, c.PostForm("note")
			p.QuestionText, p.AnswerText = c.PostForm("question"), c.PostForm("answer")
		})
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, flash, "/m/"+placeOf(c).ID+"/proposals/"+id)
}
