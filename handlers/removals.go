package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/approval"
	"evenhand/history"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/web"
	"evenhand/words"
)

// historyRoutes are the auditor's reading of removals, and the filters that are kept.
func (s *Server) historyRoutes(m gin.IRouter) {
	m.GET("/removals", s.removals)
	m.GET("/removals.csv", s.exportCSV)
	m.GET("/removals.jsonl", s.exportJSONL)
	m.GET("/removals/compare", s.compare)
	m.GET("/sellers/:id", s.sellerPage)
	m.GET("/moderators/:id", s.moderatorPage)
	m.GET("/approvers/:id", s.approverPage)
	m.GET("/pairs/:requester/:approver", s.pairPage)
	m.GET("/filters", s.filters)
	m.POST("/filters", s.saveFilter)
	m.POST("/filters/:id/rename", s.renameFilter)
	m.POST("/filters/:id/delete", s.deleteFilter)
}

// removals is the auditor's search.
func (s *Server) removals(c *gin.Context) {
	s.showRemovals(c)
}

func (s *Server) showRemovals(c *gin.Context) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	if err := s.may(c, "removal", "search"); err != nil {
		s.fail(c, err)
		return
	}
	cursor, err := cursorOf(c)
	if err != nil {
		s.fail(c, err)
		return
	}
	q := c.Request.URL.Query()
	page := web.RemovalsPage{Page: s.page(c, "Removals"), Filter: typed(q), Pager: web.Pager{Total: -1}}
	f, err := s.app.Past.Parse(ctx, m.ID, q, "page")
	if errs, status, ok := fields(c, err); ok { // a filter that makes no sense finds nothing, rather than something else
		page.Errors = errs
		s.addChoices(c, &page, q, history.Filter{Marketplace: m.ID}, history.Counts{})
		s.addSaved(c, &page, "")
		s.show(c, status, page)
		return
	}
	var list history.List
	if err == nil {
		list, err = s.app.Past.Search(ctx, v.actor, f, cursor)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	page.AsOf = f.AsOf
	page.Pager = pager(c, list.Around)
	page.Pager.Total, page.Pager.AtLeast = list.Counts.Total, list.Counts.More
	page.Periods, page.PeriodUnit = periods(c, list.Days)
	page.Rows = s.removalRows(c, list.Rows)
	keep := f.Values()
	if s.can(c, rbac.Object{Kind: "removal"}, "export") {
		page.CSVHref, page.JSONLHref = "/m/"+m.ID+"/removals.csv?"+keep.Encode(), "/m/"+m.ID+"/removals.jsonl?"+keep.Encode()
	}
	s.addChoices(c, &page, keep, f, list.Counts)
	s.addSaved(c, &page, keep.Encode())
	page.Chips = chips(language(c), m.ID, keep, page.Filter, list.Counts)
	s.show(c, http.StatusOK, page)
}

// cursorOf reads the one place in the list that an address may name.
func cursorOf(c *gin.Context) (*models.Cursor, error) {
	if len(c.QueryArray("page")) > 1 {
		return nil, models.InvalidField("page", "This link names two pages of the list; begin at the first page.")
	}
	return models.ParseCursor(c.Query("page"))
}

// typed is the form as it was sent, so that nothing is lost.
func typed(q url.Values) web.RemovalFilter {
	return web.RemovalFilter{
		Seller: q.Get("seller"), Product: q.Get("product"), Customer: q.Get("customer"), Moderator: q.Get("moderator"), Approver: q.Get("approver"),
		Queue: q.Get("queue"), Remedy: q.Get("remedy"), Verified: q.Get("verified"), Held: q.Get("held"), Assigned: q.Get("assigned"), IDs: q.Get("ids"), By: q.Get("by"),
		From: q.Get("from"), To: q.Get("to"), AsOf: q.Get("asof"),
	}
}

