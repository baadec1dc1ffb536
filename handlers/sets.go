package handlers

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/approval"
	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
)

// gather is the page on which the holder of a ticket looks for reviews that belong to its own.
func (s *Server) gather(c *gin.Context) {
	s.showGather(c, http.StatusOK, web.SetSearch{Seller: true, Days: "30", Stars: "2"}, moderation.Like{}, 1, nil)
}

// changeSet searches, or changes what is gathered; either way the search stays as it was.
func (s *Server) changeSet(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	form := web.SetSearch{
		Author: c.PostForm("author") != "", Seller: c.PostForm("seller") != "", Product: c.PostForm("product") != "",
		Days: strings.TrimSpace(c.PostForm("days")), Stars: strings.TrimSpace(c.PostForm("stars")), Words: c.PostForm("words"),
	}
	like, err := likeOf(form)
	page, do := 1, c.PostForm("do")
	if n, found := strings.CutPrefix(do, "page-"); found {
		page, _ = strconv.Atoi(n) // what is no page is the first
	}
	ctx, actor, market := c.Request.Context(), viewerOf(c).actor, placeOf(c).ID
	switch picks := c.PostFormArray("pick"); {
	case do == "clear":
		err = s.app.Desk.Drop(ctx, actor, market, id, nil)
	case do == "drop" && len(picks) > 0:
		err = s.app.Desk.Drop(ctx, actor, market, id, picks)
	case do == "add" && err == nil && len(picks) > 0:
		err = s.app.Desk.Gather(ctx, actor, market, id, like, picks)
	case do == "add" && err == nil, do == "drop":
		err = models.InvalidField("pick", "Check at least one review.")
	}
	errs, status, isForm := fields(c, err)
	if err != nil && !isForm {
		s.fail(c, err)
		return
	}
	if errs != nil && errs["pick"] == "" { // the search itself makes no sense
		like = moderation.Like{}
	}
	s.showGather(c, cmp.Or(status, http.StatusOK), form, like, max(page, 1), errs)
}

// likeOf reads the form of a search.
func likeOf(form web.SetSearch) (moderation.Like, error) {
	like := moderation.Like{Author: form.Author, Seller: form.Seller, Product: form.Product, Words: form.Words}
	for _, f := range []struct {
		text string
		into *int
	}{{form.Days, &like.Days}, {form.Stars, &like.Stars}} {
		if f.text == "" {
			continue
		}
		n, err := strconv.Atoi(f.text)
		if err != nil {
			n = -1 // which Check names
		}
		*f.into = n
	}
	return like, like.Check()
}

func (s *Server) showGather(c *gin.Context, status int, form web.SetSearch, like moderation.Like, page int, errs web.Errors) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	found, err := s.app.Desk.Linked(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, like, page)
	if err != nil {
		s.fail(c, err)
		return
	}
	out := web.GatherPage{
		Page: s.page(c, "Linked reviews"), TicketID: id, Search: form, Searched: like.Asked(), Total: found.Total, Cut: found.Cut, Looked: moderation.MostLooked,
		PageN: page, Last: (found.Total + models.PageSize - 1) / models.PageSize, Found: linkedOf(c, id, found.Found), Gathered: linkedOf(c, id, found.Gathered),
		Size: len(found.Gathered) + 1, Quorum: approval.SetQuorum(len(found.Gathered) + 1), Most: approval.MaxSet, Errors: errs,
		Review: web.Review{Stars: found.Review.Rating, Title: found.Review.Title, Body: found.Review.Body, PostedAt: found.Review.PostedAt, Seller: web.Seller{Hidden: found.Hidden}},
	}
	s.show(c, status, out)
}

func linkedOf(c *gin.Context, ticket string, list []moderation.Linked) []web.LinkedReview {
	out := make([]web.LinkedReview, len(list))
	for i, x := range list {
		out[i] = web.LinkedReview{
			Token: moderation.Token(ticket, x.ID), Title: x.Title, Body: x.Body, Stars: x.Rating, PostedAt: x.PostedAt, Verified: x.Verified != nil && *x.Verified,
			SameAuthor: x.SameAuthor, SameSeller: x.SameSeller, SameProduct: x.SameProduct, Alike: x.Alike, Picked: x.Picked,
		}
		if x.Bar != nil {
			out[i].Bar = models.AsError(x.Bar).Tell(language(c))
		}
	}
	return out
}

