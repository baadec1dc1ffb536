package handlers

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/app"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/web"
)

// way is one entry of the navigation, for those who have the right.
type way struct {
	label, path, key string
	obj, act         string
	within           []string // where its single items are
	live             string   // the count that pages keep up to date
}

var ways = []way{
	{"Desk", "/desk", "q", "ticket", "draw", []string{"/tickets/"}, app.CountQueue},
	{"My requests", "/requests", "r", "removal", "read-own", nil, app.CountQuestions},
	{"Approvals", "/approvals", "a", "removal", "approve", []string{"/proposals/"}, app.CountApprovals},
	{"Appeals", "/appeals", "x", "appeal", "read", nil, app.CountAppeals},
	{"Statements", "/statements", "t", "statement", "read", nil, ""},
	{"Removals", "/removals", "h", "removal", "search", []string{"/reviews/", "/sellers/", "/moderators/", "/approvers/", "/pairs/", "/filters"}, ""},
	{"Whom removals favour", "/board", "b", "board", "read", nil, ""},
	{"Second looks", "/looks", "k", "look", "read", nil, ""},
	{"Neutrality", "/neutrality", "n", "neutrality", "read", nil, ""},
	{"Record", "/record", "l", "record", "read", nil, ""},
	{"The log", "/log", "v", "record", "read", nil, ""},
	{"My interests", "/interests", "i", "interest", "declare", nil, ""},
	{"Erasures", "/erasures", "e", "erasure", "read", nil, ""},
	{"Routing", "/routing", "o", "routing", "read", nil, ""},
	{"Settings", "/settings", "c", "settings", "read", nil, ""},
	{"Policy", "/policy", "p", "policy", "read", nil, ""},
}

// nav lists the ways that are open to the viewer here.
func (s *Server) nav(c *gin.Context, m place) []web.NavItem {
	var out []web.NavItem
	base := "/m/" + m.ID
	for _, w := range ways {
		if !s.can(c, rbac.Object{Kind: w.obj}, w.act) {
			continue
		}
		href := base + w.path
		item := web.NavItem{Label: w.label, Href: href, Key: w.key, Current: current(c.Request.URL.Path, base, w)}
		if names := s.counted(c, w); len(names) > 0 {
			if n, err := s.app.Counts(c.Request.Context(), viewerOf(c).actor, m.ID, names); err == nil {
				item.Count, item.Live = n[w.live], w.live
			}
		}
		out = append(out, item)
	}
	if s.can(c, rbac.Object{Kind: "people"}, "read") {
		out = append(out, web.NavItem{Label: "People", Href: "/people", Key: "s", Current: c.Request.URL.Path == "/people"})
	}
	return out
}

// counted is the count of a way, where the viewer has one.
func (s *Server) counted(c *gin.Context, w way) []string {
	if w.live == "" || w.live == app.CountAppeals && !s.can(c, rbac.Object{Kind: "appeal"}, "answer") {
		return nil
	}
	return []string{w.live}
}

// current says whether a page belongs to a way.
func current(path, base string, w way) bool {
	return strings.HasPrefix(path, base+w.path) || slices.ContainsFunc(w.within, func(x string) bool { return strings.HasPrefix(path, base+x) })
}

// starts is where each role begins its day.
var starts = []struct{ role, path string }{
	{models.RoleModerator, "/desk"},
	{models.RoleSupervisor, "/approvals"},
	{models.RoleAuditor, "/removals"},
	{models.RoleInvestigator, "/removals"},
}

func startOf(market string, roles []string) string {
	for _, x := range starts {
		for _, r := range roles {
			if r == x.role {
				return "/m/" + market + x.path
			}
		}
	}
	return "/m/" + market + "/policy"
}
