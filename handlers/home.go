package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/web"
)

// ownRoutes are what everybody on the staff has, in whichever marketplace.
func (s *Server) ownRoutes(in gin.IRouter) {
	in.GET("/", s.home)
	in.POST("/sign-out", s.signOut)
	in.GET("/people", s.people)
	in.GET("/preferences", s.preferencesPage)
	in.POST("/preferences", s.prefer)
}

// home shows what there is to do today. Whoever has one role in one marketplace is taken straight there.
func (s *Server) home(c *gin.Context) {
	v := viewerOf(c)
	page := web.HomePage{Page: s.bare(c)}
	page.Title = "Today"
	for _, m := range v.markets {
		roles := v.rights.Roles(v.ID, m.ID)
		page.Markets = append(page.Markets, web.Market{ID: m.ID, Name: m.Name, Href: startOf(m.ID, roles)})
		for _, role := range roles {
			cards, err := s.cards(c, m, role)
			if err != nil {
				s.fail(c, err)
				return
			}
			page.Cards = append(page.Cards, cards...)
		}
	}
	if len(page.Cards) == 1 {
		c.Redirect(http.StatusSeeOther, page.Cards[0].Href)
		return
	}
	s.show(c, http.StatusOK, page)
}

// cards are what one role gives a person to do in one marketplace.
func (s *Server) cards(c *gin.Context, m models.Marketplace, role string) ([]web.HomeCard, error) {
	base := "/m/" + m.ID
	card := web.HomeCard{Role: role, Market: m.Name, Count: -1}
	switch role {
	case models.RoleModerator:
		queues, err := s.app.Desk.QueueCounts(c.Request.Context(), viewerOf(c).actor, m.ID)
		card.Title, card.Text, card.Href, card.Count, card.CountLabel = "The desk", "Take the next flagged review, keep it or ask for its removal.", base+"/desk", 0, "tickets waiting"
		for _, q := range queues {
			card.Count += q.Waiting
			if card.Due.IsZero() || q.Due.Before(card.Due) {
				card.Due = q.Due
			}
		}
		if err != nil {
			return nil, err
		}
		return s.withQuestions(c, m, card)
	case models.RoleSupervisor:
		return s.approvalCards(c, m, card)
	case models.RoleAuditor:
		board, record := card, card
		card.Title, card.Text, card.Href = "Removals", "Who asked for which removal, why, and who approved it.", base+"/removals"
		board.Title, board.Text, board.Href = "Whom removals favour", "What was removed, held against the same work in other hands.", base+"/board"
		record.Title, record.Text, record.Href = "The record", "Every act and every refusal, as it was written.", base+"/record"
		return []web.HomeCard{card, board, record}, nil
	case models.RoleAdministrator:
		card.Title, card.Text, card.Href = "People", "Who works here, and what they may do.", "/people"
		return s.withEscalated(c, m, card)
	}
	card.Title, card.Text, card.Href = "Policy", "The reasons for which a review may be removed.", base+"/policy"
	return []web.HomeCard{card}, nil
}
