package handlers

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/rbac"
	"evenhand/web"
)

// way is one entry of the navigation, for those who have the right.
type way struct {
	label, path, key string
	obj, act         string
	within           []string // where its single items are
}

var ways = []way{
	{"Desk", "/desk", "q", "ticket", "draw", []string{"/tickets/"}},
	{"My requests", "/requests", "r", "removal", "read-own", nil},
	{"Approvals", "/approvals", "a", "removal", "approve", []string{"/proposals/"}},
	{"Appeals", "/appeals", "x", "appeal", "read", nil},
	{"Statements", "/statements", "t", "statement", "read", nil},
	{"Removals", "/removals", "h", "removal", "search", []string{"/reviews/", "/sellers/", "/moderators/", "/approvers/", "/pairs/", "/filters"}},
	{"Whom removals favour", "/board", "b", "board", "read", nil},
	{"Second looks", "/looks", "k", "look", "read", nil},
	{"Neutrality", "/neutrality", "n", "neutrality", "read", nil},
	{"Record", "/record", "l", "record", "read", nil},
	{"The log", "/log", "v", "record", "read", nil},
	{"My interests", "/interests", "i", "interest", "declare", nil},
	{"Erasures", "/erasures", "e", "erasure", "read", nil},
	{"Routing", "/routing", "o", "routing", "read", nil},
	{"Policy", "/policy", "p", "policy", "read", nil},
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
		if w.path == "/approvals" {
			if n, err := s.app.Desk.Waiting(c.Request.Context(), viewerOf(c).actor, m.ID); err == nil {
				item.Count = n
			}
		}
		if w.path == "/appeals" && s.can(c, rbac.Object{Kind: "appeal"}, "answer") {
			if n, err := s.app.State.Mine(c.Request.Context(), viewerOf(c).actor, m.ID); err == nil {
				item.Count = n
			}
		}
		if w.path == "/requests" {
			if n, err := s.app.Desk.Questions(c.Request.Context(), viewerOf(c).actor, m.ID); err == nil {
				item.Count = n
			}
		}
		out = append(out, item)
	}
	if s.can(c, rbac.Object{Kind: "people"}, "read") {
		out = append(out, web.NavItem{Label: "People", Href: "/people", Key: "s", Current: c.Request.URL.Path == "/people"})
	}
	return out
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
