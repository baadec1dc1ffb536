package handlers

import (
	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
	"evenhand/words"
)

// hiddenAuthor is who wrote a review where that is hidden: roughly, since exact figures would tell.
func hiddenAuthor(l *words.Language, a moderation.AuthorFigures) web.Author {
	about := "one review"
	switch {
	case a.Reviews > 20:
		about = "very many reviews"
	case a.Reviews > 5:
		about = "many reviews"
	case a.Reviews > 1:
		about = "a few reviews"
	}
	if a.Removed > 0 {
		return web.Author{About: l.Say("%s, some of them removed", words.Word(about))}
	}
	return web.Author{About: l.Say(about)}
}

// ticketMask is the form by which the holder of a ticket has names shown.
func ticketMask(page *web.TicketPage, t moderation.TicketView) web.Unmask {
	return web.Unmask{
		Offered: page.Mine && t.Content.Hidden, Shown: t.Lifted, On: models.OnTicket, URL: page.Base() + "/tickets/" + t.ID + "/unmask",
	}
}

// requesterMask is the form by which who may decide on a request has its requester shown.
func requesterMask(page *web.ProposalPage, r moderation.Row, decide web.Action) web.Unmask {
	return web.Unmask{
		Offered: r.RequesterHidden && decide.Allowed, Shown: r.RequesterLifted && r.State == models.ProposalOpen,
		On: models.OnProposal, URL: page.Base() + "/proposals/" + r.ID + "/unmask",
	}
}

// liftInWords says what somebody had shown, and what for.
func liftInWords(l *words.Language, e moderation.Event) string {
	what := "had seller, author and order shown, %s"
	if e.SubjectType == models.OnProposal {
		what = "had shown who asked, %s"
	}
	purpose, _ := e.Data["purpose"].(string)
	return l.Say(what, words.Word(web.PurposeWords(purpose)))
}

// unmaskTicket shows seller, author and order to the holder of a ticket, with a purpose and on record.
func (s *Server) unmaskTicket(c *gin.Context) {
	s.unmask(c, models.OnTicket, "/tickets/", func(status int, form func(*web.Unmask)) {
		s.showTicket(c, status, func(p *web.TicketPage) { form(&p.Unmask) })
	})
}

// unmaskRequest shows who asked to who is to decide.
func (s *Server) unmaskRequest(c *gin.Context) {
	s.unmask(c, models.OnProposal, "/proposals/", func(status int, form func(*web.Unmask)) {
		s.showProposal(c, status, func(p *web.ProposalPage) { form(&p.Unmask) })
	})
}

func (s *Server) unmask(c *gin.Context, on, path string, again func(status int, form func(*web.Unmask))) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	m := placeOf(c)
	lift := moderation.Lift{Marketplace: m.ID, On: on, ID: id, Purpose: c.PostForm("purpose"), Text: c.PostForm("words")}
	err := s.app.Desk.Unmask(c.Request.Context(), viewerOf(c).actor, lift)
	if errs, status, ok := fields(c, err); ok {
		again(status, func(u *web.Unmask) { u.Purpose, u.Words, u.Errors = lift.Purpose, lift.Text, errs })
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "unmasked", "/m/"+m.ID+path+id)
}