// stateNames are the states of requests in words, for choices.
var stateNames = map[string]string{
	models.ProposalOpen: "Waiting", models.ProposalEffective: "In effect, or being recorded", history.StateRestored: "Restored since", models.ProposalDeclined: "Declined",
	models.ProposalWithdrawn: "Withdrawn", models.ProposalExpired: "Expired", models.ProposalVoid: "Void",
}

// addChoices fills the choices of the form with their counts. A reason list that can't be read stays empty; the list is
// the page's purpose.
func (s *Server) addChoices(c *gin.Context, page *web.RemovalsPage, q url.Values, f history.Filter, n history.Counts) {
	choice := func(field, value, label string) web.Choice {
		facet := n.Facets[field]
		return web.Choice{Value: value, Label: label, Count: facet.Of(value), AtLeast: facet.More && facet.Of(value) > 0, On: slices.Contains(q[field], value)}
	}
	for _, facet := range n.Facets {
		page.Filter.AtLeast = page.Filter.AtLeast || facet.More
	}
	for _, state := range history.States {
		page.Filter.States = append(page.Filter.States, choice("state", state, stateNames[state]))
	}
	for stars := 1; stars <= 5; stars++ {
		page.Filter.Stars = append(page.Filter.Stars, choice("stars", strconv.Itoa(stars), strings.Repeat("★", stars)+" "+strconv.Itoa(stars)))
	}
	if reasons, err := s.app.Desk.Reasons(c.Request.Context()); err == nil {
		for _, r := range reasons {
			page.Filter.Reasons = append(page.Filter.Reasons, choice("reason", r.Code, web.ReasonName(r.Code)))
		}
	}
	for _, code := range q["reason"] { // one that isn't in force any more, or never was, stays in sight
		if !slices.ContainsFunc(page.Filter.Reasons, func(x web.Choice) bool { return x.Value == code }) && code != "" {
			page.Filter.Reasons = append(page.Filter.Reasons, choice("reason", code, web.ReasonName(code)))
		}
	}
	page.Filter.Moderators, page.Filter.Approvers = people(n.Facets["moderator"]), people(n.Facets["approver"])
	for _, x := range n.Facets["queue"].Counts {
		page.Filter.Queues = append(page.Filter.Queues, web.Option{Value: x.Value, Label: x.Value, Count: x.N})
	}
	base := "/m/" + f.Marketplace + "/removals?"
	for _, x := range n.Facets["seller"].Counts {
		page.Filter.Sellers = append(page.Filter.Sellers, web.Choice{Label: x.Name, Count: x.N, AtLeast: n.Facets["seller"].More, On: x.Value == f.Seller,
			Href: base + with(q, "seller", x.Value).Encode()})
	}
	for _, x := range n.Facets["month"].Counts {
		first, err := time.Parse("2006-01", x.Value)
		if err != nil {
			continue
		}
		from, to := first.Format(time.DateOnly), first.AddDate(0, 1, -1).Format(time.DateOnly)
		page.Filter.Months = append(page.Filter.Months, web.Choice{Label: language(c).Date(first, "Jan 2006"), Count: x.N, AtLeast: n.Facets["month"].More,
			On: q.Get("from") == from && q.Get("to") == to, Href: base + with(with(with(q, "from", from), "to", to), "by", "").Encode()})
	}
}

func people(f history.Facet) []web.Option {
	var out []web.Option
	for _, x := range f.Counts {
		out = append(out, web.Option{Value: x.Value, Label: x.Name, Count: x.N})
	}
	return out
}

// with is an address with one value set, or taken out where it is empty.
func with(q url.Values, name, value string) url.Values {
	out := url.Values{}
	for k, vs := range q {
		if k != name && k != "page" {
			out[k] = vs
		}
	}
	if value != "" {
		out.Set(name, value)
	}
	return out
}

// chipNames are the parts of a filter in words, in the order of the form.
var chipNames = []struct{ field, label string }{
	{"seller", "Seller"}, {"moderator", "Moderator"}, {"approver", "Approver"}, {"state", "State"}, {"reason", "Reason"}, {"stars", "Stars"},
	{"remedy", "Remedy"}, {"queue", "Queue"}, {"by", "By the day of"}, {"from", "From"}, {"to", "To"}, {"asof", "As known on"}, {"verified", "Purchase"}, {"held", "The review was"}, {"assigned", "Ticket"},
	{"product", "Product"}, {"customer", "Customer"}, {"ids", "Ids"},
}

