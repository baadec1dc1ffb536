package handlers

import (
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/history"
	"evenhand/web"
)

// mostBars is how many bars a period chart has at most; beyond it the unit grows from day to week to month.
const mostBars = 60

// unit is a length of bar: where one that holds a day begins, and where the next one does.
type unit struct {
	name  string
	begin func(time.Time) time.Time
	next  func(time.Time) time.Time
}

var units = []unit{
	{"day", func(t time.Time) time.Time { return t }, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"week", func(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }, func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }},
	{"month", func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }, func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
}

// periods gathers days into bars, without gaps; each bar narrows the list to itself.
func periods(c *gin.Context, days []history.DayCount) ([]web.Period, string) {
	if len(days) == 0 {
		return nil, ""
	}
	first, err1 := time.Parse(time.DateOnly, days[0].Day)
	last, err2 := time.Parse(time.DateOnly, days[len(days)-1].Day)
	if err1 != nil || err2 != nil {
		return nil, ""
	}
	u := units[len(units)-1]
	for _, x := range units {
		if n := int(x.next(x.begin(last)).Sub(x.begin(first)) / x.next(first).Sub(first)); n <= mostBars {
			u = x
			break
		}
	}
	var out []web.Period
	i := 0
	for at := u.begin(first); !at.After(last); at = u.next(at) {
		p := web.Period{Start: at, End: u.next(at)}
		for ; i < len(days) && days[i].Day < p.End.Format(time.DateOnly); i++ {
			p.Asked += days[i].Asked
			p.Removed += days[i].Removed
		}
		from, to := at.Format(time.DateOnly), p.End.AddDate(0, 0, -1).Format(time.DateOnly)
		p.Selected = c.Query("from") == from && c.Query("to") == to
		p.Href = withQuery(c, map[string]string{"from": from, "to": to, "page": ""})
		out = append(out, p)
	}
	return out, u.name
}

// withQuery is this page's address with some values set, or taken out where they are empty.
func withQuery(c *gin.Context, set map[string]string) string {
	q := c.Request.URL.Query()
	for k, v := range set {
		if v == "" {
			q.Del(k)
		} else {
			q.Set(k, v)
		}
	}
	return c.Request.URL.Path + "?" + q.Encode()
}