// addSet says on a ticket what its holder has gathered for the request.
func (s *Server) addSet(c *gin.Context, page *web.TicketPage) error {
	got, err := s.app.Desk.Gathered(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, page.ID)
	page.Remove.Set = web.SetSummary{Href: page.Base() + "/tickets/" + page.ID + "/set", Digest: moderation.SetDigest(got)}
	if len(got) > 0 {
		page.Remove.Set.Size, page.Remove.Set.Quorum = len(got)+1, approval.SetQuorum(len(got)+1)
	}
	return err
}

// setFirst is how many reviews of a set its request's page shows.
const setFirst = 10

// addSetOf shows the set that a request leads, or says to which it belongs.
func (s *Server) addSetOf(c *gin.Context, page *web.ProposalPage, v moderation.ProposalView) error {
	ctx, actor := c.Request.Context(), viewerOf(c).actor
	if v.LeadID != nil {
		size, err := s.app.Desk.SetSize(ctx, v)
		page.Set = &web.SetOf{Size: size, LeadHref: page.Base() + "/proposals/" + *v.LeadID}
		return err
	}
	if v.SetSize == nil {
		return nil
	}
	rows, err := s.app.Desk.SetRows(ctx, actor, v, 1, setFirst)
	if err != nil {
		return err
	}
	page.Set = &web.SetOf{Size: *v.SetSize, Quorum: v.Quorum, Href: page.Base() + "/proposals/" + v.ID + "/set"}
	for _, r := range rows {
		page.Set.First = append(page.Set.First, s.setRow(r))
	}
	for _, e := range v.Removal.Evidence {
		if e.Kind == moderation.EvidenceReviews && v.InSet(e.Value) {
			page.Set.Sampled++
		}
	}
	if v.State != models.ProposalOpen {
		return nil
	}
	sellers, more, err := s.app.Desk.SetSellers(ctx, v)
	page.Set.MoreSellers = more
	for _, x := range sellers {
		then := x.Stars
		for _, rating := range x.Ratings {
			then = then.Without(rating)
		}
		page.Set.Sellers = append(page.Set.Sellers, web.SetSeller{Name: x.Seller.Name, Reviews: len(x.Ratings), Effect: web.Effect{
			AverageBefore: x.Stars.Average(), AverageAfter: then.Average(), CountBefore: x.Stars.Count, CountAfter: then.Count,
		}})
	}
	return err
}

func (s *Server) setRow(r moderation.SetRow) web.SetRow {
	return web.SetRow{Place: r.Place + 1, ID: r.ID, Stars: r.Rating, Excerpt: excerpt(r.Title, r.Body, r.ErasedAt), Seller: r.SellerName, State: r.State, Sampled: r.Sampled}
}

// setList shows every review of a set, for whoever may read its request.
func (s *Server) setList(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	page, err := strconv.Atoi(cmp.Or(c.Query("page"), "1"))
	if err != nil || page < 1 || page > approval.MaxSet {
		s.fail(c, models.InvalidField("page", "This link to a page of the list is broken; begin at the first page."))
		return
	}
	v, rows, err := s.app.Desk.SetPage(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, id, page)
	if err != nil {
		s.fail(c, err)
		return
	}
	out := web.SetPage{Page: s.page(c, "Set of reviews"), ID: v.ID, State: v.State, Size: *v.SetSize, Pager: web.Pager{Total: *v.SetSize}}
	for _, r := range rows {
		x := web.SetText{SetRow: s.setRow(r), Title: r.Title, Body: r.Body, Verified: r.Verified != nil && *r.Verified}
		if r.ErasedAt != nil {
			x.ErasedAt = *r.ErasedAt
		}
		out.Rows = append(out.Rows, x)
	}
	href := func(n int) string { return fmt.Sprintf("%s/proposals/%s/set?page=%d", out.Base(), id, n) }
	if page > 1 {
		out.Pager.PrevHref = href(page - 1)
	}
	if page*models.PageSize < *v.SetSize {
		out.Pager.NextHref = href(page + 1)
	}
	s.show(c, http.StatusOK, out)
}
