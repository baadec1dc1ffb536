package handlers

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"evenhand/app"
	"evenhand/web"
)

// jumps are where each kind of thing has its page, and what it is called.
var jumps = map[string]struct{ path, label string }{
	app.JumpTicket:    {"/tickets/", "Your ticket"},
	app.JumpRequest:   {"/proposals/", "Request"},
	app.JumpErasure:   {"/erasures/", "Erasure"},
	app.JumpReview:    {"/reviews/", "Review"},
	app.JumpSeller:    {"/sellers/", "Seller"},
	app.JumpModerator: {"/moderators/", "Moderator"},
	app.JumpApprover:  {"/approvers/", "Approver"},
	app.JumpEntry:     {"/record/", "Entry"},
}

// longestQuery bounds what is looked for; the field has the same bound.
const longestQuery = 200

// jump leads to what an id or the name of a page means to the viewer: at once where that is one thing, and to a list
// otherwise. What there isn't and what isn't theirs to see look the same. Programs get the list.
func (s *Server) jump(c *gin.Context) {
	q := strings.TrimSpace(c.Query("q"))
	page := web.JumpPage{Query: q, Asked: q != ""}
	if utf8.RuneCountInString(q) > longestQuery || !utf8.ValidString(q) {
		page.Query = ""
		q = ""
	}
	found, err := s.jumpTo(c, q)
	if err != nil {
		s.fail(c, err)
		return
	}
	if wantsJSON(c) {
		out := []gin.H{}
		for _, f := range found {
			out = append(out, gin.H{"kind": f.Kind, "label": f.Label, "href": f.Href})
		}
		c.JSON(http.StatusOK, gin.H{"found": out})
		return
	}
	if len(found) == 1 {
		c.Redirect(http.StatusSeeOther, found[0].Href)
		return
	}
	page.Page, page.Found = s.page(c, "Search or jump"), found
	s.show(c, http.StatusOK, page)
}

func (s *Server) jumpTo(c *gin.Context, q string) ([]web.JumpTo, error) {
	if q == "" {
		return nil, nil
	}
	m := placeOf(c)
	found, err := s.app.Jump(c.Request.Context(), viewerOf(c).actor, m.ID, q)
	if err != nil {
		return nil, err
	}
	var out []web.JumpTo
	for _, f := range found {
		to := jumps[f.Kind]
		href := "/m/" + m.ID + to.path + f.ID
		if f.Kind == app.JumpReview {
			href += "?by=jump"
		}
		out = append(out, web.JumpTo{Kind: f.Kind, Label: say(c, to.label) + " …" + last8(f.ID), ID: f.ID, Href: href})
	}
	if len(out) > 0 {
		return out, nil
	}
	for _, n := range append(s.nav(c, m), s.personal(c)...) {
		if label := say(c, n.Label); strings.HasPrefix(strings.ToLower(label), strings.ToLower(q)) {
			out = append(out, web.JumpTo{Kind: "page", Label: label, Href: n.Href})
		}
	}
	return out, nil
}

// last8 is an id as pages show it.
func last8(id string) string { return id[max(0, len(id)-8):] }
