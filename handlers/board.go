package handlers

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"evenhand/favor"
	"evenhand/models"
	"evenhand/signals"
	"evenhand/web"
	"evenhand/words"
)

// boardRoutes are whom removals favour.
func (s *Server) boardRoutes(m gin.IRouter) {
	m.GET("/board", s.board)
	m.GET("/board/:moderator/:seller", s.pair)
	m.GET("/neutrality", s.neutrality)
	m.GET("/neutrality.csv", s.neutralityCSV)
}

// board ranks the pairs of moderators and sellers.
func (s *Server) board(c *gin.Context) {
	v, m := viewerOf(c), placeOf(c)
	first, err := rank(c.Query("from"))
	if err != nil {
		s.fail(c, err)
		return
	}
	b, err := s.app.Board.Board(c.Request.Context(), v.actor, m.Marketplace)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.BoardPage{Page: s.page(c, "Whom removals favour"), ComputedAt: b.To, From: b.From, To: b.To, First: first, Pager: web.Pager{Total: -1}}
	if b.Report != nil {
		cells := b.Report.Cells
		page.Compared, page.Alarms, page.Method, page.Limits = b.Report.Compared, b.Report.Alarms, method(language(c), b.Report), b.Report.Limits
		page.Pager.Total = len(cells)
		for i, cell := range cells {
			f := figures(cell, b)
			page.Points = append(page.Points, f)
			if i >= first-1 && i < first-1+models.PageSize {
				page.Rows = append(page.Rows, f)
			}
		}
		if first > 1 {
			page.Pager.PrevHref = withQuery(c, map[string]string{"from": strconv.Itoa(max(first-models.PageSize, 1))})
		}
		if first-1+models.PageSize < len(cells) {
			page.Pager.NextHref = withQuery(c, map[string]string{"from": strconv.Itoa(first + models.PageSize)})
		}
	}
	s.show(c, http.StatusOK, page)
}

// rank reads the first rank of a page of the ranking, from 1.
func rank(text string) (int, error) {
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, models.InvalidField("from", "The rank to begin at is a whole number from 1.")
	}
	return n, nil
}

func figures(x favor.Cell, b signals.Board) web.PairFigures {
	return web.PairFigures{
		ModeratorID: x.Row, Moderator: b.Moderators[x.Row], SellerID: x.Col, Seller: b.Sellers[x.Col],
		Exposure: int(x.Exposure), Observed: x.Observed, Expected: x.Expected,
		EBGM: x.EBGM, EB05: x.EB05, EB95: x.EB95, P: x.P, Q: x.Q, Alarm: x.Alarm, Wrong: x.Wrong,
	}
}

// method says what this very comparison did.
func method(l *words.Language, r *favor.Report) []string {
	return []string{
		l.Say("%s decisions on negative reviews were read, %s of them counted in some pair. Share of false alarms put up with: %s.", l.Count(r.Decisions), l.Count(r.Used), l.Percent(0, r.FDR)),
		l.Say("Prior of the shrinkage: %.3g·Gamma(%.3g, %.3g) + %.3g·Gamma(%.3g, %.3g). Honest spread between pairs: %s logits.",
			r.Model.P, r.Model.Alpha1, r.Model.Beta1, 1-r.Model.P, r.Model.Alpha2, r.Model.Beta2, l.Fixed(2, r.Spread)),
	}
}

// pair shows the reviews behind one figure.
func (s *Server) pair(c *gin.Context) {
	moderator, ok := s.id(c, "moderator")
	if !ok {
		return
	}
	seller, ok := s.id(c, "seller")
	if !ok {
		return
	}
	cursor, err := models.ParseCursor(c.Query("page"))
	if err != nil {
		s.fail(c, err)
		return
	}
	v, m := viewerOf(c), placeOf(c)
	p, err := s.app.Board.Pair(c.Request.Context(), v.actor, m.Marketplace, moderator, seller, cursor)
	if err != nil {
		s.fail(c, err)
		return
	}
	page := web.PairPage{Page: s.page(c, say(c, "%s and %s", p.Moderator, p.Seller)), Pair: figures(p.Cell, p.Board), From: p.Board.From, To: p.Board.To, Pager: pager(c, p.Around)}
	for _, d := range p.Decisions {
		x := web.PairDecision{
			At: d.DecidedAt, ReviewID: d.ReviewID, Stars: d.Rating, Excerpt: excerpt(d.Title, d.Body, d.ErasedAt),
			Asked: d.Action == models.ActionRemove, Reason: d.ReasonCode, State: d.State, OnAppeal: d.OnAppeal, Hold: holdOf(d.Hold),
		}
		if d.ProposalID != nil {
			x.ProposalID = *d.ProposalID
		}
		page.Decisions = append(page.Decisions, x)
	}
	s.show(c, http.StatusOK, page)
}

// holdOf is the state of a hold for a page; "" stays nothing.
func holdOf(how string) string {
	if how == "" {
		return ""
	}
	return "hold-" + how
}
