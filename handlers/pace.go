package handlers

import (
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/favor"
	"evenhand/moderation"
	"evenhand/web"
	"evenhand/words"
)

// addPace fills in the viewer's own figures, and what can be said of the rest of the desk without saying it of anybody.
func (s *Server) addPace(c *gin.Context, page *web.DeskPage) error {
	v, m, ctx := viewerOf(c), placeOf(c), c.Request.Context()
	midnight, monday := begins(s.app.Now().In(page.Zoned()))
	today, err := s.app.Desk.Since(ctx, v.actor, m.ID, midnight)
	if err != nil {
		return err
	}
	week, err := s.app.Desk.Since(ctx, v.actor, m.ID, monday)
	if err != nil {
		return err
	}
	pace, err := s.app.Desk.PaceSince(ctx, v.actor, m.ID, monday)
	if err != nil {
		return err
	}
	page.Today, page.Week = web.DeskDay(today), web.DeskDay(week)
	page.Pace = paceOf(language(c), page.Week, pace)
	return nil
}

// begins is when somebody's day and their week began.
func begins(now time.Time) (midnight, monday time.Time) {
	y, mo, d := now.Date()
	back := (int(now.Weekday()) + 6) % 7
	return time.Date(y, mo, d, 0, 0, 0, 0, now.Location()), time.Date(y, mo, d-back, 0, 0, 0, 0, now.Location())
}

func paceOf(l *words.Language, week web.DeskDay, p moderation.Pace) web.Pace {
	out := web.Pace{Decided: p.Decided}
	if p.Decided > 0 {
		out.Median = minutes(l, p.Median)
	}
	if p.High > 0 {
		out.Low, out.High = minutes(l, p.Low), minutes(l, p.High)
	}
	if week.All() == 0 {
		return out
	}
	others := p.OthersDone.Kept + p.OthersDone.Asked + p.OthersDone.Skipped
	for _, x := range []struct {
		name        string
		own, theirs int
	}{{"kept", week.Kept, p.OthersDone.Kept}, {"asked for a remedy", week.Asked, p.OthersDone.Asked}, {"skipped", week.Skipped, p.OthersDone.Skipped}} {
		share := web.PaceShare{Name: x.name, Share: float64(x.own) / float64(week.All()), Others: others > 0}
		if share.Others {
			share.Low, share.High = favor.Proportion(x.theirs, others, lookAlpha)
		}
		out.Shares = append(out.Shares, share)
	}
	return out
}

// minutes writes how long something took.
func minutes(l *words.Language, d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return l.Say("%d s", int(d.Seconds()))
	case d < time.Hour:
		return l.Say("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return l.Say("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
}
