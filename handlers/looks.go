package handlers

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"evenhand/favor"
	"evenhand/models"
	"evenhand/moderation"
	"evenhand/web"
)

// lookAlpha is one minus the confidence of the intervals on pages.
const lookAlpha = 0.05

// looks shows how decisions stood up to second looks.
func (s *Server) looks(c *gin.Context) {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	all, err := choice(c, "show", "all")
	if err != nil {
		s.fail(c, err)
		return
	}
	cursor, err := models.ParseCursor(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	figures, err := s.app.Desk.Agreements(ctx, v.actor, m.ID)
	if err != nil {
		s.fail(c, err)
		return
	}
	rows, around, err := s.app.Desk.Looks(ctx, v.actor, m.ID, all, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.LooksPage{Page: s.page(c, "Second looks"), Since: s.app.Now().Add(-moderation.LookPeriod), All: all, Pager: pager(c, around)}
	for _, a := range figures {
		page.Agreements = append(page.Agreements, agreementOf(a, v.actor))
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	marked := s.marksOf(c, ids...)
	for _, r := range rows {
		look := lookOf(r, v.actor)
		look.Mark = marked.of(r.ID)
		page.Looks = append(page.Looks, look)
	}
	s.show(c, http.StatusOK, page)
}

// choice reads a facet that is either not there or one word.
func choice(c *gin.Context, name, word string) (bool, error) {
	switch c.Query(name) {
	case "":
		return false, nil
	case word:
		return true, nil
	}
	return false, models.InvalidField(name, "It is %s, or isn't there.", word)
}

func agreementOf(a moderation.Agreement, viewer models.Actor) web.Agreement {
	out := web.Agreement{
		Moderator: person(a.ModeratorID, a.Name, viewer), Looked: a.Looked, Agreed: a.Agreed, WrongAsked: a.WrongAsked, WrongKept: a.WrongKept,
		Tests: a.Tests, TestErrors: a.TestErrors,
	}
	out.Low, out.High = favor.Proportion(a.Agreed, a.Looked, lookAlpha)
	out.ErrLow, out.ErrHigh = favor.Proportion(a.TestErrors, a.Tests, lookAlpha)
	return out
}

func lookOf(r moderation.Looked, viewer models.Actor) web.Look {
	look := web.Look{
		ReviewID: r.ReviewID, Stars: r.Rating, Excerpt: excerpt(r.Title, r.Body, r.ErasedAt), Seller: r.Seller,
		First: person(r.FirstID, r.First, viewer), Action: r.Action, DecidedAt: r.DecidedAt,
		Second: person(r.ModeratorID, r.Second, viewer), Verdict: r.Verdict, Test: r.Why == models.LookTest, Disagree: r.Disagrees(), LookedAt: r.LookedAt,
	}
	if r.ReasonCode != nil {
		look.Reason = *r.ReasonCode
	}
	return look
}

// testWith mixes a review into the tickets as a test.
func (s *Server) testWith(c *gin.Context) {
	id, ok := s.id(c, "id")
	if !ok {
		return
	}
	m := placeOf(c)
	version, err := strconv.Atoi(c.PostForm("version"))
	if err == nil {
		err = s.app.Desk.TestWith(c.Request.Context(), viewerOf(c).actor, m.ID, id, version)
	} else {
		err = models.InvalidField("version", "The form is incomplete; open the review again.")
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	leave(c, "tested", "/m/"+m.ID+"/reviews/"+id)
}
