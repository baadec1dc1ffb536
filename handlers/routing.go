package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/rbac"
	"evenhand/routing"
	"evenhand/rulebook"
	"evenhand/web"
)

// routingRoutes are the rules by which tickets go to queues, changed by two people.
func (s *Server) routingRoutes(m gin.IRouter) {
	m.GET("/routing", s.routing)
	m.GET("/routing/edit", s.editRouting)
	m.POST("/routing/edit", s.changeRouting)
	m.GET("/routing/requests/:id", s.routingAsk)
	m.POST("/routing/requests/:id/approve", s.approveRouting)
	m.POST("/routing/requests/:id/decline", s.declineRouting)
	m.POST("/routing/requests/:id/withdraw", s.withdrawRouting)
	m.GET("/routing/tickets/:id", s.routed)
}

// routing shows the rules by which tickets are sent to queues, and the requests for others.
func (s *Server) routing(c *gin.Context) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	cursor, err := models.ParseCursor(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	now, err := s.app.Routing.Rules(ctx, v.actor, m.ID)
	if err != nil {
		s.fail(c, err)
		return
	}
	asks, around, err := s.app.Routing.List(ctx, v.actor, m.ID, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.RoutingPage{
		Page: s.page(c, "Routing"), Version: now.Version, Since: now.Since, Language: now.Set.Language, RepeatDays: now.Set.RepeatDays,
		Rules: ruleRows(c, now.Set), Pager: pager(c, around),
	}
	page.Change.Allowed = s.can(c, rbac.Object{Kind: "routing"}, "request")
	for _, r := range asks {
		if page.Change.Allowed && r.State == models.ProposalOpen {
			page.Change = web.Action{Why: "A change has been asked for already; it waits for another administrator."}
		}
		page.Asks = append(page.Asks, s.routingRow(c, r))
	}
	s.show(c, http.StatusOK, page)
}

// ruleRows are rules in words.
func ruleRows(c *gin.Context, set routing.Set) []web.RuleRow {
	var out []web.RuleRow
	for _, r := range set.Rules {
		var when []string
		for _, x := range r.When.Words() {
			when = append(when, tell(c, x))
		}
		out = append(out, web.RuleRow{Name: r.Name, When: when, Queue: r.Queue, Priority: r.Priority, DueHours: r.DueHours, Skill: r.Skill})
	}
	return out
}

func (s *Server) routingRow(c *gin.Context, r rulebook.Row) web.RoutingRow {
	v := viewerOf(c)
	out := web.RoutingRow{
		ID: r.ID, State: r.State, Requester: person(r.RequesterID, r.RequesterName, v.actor), Changes: len(routing.Diff(r.Was, r.Would)),
		Version: r.Version, AskedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, Mark: web.Mark{EntryID: r.ID},
	}
	out.Seats = seatsAt(r.NamedProposal, out.Requester, v.actor, s.mayDecideRules(c, r))
	if r.DecidedAt != nil {
		out.DecidedAt = *r.DecidedAt
	}
	return out
}

// mayDecideRules says whether the viewer may take the empty seat, and if not why. The act asks again, with the locks.
func (s *Server) mayDecideRules(c *gin.Context, r rulebook.Row) web.Action {
	v := viewerOf(c)
	if r.State != models.ProposalOpen {
		return web.Action{}
	}
	err := v.rights.Authorize(v.actor, r.MarketplaceID, rbac.Object{Kind: "routing", Requester: r.RequesterID}, "approve")
	if err == nil {
		err = r.RefuseTwice(v.actor)
	}
	return actionOf(c, err)
}

// routingAsk shows one request for other rules.
func (s *Server) routingAsk(c *gin.Context) {
	s.showRoutingAsk(c, http.StatusOK, func(*web.RoutingAskPage) {})
}

func (s *Server) showRoutingAsk(c *gin.Context, status int, with func(*web.RoutingAskPage)) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	r, err := s.app.Routing.Show(ctx, v.actor, m.ID, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.RoutingAskPage{
		Page: s.page(c, "Change of routing"), RoutingRow: s.routingRow(c, r), Justification: r.Asked.Justification, Rules: ruleRows(c, r.Would),
		Deciding: deciding(r.NamedProposal, v.actor, s.mayDecideRules(c, r)),
	}
	if r.State == models.ProposalOpen {
		p, err := s.app.Routing.Preview(ctx, v.actor, m.ID, r.Would)
		if err != nil {
			s.fail(c, err)
			return
		}
		page.Preview = previewOf(c, p)
		page.Withdraw.Allowed = s.can(c, rbac.Object{Kind: "routing", Requester: r.RequesterID}, "withdraw")
	}
	page.Preview.Changes = changesOf(c, routing.Diff(r.Was, r.Would))
	with(&page)
	s.show(c, status, page)
}

func changesOf(c *gin.Context, list []routing.Change) []web.RuleChange {
	var out []web.RuleChange
	for _, x := range list {
		out = append(out, web.RuleChange{Kind: x.Kind, Rule: x.Rule, Text: tell(c, x.Said)})
	}
	return out
}

func previewOf(c *gin.Context, p rulebook.Preview) web.RoutingPreview {
	out := web.RoutingPreview{Changes: changesOf(c, p.Changes), Days: rulebook.PreviewDays, Tickets: p.Tickets, More: p.More, Same: p.Same}
	for _, w := range p.Ways {
		out.Ways = append(out.Ways, web.RoutingWay{Was: web.RoutingStop(w.Was), Would: web.RoutingStop(w.Would), Tickets: w.Tickets, Examples: w.Examples})
	}
	return out
}

func (s *Server) approveRouting(c *gin.Context) {
	s.decideOn(c, s.app.Routing.Approve, "routing-changed", s.routingSettled)
}

func (s *Server) declineRouting(c *gin.Context) {
	s.decideOn(c, s.app.Routing.Decline, "routing-declined", s.routingSettled)
}

func (s *Server) withdrawRouting(c *gin.Context) {
	s.takeBack(c, s.app.Routing.Withdraw, "routing-withdrawn", s.routingSettled)
}

func (s *Server) routingSettled(c *gin.Context, err error, flash string) {
	s.settledOn(c, err, flash, "/routing", func(status int, errs web.Errors) {
		s.showRoutingAsk(c, status, func(p *web.RoutingAskPage) { p.Errors, p.Note = errs, c.PostForm("note") })
	})
}
