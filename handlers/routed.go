package handlers

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/routing"
	"evenhand/rulebook"
	"evenhand/web"
	"evenhand/words"
)

// routed shows how one ticket came where it stands.
func (s *Server) routed(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	r, err := s.app.Routing.TicketRoutes(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.RoutedPage{Page: s.page(c, "A ticket’s way"), ID: r.Ticket, State: r.State, Rule: r.Rule, Now: web.RoutingStop(rulebook.StopOf(r.Now))}
	if r.Facts.Flags > 0 {
		page.Facts = factsOf(language(c), r.Facts)
	}
	for _, x := range r.Stops {
		page.Stops = append(page.Stops, web.RoutedStop{
			RoutingStop: web.RoutingStop{Queue: x.Queue, Priority: x.Priority, DueHours: int(x.DueAt.Sub(x.RoutedAt).Hours()), Skill: x.Skill},
			At:          x.RoutedAt, Due: x.DueAt, Why: x.Why, Version: x.Version, Rule: x.RuleName,
		})
	}
	s.show(c, http.StatusOK, page)
}

// factsOf are the facts that rules were asked about, in words.
func factsOf(l *words.Language, f routing.Facts) []web.Fact {
	var sources []string
	for _, x := range f.Sources {
		sources = append(sources, l.Say(x))
	}
	out := []web.Fact{
		{Name: "Category", Value: f.Category}, {Name: "Language", Value: cmp.Or(f.Language, l.Say(routing.Unknown))},
		{Name: "Flagged by", Value: strings.Join(sources, ", ")}, {Name: "Flags", Value: strconv.Itoa(f.Flags)},
		{Name: "Stars", Value: strconv.Itoa(f.Stars)}, {Name: "Age in days", Value: strconv.Itoa(f.Age)},
	}
	score, order := l.Say("none given"), routing.Unknown
	if f.Score != nil {
		score = l.Percent(0, float64(*f.Score)/100)
	}
	if f.Verified != nil {
		if order = "not verified"; *f.Verified {
			order = "verified"
		}
	}
	return append(out, web.Fact{Name: "Score", Value: score}, web.Fact{Name: "Order", Value: l.Say(order)})
}

// escalate sends a ticket on to whoever has a skill.
func (s *Server) escalate(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	form := web.EscalateForm{Skill: c.PostForm("skill"), Reason: c.PostForm("reason"), Note: c.PostForm("note")}
	err := s.app.Desk.Escalate(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, form.Skill, form.Reason, form.Note)
	s.decided(c, err, "escalated", func(p *web.TicketPage, e web.Errors) {
		form.Errors = e
		p.Escalate = form
	})
}

// addSkills lists what a ticket may be escalated to.
func (s *Server) addSkills(c *gin.Context, page *web.TicketPage) error {
	skills, err := s.app.Desk.Skills(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID)
	for _, x := range skills {
		page.Escalate.Skills = append(page.Escalate.Skills, web.Option{Value: x, Label: x})
	}
	return err
}

// sayShift puts on record whether somebody is at work.
func (s *Server) sayShift(c *gin.Context) {
	m := placeOf(c)
	err := s.app.Desk.SayShift(c.Request.Context(), viewerOf(c).actor, m.ID, c.PostForm("state"))
	if err != nil {
		s.fail(c, err)
		return
	}
	back := "/desk"
	if c.PostForm("back") == "approvals" {
		back = "/approvals"
	}
	leave(c, "shift-"+c.PostForm("state"), "/m/"+m.ID+back)
}

// shiftBar is what somebody said last about being at work.
func (s *Server) shiftBar(c *gin.Context, back string) (web.ShiftBar, error) {
	m := placeOf(c)
	x, err := s.app.Desk.Shift(c.Request.Context(), viewerOf(c).actor, m.ID)
	return web.ShiftBar{State: x.State, Since: x.SaidAt, Back: back, Base: "/m/" + m.ID}, err
}

// loads are the people at work and how much they have before them.
func (s *Server) loads(c *gin.Context) ([]web.LoadRow, error) {
	v := viewerOf(c)
	list, err := s.app.Desk.Loads(c.Request.Context(), v.actor, placeOf(c).ID)
	var out []web.LoadRow
	for _, l := range list {
		out = append(out, web.LoadRow{Who: person(l.Person, l.Name, v.actor), State: l.State, Since: l.Since, Held: l.Held, Decided: l.Decided, Waiting: l.Waiting})
	}
	return out, err
}

// decidedSince marks the flags that came in after the ticket they belong to had been decided on.
func decidedSince(flags []models.Flag, tickets []models.Ticket) map[string]bool {
	closed := map[string]models.Ticket{}
	for _, t := range tickets {
		closed[t.ID] = t
	}
	out := map[string]bool{}
	for _, f := range flags {
		if t := closed[f.TicketID]; t.ClosedAt != nil && f.CreatedAt.After(*t.ClosedAt) {
			out[f.ID] = true
		}
	}
	return out
}
