package handlers

import (
	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/web"
)

// withQuestions adds to a moderator's card another one where approvers wait for their answer.
func (s *Server) withQuestions(c *gin.Context, m models.Marketplace, card web.HomeCard) ([]web.HomeCard, error) {
	n, err := s.app.Desk.Questions(c.Request.Context(), viewerOf(c).actor, m.ID)
	if err != nil || n == 0 {
		return []web.HomeCard{card}, err
	}
	return []web.HomeCard{card, {
		Role: card.Role, Market: card.Market, Title: "Questions to you", Text: "Somebody who is to decide on your request wants to know more. Its time goes on meanwhile.",
		Href: "/m/" + m.ID + "/requests", Count: n, CountLabel: "to answer",
	}}, nil
}

// approvalCards are a supervisor's: what waits for them, and what comes near its end.
func (s *Server) approvalCards(c *gin.Context, m models.Marketplace, card web.HomeCard) ([]web.HomeCard, error) {
	n, err := s.app.Desk.Waiting(c.Request.Context(), viewerOf(c).actor, m.ID)
	if err != nil {
		return nil, err
	}
	card.Title, card.Text, card.Href, card.Count, card.CountLabel = "Approvals", "Decide on what somebody else asked for.", "/m/"+m.ID+"/approvals", n, "requests waiting"
	near, err := s.app.Desk.Escalated(c.Request.Context(), m.ID)
	if err != nil || near == 0 {
		return []web.HomeCard{card}, err
	}
	return []web.HomeCard{card, {
		Role: card.Role, Market: card.Market, Title: "Near their end", Text: "Everybody’s requests in the last third of their time. What nobody decides stays published.",
		Href: "/m/" + m.ID + "/approvals?show=all", Count: near, CountLabel: "requests near their end",
	}}, nil
}

// withEscalated adds to an administrator's card how many requests come near their end: it is they who see to it that
// there are people to decide.
func (s *Server) withEscalated(c *gin.Context, m models.Marketplace, card web.HomeCard) ([]web.HomeCard, error) {
	near, err := s.app.Desk.Escalated(c.Request.Context(), m.ID)
	if err != nil || near == 0 {
		return []web.HomeCard{card}, err
	}
	return []web.HomeCard{card, {
		Role: card.Role, Market: card.Market, Title: "Near their end", Text: "Requests that nobody has decided on in two thirds of their time. See who may decide; what nobody decides stays published.",
		Href: "/people", Count: near, CountLabel: "requests near their end",
	}}, nil
}
