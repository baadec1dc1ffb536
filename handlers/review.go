package handlers

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/moderation"
	"evenhand/rbac"
	"evenhand/web"
)

// reviewRoutes are one review with its history, its restoration, and second looks.
func (s *Server) reviewRoutes(m gin.IRouter) {
	m.GET("/reviews/:id", s.review)
	m.POST("/reviews/:id/restore", s.restore)
	m.POST("/reviews/:id/test", s.testWith)
	m.GET("/looks", s.looks)
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// review shows one review's whole history.
func (s *Server) review(c *gin.Context) {
	s.showReview(c, http.StatusOK, func(*web.ReviewPage) {})
}

func (s *Server) showReview(c *gin.Context, status int, with func(*web.ReviewPage)) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	v, m := viewerOf(c), placeOf(c)
	h, err := s.app.Desk.History(c.Request.Context(), v.actor, m.ID, id, cameBy(c))
	if err != nil {
		s.fail(c, err)
		return
	}
	marked := s.marksOf(c, append(eventIDs(h.Events), idsOf(h.Requests)...)...)
	page := web.ReviewPage{Page: s.page(c, "Review"), Review: reviewOf(c, h.Content), Timeline: eventsOf(language(c), h.Events, v.actor, marked)}
	r := h.Content.Review
	page.Versions = append(page.Versions, web.Version{Number: r.Version, Stars: r.Rating, Title: r.Title, Body: r.Body, At: r.UpdatedAt, Digest: hexOf(r.Digest), Erased: r.ErasedAt != nil})
	for _, old := range h.Versions {
		page.Versions = append(page.Versions, web.Version{Number: old.Version, Stars: old.Rating, Title: old.Title, Body: old.Body, At: old.ReplacedAt, Digest: hexOf(old.Digest), Erased: old.ErasedAt != nil})
	}
	again := decidedSince(h.Flags, h.Tickets)
	for _, f := range h.Flags {
		x := flagOf(f)
		x.Decided = again[f.ID]
		page.Flags = append(page.Flags, x)
	}
	page.Repeated = len(again)
	for i, e := range h.Events {
		if e.Act == "review.open" && e.Outcome == models.OutcomeDone {
			page.Looks = append(page.Looks, page.Timeline[i])
		}
	}
	for _, t := range h.Tickets {
		x := web.TicketStory{Queue: t.Queue, State: t.State, OpenedAt: t.OpenedAt}
		if t.ClosedAt != nil {
			x.ClosedAt = *t.ClosedAt
		}
		page.Tickets = append(page.Tickets, x)
	}
	for _, q := range h.Requests {
		page.Proposals = append(page.Proposals, s.rowOf(c, q, marked))
		if r.RemovalID != nil && *r.RemovalID == q.ID && marked.state(q) == web.StateRecording {
			page.Review.Status = web.StateRecording
		}
	}
	if s.can(c, rbac.Object{Kind: "review"}, "restore") {
		page.Restore.Allowed = r.RemovalID != nil
		page.Undo = undoable(r)
	}
	if err := s.showPublished(c, &page, h); err != nil {
		s.fail(c, err)
		return
	}
	holds, err := s.app.Desk.HoldsAt(c.Request.Context(), v.actor, m.ID, r.ID)
	if err != nil {
		s.fail(c, err)
		return
	}
	page.Holds = s.holdsOf(c, holds)
	page.Test = s.testable(c, h.Content.Review)
	with(&page)
	s.show(c, status, page)
}

// testable says whether the viewer may choose a review as a test, and why not.
func (s *Server) testable(c *gin.Context, r models.Review) web.Action {
	if !s.can(c, rbac.Object{Kind: "look"}, "test") {
		return web.Action{}
	}
	err := s.app.Desk.MayTestWith(c.Request.Context(), viewerOf(c).actor, r)
	if err != nil {
		return web.Action{Why: models.AsError(err).Tell(language(c))}
	}
	return web.Action{Allowed: true}
}

// undoable are the lesser remedies that stand.
func undoable(r models.Review) []web.Option {
	var out []web.Option
	for _, x := range []struct {
		by          *string
		name, words string
	}{{r.LabelID, models.ActionLabel, "The label"}, {r.RedactionID, models.ActionRedact, "The redaction: the text is whole again"}, {r.MoveID, models.ActionMove, "The move: it counts where it came in"}} {
		if x.by != nil {
			out = append(out, web.Option{Value: x.name, Label: x.words})
		}
	}
	return out
}

// showPublished shows what customers read of a review where that isn't its text alone.
func (s *Server) showPublished(c *gin.Context, page *web.ReviewPage, h moderation.History) error {
	r := h.Content.Review
	p, err := s.app.Desk.Published(c.Request.Context(), r)
	if err != nil {
		return err
	}
	page.Review.Label = p.Label
	if r.RedactionID != nil && r.ErasedAt == nil {
		page.Review.Marked = marked(p.Title, p.Body, "As customers read it")
		if p.Hidden {
			page.Review.Marked.Told = "As customers would read it, if it came back"
		}
	}
	if p.Moved {
		page.Review.MovedFrom = h.Home.Title + " (" + h.Home.ExternalID + ")"
	}
	return nil
}

// cameBy says how the viewer came to a review: from a search, or by a link or an address.
func cameBy(c *gin.Context) string {
	from, err := url.Parse(c.GetHeader("Referer"))
	if c.Query("by") == "jump" {
		return moderation.OpenedSearch
	}
	if err == nil && strings.HasSuffix(from.Path, "/removals") {
		return moderation.OpenedSearch
	}
	return moderation.OpenedLink
}

// restore publishes a removed review again, or undoes a lesser remedy.
func (s *Server) restore(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	m := placeOf(c)
	version, err := strconv.Atoi(c.PostForm("version"))
	if err == nil {
		err = s.app.Desk.Undo(c.Request.Context(), viewerOf(c).actor, moderation.Undoing{
			Marketplace: m.ID, Review: id, Remedy: c.PostForm("remedy"), Version: version, Note: c.PostForm("note"),
		})
	} else {
		err = models.InvalidField("version", "The form is incomplete; open the review again.")
	}
	if errs, status, ok := fields(c, err); ok {
		s.showReview(c, status, func(p *web.ReviewPage) { p.Errors, p.Note = errs, c.PostForm("note") })
		return
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "restored", "/m/"+m.ID+"/reviews/"+id)
}
