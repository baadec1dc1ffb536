package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/rbac"
	"evenhand/staff"
	"evenhand/web"
)

// comfortRoutes are what makes the work lighter.
func (s *Server) comfortRoutes(m gin.IRouter) {
	m.GET("/break", s.breakPage)
	m.POST("/break", s.takeBreak)
	m.GET("/jump", s.jump)
	m.GET("/live", s.live)
}

// cookieZone is what the browser says about where it is, for who hasn't chosen.
const cookieZone = "evenhand_zone"

const keyPreferences = "evenhand.preferences"

// preferences are the viewer's, read once for a request. Where they can't be read the defaults do: no page depends on them.
func (s *Server) preferences(c *gin.Context) models.Preferences {
	if p, ok := c.Get(keyPreferences); ok {
		return p.(models.Preferences)
	}
	v := viewerOf(c)
	p, err := s.app.Staff.Preferences(c.Request.Context(), v.ID)
	if err != nil {
		s.log.Warn("preferences", "id", c.GetString(keyRequestID), "error", err.Error())
		p = models.DefaultPreferences(v.ID)
	}
	c.Set(keyPreferences, p)
	return p
}

// comfort is how a page is for its reader.
func (s *Server) comfort(c *gin.Context) web.Comfort {
	p := s.preferences(c)
	out := web.Comfort{Undo: p.Undo, KeysOff: !p.SingleKeys, Media: p.Media, BreakAfter: p.BreakAfter}
	out.Zone, out.ZoneFrom = zoneOf(c, p)
	if m, ok := c.Get(keyMarket); ok && out.Media == "" {
		out.Media = m.(place).Media
	}
	if out.Media == "" {
		out.Media = models.MediaBlur
	}
	return out
}

// zoneOf is whose times a page shows: the zone that was chosen, else what the browser says, else UTC.
func zoneOf(c *gin.Context, p models.Preferences) (*time.Location, string) {
	if zone, ok := staff.Zone(p.TimeZone); ok {
		return zone, web.ZoneChosen
	}
	said, err := c.Cookie(cookieZone)
	if zone, ok := staff.Zone(said); err == nil && ok {
		return zone, web.ZoneBrowser
	}
	return time.UTC, ""
}

// personal are the ways that are the viewer's own.
func (s *Server) personal(c *gin.Context) []web.NavItem {
	var out []web.NavItem
	add := func(label, href string) {
		out = append(out, web.NavItem{Label: label, Href: href, Current: c.Request.URL.Path == href})
	}
	add("Preferences", "/preferences")
	if m, ok := c.Get(keyMarket); ok {
		base := "/m/" + m.(place).ID
		if s.can(c, rbac.Object{Kind: "template"}, "keep") {
			add("Templates", base+"/templates")
		}
		if s.can(c, rbac.Object{Kind: "ticket"}, "draw") {
			add("Take a break", base+"/break")
		}
	}
	return out
}

// preferencesPage shows how the pages are for the viewer.
func (s *Server) preferencesPage(c *gin.Context) {
	p := s.preferences(c)
	s.showPreferences(c, http.StatusOK, web.PreferencesPage{
		Language: p.Language, TimeZone: p.TimeZone, Media: p.Media, BreakAfter: strconv.Itoa(p.BreakAfter), Undo: p.Undo, SingleKeys: p.SingleKeys,
		Back: cameFrom(c),
	})
}

func (s *Server) showPreferences(c *gin.Context, status int, page web.PreferencesPage) {
	page.Page = s.page(c, "Preferences")
	s.show(c, status, page)
}

// cameFrom is the page of ours that led here, to go back to.
func cameFrom(c *gin.Context) string {
	from, err := url.Parse(c.GetHeader("Referer"))
	if err != nil || from.Host != c.Request.Host || from.Path == c.Request.URL.Path {
		return "/"
	}
	return within(from.RequestURI())
}

func (s *Server) prefer(c *gin.Context) {
	form := web.PreferencesPage{
		Language: c.PostForm("language"), TimeZone: c.PostForm("time_zone"), Media: c.PostForm("media"), BreakAfter: c.PostForm("break_after"),
		Undo: c.PostForm("undo") != "", SingleKeys: c.PostForm("single_keys") != "", Back: within(c.PostForm("back")),
	}
	minutes, err := strconv.Atoi(form.BreakAfter)
	if err != nil {
		minutes = -1 // named with the rest
	}
	err = s.app.Staff.Prefer(c.Request.Context(), viewerOf(c).actor, models.Preferences{
		Language: form.Language, TimeZone: form.TimeZone, Media: form.Media, BreakAfter: minutes, Undo: form.Undo, SingleKeys: form.SingleKeys,
	})
	if errs, status, ok := fields(c, err); ok {
		form.Errors = errs
		s.showPreferences(c, status, form)
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "preferred", form.Back)
}
