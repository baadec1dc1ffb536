package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
)

// removals is the auditor's search.
func (s *Server) removals(c *gin.Context) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	cursor, err := models.ParseCursor(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	f, form, errs := removalFilter(c)
	page := web.RemovalsPage{Page: s.page(c, "Removals"), Filter: form, Errors: errs}
	if len(errs) > 0 { // a filter that makes no sense finds nothing, rather than something else
		s.addFacets(c, &page)
		s.show(c, http.StatusUnprocessableEntity, page)
		return
	}
	found, err := s.app.Desk.Search(ctx, v.actor, m.ID, f, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	page.Pager = pager(c, found.Around)
	page.Pager.Total, page.Pager.AtLeast = found.Total, found.More
	page.Periods, page.PeriodUnit = periods(c, found.Days)
	page.ExportHref = exportHref(c, m.ID)
	marked := s.marksOf(c, idsOf(found.Rows)...)
	for _, r := range found.Rows {
		page.Rows = append(page.Rows, removalRow(r, v.actor, marked))
	}
	s.addFacets(c, &page)
	s.show(c, http.StatusOK, page)
}

// removalFilter reads the facets; what can't be read is named by its field.
func removalFilter(c *gin.Context) (moderation.Filter, web.RemovalFilter, web.Errors) {
	form := web.RemovalFilter{
		Seller: c.Query("seller"), Moderator: c.Query("moderator"), Approver: c.Query("approver"),
		Reason: c.Query("reason"), Remedy: c.Query("remedy"), State: c.Query("state"), From: c.Query("from"), To: c.Query("to"),
	}
	errs := web.Errors{}
	f := moderation.Filter{Seller: form.Seller, Reason: form.Reason, Remedy: form.Remedy, State: form.State}
	f.Moderator = idFilter("moderator", form.Moderator, errs)
	f.Approver = idFilter("approver", form.Approver, errs)
	if form.State != "" && !isState(form.State) {
		errs["state"] = "There is no such state."
	}
	if form.Remedy != "" && !slices.Contains(moderation.RemedyNames(), form.Remedy) {
		errs["remedy"] = "There is no such remedy."
	}
	f.From, f.To = dayRange(form.From, form.To, errs)
	if len([]rune(form.Seller)) > 200 {
		errs["seller"] = "At most 200 characters."
	}
	return f, form, errs
}

func idFilter(field, value string, errs web.Errors) string {
	if value == "" {
		return ""
	}
	id, err := models.ParseID(value)
	if err != nil {
		errs[field] = "There is no such person."
	}
	return id
}

// dayRange reads two days as people mean them: both included.
func dayRange(from, to string, errs web.Errors) (time.Time, time.Time) {
	read := func(field, value string) time.Time {
		if value == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.DateOnly, value)
		if err != nil {
			errs[field] = "Write the day as YYYY-MM-DD."
		}
		return t
	}
	a, b := read("from", from), read("to", to)
	if !b.IsZero() {
		b = b.AddDate(0, 0, 1)
	}
	if !a.IsZero() && !b.IsZero() && !a.Before(b) {
		errs["to"] = "The last day is before the first."
	}
	return a, b
}

var stateChoices = []web.Option{
	{Value: models.ProposalOpen, Label: "Waiting"},
	{Value: models.ProposalEffective, Label: "Took effect"},
	{Value: moderation.StateRestored, Label: "Restored since"},
	{Value: models.ProposalDeclined, Label: "Declined"},
	{Value: models.ProposalWithdrawn, Label: "Withdrawn"},
	{Value: models.ProposalExpired, Label: "Expired"},
	{Value: models.ProposalVoid, Label: "Void"},
}

func isState(s string) bool {
	for _, o := range stateChoices {
		if o.Value == s {
			return true
		}
	}
	return s == models.ProposalApproved
}

// addFacets fills the choices of the filter. A facet that can't be read stays empty; the list is the page's purpose.
func (s *Server) addFacets(c *gin.Context, page *web.RemovalsPage) {
	ctx, m := c.Request.Context(), placeOf(c)
	page.Filter.States = stateChoices
	for _, name := range moderation.RemedyNames() {
		page.Filter.Remedies = append(page.Filter.Remedies, web.Option{Value: name, Label: web.RemedyName(name)})
	}
	if people, err := s.app.Desk.Requesters(ctx, m.ID); err == nil {
		page.Filter.Moderators = choices(people)
	}
	if people, err := s.app.Desk.Deciders(ctx, m.ID); err == nil {
		page.Filter.Approvers = choices(people)
	}
	if reasons, err := s.app.Desk.Reasons(ctx); err == nil {
		for _, r := range reasons {
			page.Filter.Reasons = append(page.Filter.Reasons, web.Option{Value: r.Code, Label: web.ReasonName(r.Code)})
		}
	}
}

func choices(people []moderation.Choice) []web.Option {
	var out []web.Option
	for _, p := range people {
		out = append(out, web.Option{Value: p.ID, Label: p.Name})
	}
	return out
}

func removalRow(r moderation.Row, viewer models.Actor, m marks) web.RemovalRow {
	out := web.RemovalRow{
		ReviewID: r.ReviewID, ProposalID: r.ID, Stars: r.Rating, Excerpt: excerpt(r.Title, r.Body, r.ErasedAt), Reason: r.ReasonCode, Remedy: r.Remedy,
		Seats: seats(r, viewer, web.Action{}), Seller: r.SellerName, Moderator: person(r.RequesterID, r.RequesterName, viewer),
		AskedAt: r.CreatedAt, State: m.state(r), Mark: m.of(r.ID),
	}
	if r.Restored {
		out.State = moderation.StateRestored
	}
	if r.DecidedAt != nil {
		out.DecidedAt = *r.DecidedAt
	}
	if n := len(r.Verdicts); n > 0 {
		out.Approver = person(r.Verdicts[n-1].ApproverID, r.Verdicts[n-1].ApproverName, viewer)
	}
	return out
}

// exportHref is the same selection as a file.
func exportHref(c *gin.Context, market string) string {
	q := url.Values{}
	for k, vs := range c.Request.URL.Query() {
		if k != "page" && len(vs) > 0 && vs[0] != "" {
			q.Set(k, vs[0])
		}
	}
	return "/m/" + market + "/removals.csv?" + q.Encode()
}
