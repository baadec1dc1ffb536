package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/rbac"
	"evenhand/settings"
	"evenhand/web"
)

// settingRoutes are a marketplace's settings, changed by two people.
func (s *Server) settingRoutes(m gin.IRouter) {
	m.GET("/settings", s.settings)
	m.POST("/settings", s.askSettings)
	m.GET("/settings/:id", s.settingsRequest)
	m.POST("/settings/:id/approve", s.approveSettings)
	m.POST("/settings/:id/decline", s.declineSettings)
	m.POST("/settings/:id/withdraw", s.withdrawSettings)
}

// settings lists the marketplace's settings, the requests to change them, and has the form to ask for a change.
func (s *Server) settings(c *gin.Context) {
	s.showSettings(c, http.StatusOK, web.SettingsPage{})
}

func (s *Server) showSettings(c *gin.Context, status int, page web.SettingsPage) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	cursor, err := models.ParseCursor(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	standing, _, err := s.app.Rules.Standing(ctx, v.actor, m.ID)
	if err != nil {
		s.fail(c, err)
		return
	}
	rows, around, err := s.app.Rules.List(ctx, v.actor, m.ID, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	page.Page, page.Pager = s.page(c, "Settings"), pager(c, around)
	page.Ask.Allowed = s.can(c, rbac.Object{Kind: "settings"}, "request")
	for _, x := range standing {
		page.Settings = append(page.Settings, settingOf(c, x, page.Typed))
	}
	for _, r := range rows {
		page.Requests = append(page.Requests, s.settingsRow(c, r))
	}
	s.show(c, status, page)
}

// settingOf is a setting as it stands, and what was typed for it.
func settingOf(c *gin.Context, x settings.Standing, typed map[string]string) web.Setting {
	viewer := viewerOf(c).actor
	out := web.Setting{
		Name: x.Name, Words: x.Words, Means: x.Means, Open: x.Open, Kind: x.Kind, Unit: x.Unit, Min: x.Min, Max: x.Max, Shape: x.Shape,
		Value: settings.Text(x.Value), Said: tell(c, x.Say(x.Value)), Default: tell(c, x.Say(x.Default)),
	}
	out.Input = out.Value
	if text, ok := typed[x.Name]; ok {
		out.Input = text
	}
	for _, o := range x.Choices {
		out.Choices = append(out.Choices, web.Option{Value: o.Value, Label: o.Words})
	}
	if x.Kind == models.SettingYesNo {
		out.Choices = []web.Option{{Value: "yes", Label: "yes"}, {Value: "no", Label: "no"}}
	}
	if x.By == nil {
		return out
	}
	out.ByID, out.Since = x.By.ID, *x.By.DecidedAt
	out.By = []web.Person{person(x.By.RequesterID, x.By.RequesterName, viewer)}
	for _, g := range x.By.Verdicts {
		if g.Verdict == models.VerdictApprove && g.Sealed {
			out.By = append(out.By, person(g.ApproverID, g.ApproverName, viewer))
		}
	}
	return out
}

func (s *Server) askSettings(c *gin.Context) {
	m := placeOf(c)
	ask := settings.Ask{Marketplace: m.ID, Was: map[string]string{}, To: map[string]string{}, Justification: c.PostForm("justification")}
	for _, x := range models.Settings {
		if was, ok := c.GetPostForm("was_" + x.Name); ok {
			ask.Was[x.Name] = was
		}
		if to, ok := c.GetPostForm(x.Name); ok && to != ask.Was[x.Name] { // what was left as it was isn't asked for
			ask.To[x.Name] = to
		}
	}
	p, err := s.app.Rules.Request(c.Request.Context(), viewerOf(c).actor, ask)
	if errs, status, ok := fields(c, err); ok {
		s.showSettings(c, status, web.SettingsPage{Typed: ask.To, Justification: ask.Justification, Errors: errs})
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "set-asked", "/m/"+m.ID+"/settings/"+p.ID)
}

// settingsRequest shows one request.
func (s *Server) settingsRequest(c *gin.Context) {
	s.showSettingsRequest(c, http.StatusOK, func(*web.SettingsRequestPage) {})
}

func (s *Server) showSettingsRequest(c *gin.Context, status int, with func(*web.SettingsRequestPage)) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	v, m := viewerOf(c), placeOf(c)
	r, err := s.app.Rules.Show(c.Request.Context(), v.actor, m.ID, id)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.SettingsRequestPage{
		Page: s.page(c, "Change of settings"), SettingsRow: s.settingsRow(c, r), Justification: r.Asked.Justification,
		Deciding: deciding(r.NamedProposal, v.actor, s.maySet(c, r)),
	}
	if r.State == models.ProposalOpen {
		page.Withdraw.Allowed = r.RequesterID == v.actor.ID && s.can(c, rbac.Object{Kind: "settings", Requester: r.RequesterID}, "withdraw")
	}
	with(&page)
	s.show(c, status, page)
}

func (s *Server) settingsRow(c *gin.Context, r settings.Row) web.SettingsRow {
	v := viewerOf(c)
	out := web.SettingsRow{
		ID: r.ID, State: r.State, Requester: person(r.RequesterID, r.RequesterName, v.actor), AskedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt,
		Mark: web.Mark{EntryID: r.ID},
	}
	for _, x := range r.Asked.Changes {
		set := x.Setting()
		change := web.SettingChange{Words: set.Words, From: tell(c, set.Say(x.From)), To: tell(c, set.Say(x.To)), Means: set.Means, Open: set.Open}
		if x.Loosens() {
			change.Weakens = set.Weakens
		}
		out.Changes = append(out.Changes, change)
	}
	out.Seats = seatsAt(r.NamedProposal, out.Requester, v.actor, s.maySet(c, r))
	if r.DecidedAt != nil {
		out.DecidedAt = *r.DecidedAt
	}
	return out
}

// maySet says whether the viewer may take the empty seat, and if not why. The act asks again, with the locks.
func (s *Server) maySet(c *gin.Context, r settings.Row) web.Action {
	v := viewerOf(c)
	if r.State != models.ProposalOpen {
		return web.Action{}
	}
	err := v.rights.Authorize(v.actor, r.MarketplaceID, rbac.Object{Kind: "settings", Requester: r.RequesterID}, "approve")
	if err == nil {
		err = r.RefuseTwice(v.actor)
	}
	return actionOf(c, err)
}

func (s *Server) approveSettings(c *gin.Context) {
	s.decideOn(c, s.app.Rules.Approve, "set", s.settingsSettled)
}

func (s *Server) declineSettings(c *gin.Context) {
	s.decideOn(c, s.app.Rules.Decline, "set-declined", s.settingsSettled)
}

func (s *Server) withdrawSettings(c *gin.Context) {
	s.takeBack(c, s.app.Rules.Withdraw, "set-withdrawn", s.settingsSettled)
}

func (s *Server) settingsSettled(c *gin.Context, err error, flash string) {
	s.settledOn(c, err, flash, "/settings", func(status int, errs web.Errors) {
		s.showSettingsRequest(c, status, func(p *web.SettingsRequestPage) { p.Errors, p.Note = errs, c.PostForm("note") })
	})
}
