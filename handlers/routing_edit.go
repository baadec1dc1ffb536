package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/routing"
	"evenhand/rulebook"
	"evenhand/web"
)

// editRouting shows the rules in force as a form.
func (s *Server) editRouting(c *gin.Context) {
	if err := s.may(c, "routing", "request"); err != nil {
		s.fail(c, err)
		return
	}
	now, err := s.app.Routing.Rules(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID)
	if err != nil {
		s.fail(c, err)
		return
	}
	s.showEdit(c, http.StatusOK, editOf(now))
}

func editOf(now rulebook.Rules) web.RoutingEditPage {
	page := web.RoutingEditPage{Basis: now.Version, Language: now.Set.Language, RepeatDays: strconv.Itoa(now.Set.RepeatDays)}
	for _, r := range now.Set.Rules {
		page.Rules = append(page.Rules, formOf(r))
	}
	return page
}

// showEdit shows the form with what was typed and what is wrong with it.
func (s *Server) showEdit(c *gin.Context, status int, page web.RoutingEditPage) {
	known, err := s.app.Routing.Known(c.Request.Context(), placeOf(c).ID)
	if err != nil {
		s.fail(c, err)
		return
	}
	page.Page = s.page(c, "Change the rules")
	page.Categories, page.Skills, page.Sources = known.Categories, known.Skills, routing.Sources
	page.More = len(page.Rules) < routing.MaxRules
	for i := range page.Rules {
		r := &page.Rules[i]
		r.N, r.First, r.Last, r.Errors = i, i == 0, i == len(page.Rules)-1, web.Errors{}
		prefix := fmt.Sprintf("r%d", i)
		r.Problem = page.Errors[prefix]
		for name, text := range page.Errors {
			if field, ok := strings.CutPrefix(name, prefix+"-"); ok {
				r.Errors[field] = text
			}
		}
	}
	s.show(c, status, page)
}

// changeRouting takes the form: another rule, another order, a preview, or the request itself.
func (s *Server) changeRouting(c *gin.Context) {
	if err := s.may(c, "routing", "request"); err != nil {
		s.fail(c, err)
		return
	}
	page := typedRules(c)
	act, at, _ := strings.Cut(c.PostForm("do"), ":")
	if act != "preview" && act != "ask" {
		page.Rules = rearranged(page.Rules, act, at)
		s.showEdit(c, http.StatusOK, page)
		return
	}
	set, bad := setOf(page)
	if len(bad) > 0 {
		page.Errors = bad.Tell(language(c))
		s.showEdit(c, http.StatusUnprocessableEntity, page)
		return
	}
	if act == "preview" {
		s.previewRouting(c, page, set)
		return
	}
	ctx, v, m := c.Request.Context(), viewerOf(c), placeOf(c)
	p, err := s.app.Routing.Ask(ctx, v.actor, rulebook.Change{Marketplace: m.ID, Basis: page.Basis, Set: set, Justification: page.Justification})
	if errs, status, ok := fields(c, err); ok {
		page.Errors = errs
		s.showEdit(c, status, page)
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "routing-asked", "/m/"+m.ID+"/routing/requests/"+p.ID)
}

func (s *Server) previewRouting(c *gin.Context, page web.RoutingEditPage, set routing.Set) {
	p, err := s.app.Routing.Preview(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, set)
	if err != nil {
		s.fail(c, err)
		return
	}
	status := http.StatusOK
	if len(p.Problems) > 0 {
		page.Errors, status = p.Problems.Tell(language(c)), http.StatusUnprocessableEntity
	}
	page.Previewed, page.Preview = len(p.Problems) == 0, previewOf(c, p)
	s.showEdit(c, status, page)
}

// rearranged are the rules with one added, dropped, or moved.
func rearranged(rules []web.RuleForm, act, at string) []web.RuleForm {
	i, err := strconv.Atoi(at)
	there := err == nil && i >= 0 && i < len(rules)
	switch {
	case act == "add" && len(rules) < routing.MaxRules:
		return slices.Insert(rules, 0, web.RuleForm{Priority: "0", DueHours: "24"})
	case act == "drop" && there:
		return slices.Delete(rules, i, i+1)
	case act == "up" && there && i > 0:
		rules[i-1], rules[i] = rules[i], rules[i-1]
	case act == "down" && there && i+1 < len(rules):
		rules[i+1], rules[i] = rules[i], rules[i+1]
	}
	return rules
}
