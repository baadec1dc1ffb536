package handlers

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/signals"
	"evenhand/web"
	"evenhand/words"
)

// neutralPeriod is how far back the report reaches where nobody says.
const neutralPeriod = 180 * 24 * time.Hour

// neutrality compares how each reason is used on low and on high stars.
func (s *Server) neutrality(c *gin.Context) {
	page := web.NeutralityPage{Page: s.page(c, "Neutrality"), Errors: web.Errors{}}
	n, err := s.neutral(c, &page)
	if err != nil {
		s.fail(c, err)
		return
	}
	if len(page.Errors) > 0 {
		s.show(c, http.StatusUnprocessableEntity, page)
		return
	}
	page.ExportHref = "/m/" + placeOf(c).ID + "/neutrality.csv?" + url.Values{"from": {page.From}, "to": {page.To}}.Encode()
	for _, r := range n.Rows {
		page.Rows = append(page.Rows, neutralRow(language(c), r))
	}
	s.show(c, http.StatusOK, page)
}

func (s *Server) neutral(c *gin.Context, page *web.NeutralityPage) (signals.Neutrality, error) {
	now := s.app.Now()
	page.From, page.To = c.DefaultQuery("from", now.Add(-neutralPeriod).Format(time.DateOnly)), c.DefaultQuery("to", now.Format(time.DateOnly))
	from, to := days(c, page.From, page.To, page.Errors)
	if to.IsZero() {
		to = now.AddDate(0, 0, 1)
	}
	if len(page.Errors) > 0 {
		return signals.Neutrality{}, nil
	}
	return s.app.Board.Neutrality(c.Request.Context(), viewerOf(c).actor, placeOf(c).ID, from, to)
}

func neutralRow(l *words.Language, r signals.Neutral) web.NeutralRow {
	points := func(x float64) string { return l.Fixed(1, 100*x) }
	band := func(b signals.Band) web.NeutralBand {
		out := web.NeutralBand{Decisions: b.Decisions, Asked: b.Asked, Removed: b.Removed, Rate: "–"}
		if b.Decisions > 0 {
			out.Rate = l.Percent(1, b.Rate().Rate())
		}
		return out
	}
	out := web.NeutralRow{Code: r.Code, Low: band(r.Low), High: band(r.High), Difference: "–", Small: r.Small, Nothing: r.Nothing}
	if !r.Nothing {
		out.Difference, out.Least, out.Most, out.Apart = points(r.Difference), points(r.Least), points(r.Most), r.Least > 0 || r.Most < 0
	}
	return out
}

// neutralityCSV is the same as a file.
func (s *Server) neutralityCSV(c *gin.Context) {
	page := web.NeutralityPage{Errors: web.Errors{}}
	n, err := s.neutral(c, &page)
	for field, text := range page.Errors {
		err = models.InvalidField(field, "%s", text)
	}
	if err != nil {
		s.fail(c, err)
		return
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="neutrality-`+placeOf(c).ID+`.csv"`)
	c.Status(http.StatusOK)
	out := csv.NewWriter(c.Writer)
	rows := [][]string{{"reason", "low_decisions", "low_asked", "low_removed", "high_decisions", "high_asked", "high_removed", "difference", "low95", "high95", "note"}}
	for _, r := range n.Rows {
		code, note, d := r.Code, "", []string{"", "", ""}
		if code == "" {
			code = "ANY"
		}
		switch {
		case r.Nothing:
			note = "nothing to compare with"
		case r.Small:
			note = "small numbers"
		}
		if !r.Nothing {
			for i, x := range []float64{r.Difference, r.Least, r.Most} {
				d[i] = strconv.FormatFloat(x, 'f', 6, 64)
			}
		}
		row := []string{code}
		for _, x := range []int{r.Low.Decisions, r.Low.Asked, r.Low.Removed, r.High.Decisions, r.High.Asked, r.High.Removed} {
			row = append(row, strconv.Itoa(x))
		}
		rows = append(rows, append(append(row, d...), note))
	}
	if err := out.WriteAll(rows); err != nil {
		s.log.Warn("neutrality", "id", c.GetString(keyRequestID), "error", err.Error())
	}
}