// chips are the parts of the filter that narrow the list, each with the way to the list without it.
func chips(l *words.Language, market string, q url.Values, form web.RemovalFilter, n history.Counts) []web.Chip {
	var out []web.Chip
	for _, x := range chipNames {
		values := slices.Clone(q[x.field])
		for i, value := range values {
			rest := with(q, x.field, "")
			if left := slices.Delete(slices.Clone(values), i, i+1); len(left) > 0 {
				rest[x.field] = left
			}
			out = append(out, web.Chip{Label: x.label, Value: chipWord(l, x.field, value, form, n), Href: "/m/" + market + "/removals?" + rest.Encode()})
		}
	}
	return out
}

func chipWord(l *words.Language, field, value string, form web.RemovalFilter, n history.Counts) string {
	options := map[string][]web.Option{"verified": web.VerifiedChoices, "assigned": web.AssignedChoices, "held": web.HeldChoices, "remedy": web.RemedyChoices()}
	switch field {
	case "state":
		return l.Say(stateNames[value])
	case "reason":
		return l.Say(web.ReasonName(value))
	case "seller", "moderator", "approver":
		for _, x := range n.Facets[field].Counts {
			if x.Value == value {
				return x.Name
			}
		}
		if field == "seller" {
			return form.Seller
		}
		return "…" + short(value)
	case "product":
		return form.Product
	case "customer":
		return form.Customer
	case "by":
		return l.Say("decision")
	case "ids":
		return l.Say("%s given", l.Count(len(strings.Fields(value))))
	}
	for _, o := range options[field] {
		if o.Value == value {
			return l.Say(o.Label)
		}
	}
	return value
}

// removalRows are requests as a table shows them.
func (s *Server) removalRows(c *gin.Context, rows []history.Row) []web.RemovalRow {
	marked, v := s.marksOf(c, historyIDs(rows)...), viewerOf(c)
	out := make([]web.RemovalRow, 0, len(rows))
	for _, r := range rows {
		x := web.RemovalRow{
			ReviewID: r.ReviewID, ProposalID: r.ProposalID, Stars: r.Rating, Excerpt: excerpt(r.Title, r.Body, r.ErasedAt), Reason: r.ReasonCode, Remedy: r.Remedy,
			Seats: pastSeats(r, v.actor), SellerID: r.SellerID, Seller: r.SellerName, Moderator: person(r.RequesterID, r.RequesterName, v.actor),
			AskedAt: r.AskedAt, State: marked.past(r), Mark: marked.of(r.ProposalID),
		}
		if r.DecidedAt != nil {
			x.DecidedAt = *r.DecidedAt
		}
		if n := len(r.Verdicts); n > 0 {
			x.Approver = person(r.Verdicts[n-1].ApproverID, r.Verdicts[n-1].ApproverName, v.actor)
		}
		out = append(out, x)
	}
	return out
}

func pastSeats(r history.Row, viewer models.Actor) web.Seats {
	state := r.State
	if state == history.StateRestored {
		state = models.ProposalEffective
	}
	p := approval.NamedProposal{Proposal: models.Proposal{State: state, Quorum: r.Quorum, CreatedAt: r.AskedAt}, Verdicts: r.Verdicts}
	return seatsAt(p, person(r.RequesterID, r.RequesterName, viewer), viewer, web.Action{})
}

// historyIDs are the entries that a list of requests shows or depends on.
func historyIDs(rows []history.Row) []string {
	var ids []string
	for _, r := range rows {
		ids = append(ids, withVerdicts(r.ProposalID, r.Verdicts)...)
	}
	return ids
}

// past is a request's state as it may be told: see state.
func (m marks) past(r history.Row) string { return m.told(r.State, r.Verdicts) }
