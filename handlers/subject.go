package handlers

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/history"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/web"
	"evenhand/words"
)

// The four kinds of subjects, each with a page of its own.
func (s *Server) sellerPage(c *gin.Context)    { s.subject(c, history.OfSeller, "id", "") }
func (s *Server) moderatorPage(c *gin.Context) { s.subject(c, history.OfModerator, "id", "") }
func (s *Server) approverPage(c *gin.Context)  { s.subject(c, history.OfApprover, "id", "") }
func (s *Server) pairPage(c *gin.Context)      { s.subject(c, history.OfPair, "requester", "approver") }

// subject is the history of a seller, a moderator, an approver or a pair.
func (s *Server) subject(c *gin.Context, kind, one, other string) {
	x := history.Subject{Kind: kind}
	var ok bool
	if x.ID, ok = s.id(c, one); !ok {
		return
	}
	if other != "" {
		if x.Other, ok = s.id(c, other); !ok {
			return
		}
	}
	if err := s.may(c, "history", "read"); err != nil {
		s.fail(c, err)
		return
	}
	cursor, err := cursorOf(c)
	if err != nil {
		s.fail(c, err)
		return
	}
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	q := c.Request.URL.Query()
	f, wrong := s.app.Past.Parse(ctx, m.ID, q, "page")
	errs, status, bad := fields(c, wrong)
	if wrong != nil && !bad {
		s.fail(c, wrong)
		return
	}
	if bad {
		f = history.Filter{Marketplace: m.ID}
	}
	h, err := s.app.Past.Subject(ctx, v.actor, x, f, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.SubjectPage{
		Page: s.page(c, h.Name), Kind: kind, Name: h.Name, Other: h.OtherName, Ref: h.Ref, From: q.Get("from"), To: q.Get("to"), AsOf: q.Get("asof"),
		Errors: errs, Links: s.subjectLinks(c, x, f),
	}
	if bad { // days that make no sense tell nothing, rather than something else
		s.show(c, status, page)
		return
	}
	page.At, page.AtLeast = f.AsOf, h.Counts.More
	page.Figures, page.Breakdowns = subjectFigures(language(c), x, h), breakdowns(language(c), m.ID, x, h)
	if err := s.addHolds(c, &page, x); err != nil {
		s.fail(c, err)
		return
	}
	page.Periods, page.PeriodUnit = periods(c, h.Days)
	page.Rows, page.Pager = s.removalRows(c, h.Rows), pager(c, h.Around)
	s.show(c, http.StatusOK, page)
}

// subjectLinks are the other places that tell of the subject.
func (s *Server) subjectLinks(c *gin.Context, x history.Subject, f history.Filter) []web.NavItem {
	base, q := "/m/"+f.Marketplace, f.Values()
	switch x.Kind {
	case history.OfSeller:
		q.Set("seller", x.ID)
	case history.OfModerator:
		q.Set("moderator", x.ID)
	case history.OfApprover:
		q.Set("approver", x.ID)
	case history.OfPair:
		q.Set("moderator", x.ID)
		q.Set("approver", x.Other)
	}
	out := []web.NavItem{{Label: "These in the list of removals", Href: base + "/removals?" + q.Encode()}}
	if s.can(c, rbac.Object{Kind: "board"}, "read") {
		out = append(out, web.NavItem{Label: "Whom removals favour", Href: base + "/board"})
	}
	if x.Kind == history.OfPair {
		out = append(out, web.NavItem{Label: "The moderator alone", Href: base + "/moderators/" + x.ID}, web.NavItem{Label: "The approver alone", Href: base + "/approvers/" + x.Other})
	}
	if x.Kind == history.OfModerator || x.Kind == history.OfApprover {
		other := map[string][2]string{history.OfModerator: {"As an approver", "/approvers/"}, history.OfApprover: {"As a moderator", "/moderators/"}}[x.Kind]
		out = append(out, web.NavItem{Label: other[0], Href: base + other[1] + x.ID})
		if s.can(c, rbac.Object{Kind: "record"}, "read") {
			out = append(out, web.NavItem{Label: "Everything on record", Href: base + "/record?" + url.Values{"actor": {x.ID}}.Encode()})
		}
	}
	return out
}

// subjectFigures are the numbers on top, each with what it is a share of.
func subjectFigures(l *words.Language, x history.Subject, h history.History) []web.SubjectFigure {
	number := func(n int, more bool) string {
		if more {
			return l.Count(n) + "+"
		}
		return l.Count(n)
	}
	of := func(n, all int, what string) string {
		if all == 0 {
			return ""
		}
		return l.Say("%s of %s", l.Percent(0, float64(n)/float64(all)), words.Word(what))
	}
	state := func(name string) int { return h.Counts.Facets["state"].Of(name) }
	var out []web.SubjectFigure
	add := func(label string, n int, share string) {
		out = append(out, web.SubjectFigure{Label: label, Value: number(n, false), Of: share})
	}
	asked := web.SubjectFigure{Label: "removals asked for", Value: number(h.Asked, h.Counts.More)}
	switch x.Kind {
	case history.OfSeller, history.OfModerator:
		out = append(out, web.SubjectFigure{Label: "reviews decided on", Value: number(h.Decided, h.DecidedMore)})
		if !h.Counts.More && !h.DecidedMore {
			asked.Of = of(h.Asked, h.Decided, "decisions")
		}
	case history.OfApprover, history.OfPair:
		add("approved", h.Approved, of(h.Approved, h.Approved+h.Declined, "verdicts"))
		add("declined by this approver", h.Declined, of(h.Declined, h.Approved+h.Declined, "verdicts"))
	}
	out = append(out, asked)
	add("in effect, or being recorded", state(models.ProposalEffective), of(state(models.ProposalEffective), h.Asked, "those asked for"))
	add("restored since", state(history.StateRestored), of(state(history.StateRestored), state(history.StateRestored)+state(models.ProposalEffective), "those in effect"))
	if x.Kind == history.OfSeller || x.Kind == history.OfModerator {
		add("declined", state(models.ProposalDeclined), of(state(models.ProposalDeclined), h.Asked, "those asked for"))
	}
	add("waiting", state(models.ProposalOpen), "")
	if x.Kind == history.OfModerator || x.Kind == history.OfApprover {
		add("times they had hidden names shown", h.Lifted, "")
	}
	return out
}

// breakdowns divide a subject's requests by what the subject leaves open.
func breakdowns(l *words.Language, market string, x history.Subject, h history.History) []web.Breakdown {
	base := "/m/" + market
	var out []web.Breakdown
	for _, by := range []struct {
		field, title string
		label        func(history.Count) string
		href         func(history.Count) string
	}{
		{"state", "State", func(n history.Count) string { return l.Say(stateNames[n.Value]) }, nil},
		{"reason", "Reasons", func(n history.Count) string { return l.Say(web.ReasonName(n.Value)) }, nil},
		{"stars", "Stars", func(n history.Count) string { return l.Say("%s of 5", n.Value) }, nil},
		{"moderator", "Moderators", nil, func(n history.Count) string {
			if x.Kind == history.OfApprover {
				return base + "/pairs/" + n.Value + "/" + x.ID
			}
			if x.Kind == history.OfSeller {
				return base + "/moderators/" + n.Value
			}
			return ""
		}},
		{"approver", "Approvers", nil, func(n history.Count) string {
			if x.Kind == history.OfModerator {
				return base + "/pairs/" + x.ID + "/" + n.Value
			}
			return base + "/approvers/" + n.Value
		}},
		{"seller", "Sellers, the ten with most", nil, func(n history.Count) string {
			if x.Kind == history.OfModerator {
				return base + "/board/" + x.ID + "/" + n.Value
			}
			return base + "/sellers/" + n.Value
		}},
		{"queue", "Queues", func(n history.Count) string { return n.Value }, nil},
	} {
		fixed := by.field == "seller" && x.Kind == history.OfSeller || by.field == "moderator" && (x.Kind == history.OfModerator || x.Kind == history.OfPair) ||
			by.field == "approver" && (x.Kind == history.OfApprover || x.Kind == history.OfPair)
		counts := h.Counts.Facets[by.field].Counts
		if fixed || len(counts) == 0 {
			continue
		}
		b := web.Breakdown{Title: by.title}
		for _, n := range counts {
			row := web.BreakdownRow{Label: n.Name, Count: n.N, Share: float64(n.N) / float64(max(h.Asked, 1))}
			if by.label != nil {
				row.Label = by.label(n)
			}
			if by.href != nil {
				row.Href = by.href(n)
			}
			b.Rows = append(b.Rows, row)
		}
		out = append(out, b)
	}
	return out
}

// compare sets two periods side by side.
func (s *Server) compare(c *gin.Context) {
	v, m := viewerOf(c), placeOf(c)
	if err := s.may(c, "removal", "search"); err != nil {
		s.fail(c, err)
		return
	}
	q := c.Request.URL.Query()
	page := web.ComparePage{Page: s.page(c, "Compare"), Preset: q.Get("preset"), From: q.Get("from"), To: q.Get("to"), BeforeFrom: q.Get("before_from"), BeforeTo: q.Get("before_to")}
	p, err := s.app.Past.ParsePeriods(q)
	if errs, status, ok := fields(c, err); ok {
		page.Errors = errs
		s.show(c, status, page)
		return
	}
	x, err := s.app.Past.Compare(c.Request.Context(), v.actor, m.ID, p)
	if err != nil {
		s.fail(c, err)
		return
	}
	if page.Preset == "" && page.From == "" {
		page.Preset = "30"
	}
	last := func(t time.Time) string { return t.AddDate(0, 0, -1).Format(time.DateOnly) }
	page.From, page.To = p.From.Format(time.DateOnly), last(p.To)
	page.BeforeFrom, page.BeforeTo = p.BeforeFrom.Format(time.DateOnly), last(p.BeforeTo)
	l := language(c)
	span := func(a, b time.Time) string {
		return l.Date(a, "2 Jan 2006") + " – " + l.Date(b.AddDate(0, 0, -1), "2 Jan 2006")
	}
	page.Now, page.Before = span(p.From, p.To), span(p.BeforeFrom, p.BeforeTo)
	page.All = compareRow(l, l.Say("Removals asked for"), "", x.All, "no decisions")
	for _, t := range compareTables {
		table := web.CompareTable{Title: t.title, Of: t.of, More: x.More[t.field]}
		for _, change := range x.Facets[t.field] {
			label, href := change.Name, ""
			if t.label != nil {
				label = t.label(l, change.Value)
			}
			if t.path != "" {
				href = "/m/" + m.ID + t.path + change.Value + "?" + url.Values{"from": {page.BeforeFrom}, "to": {page.To}}.Encode()
			}
			table.Rows = append(table.Rows, compareRow(l, label, href, change, t.none))
		}
		page.Tables = append(page.Tables, table)
	}
	s.show(c, http.StatusOK, page)
}

// compareTables are the facets of a comparison, in order.
var compareTables = []struct {
	field, title, of, none, path string
	label                        func(l *words.Language, value string) string
}{
	{"reason", "Reasons", "of all decisions", "no decisions", "", func(l *words.Language, v string) string { return l.Say(web.ReasonName(v)) }},
	{"moderator", "Moderators", "of their decisions", "no decisions", "/moderators/", nil},
	{"approver", "Approvers", "approvals, of their verdicts", "no verdicts", "/approvers/", nil},
	{"seller", "Sellers", "of decisions on their reviews", "no decisions", "/sellers/", nil},
	{"stars", "Stars", "of decisions on reviews with as many", "no decisions", "", func(l *words.Language, v string) string { return l.Say("%s of 5", v) }},
}

func compareRow(l *words.Language, label, href string, x history.Change, none string) web.CompareRow {
	share := func(n, of int) string {
		if of == 0 {
			return l.Say(none)
		}
		return l.Say("%s of %s", l.Percent(1, float64(n)/float64(of)), l.Count(of))
	}
	out := web.CompareRow{Label: label, Href: href, N: x.N, Before: x.Before, Share: share(x.N, x.Of), BeforeShare: share(x.Before, x.BeforeOf)}
	switch r := x.Ratio; {
	case !r.Known:
	case r.Unbounded:
		out.Ratio, out.Range, out.Differs = l.Say("none before"), l.Say("%s or more", l.Fixed(2, r.Low)), !r.Undecided
	default:
		out.Ratio, out.Range, out.Differs = l.Fixed(2, r.Value), l.Fixed(2, r.Low)+" – "+l.Fixed(2, r.High), !r.Undecided
	}
	return out
}

// addHolds tells, on a moderator's page, how many reviews they held, and leads to them.
func (s *Server) addHolds(c *gin.Context, page *web.SubjectPage, x history.Subject) error {
	if x.Kind != history.OfModerator || !s.can(c, rbac.Object{Kind: "hold"}, "read") {
		return nil
	}
	n, err := s.app.Desk.HoldsOf(c.Request.Context(), placeOf(c).ID, x.ID)
	if err != nil || n.All == 0 {
		return err
	}
	page.Figures = append(page.Figures, web.SubjectFigure{Label: language(c).Say("reviews held for a while"), Value: language(c).Count(n.All), Of: language(c).Say("%d confirmed", n.Confirmed)})
	page.Links = append(page.Links, web.NavItem{Label: "Holds", Href: page.Base() + "/holds?moderator=" + x.ID})
	return nil
}
