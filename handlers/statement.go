package handlers

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/statement"
	"evenhand/web"
)

// authorRoutes are what the author of a review reads and sends, by a link that takes no account.
func (s *Server) authorRoutes(author gin.IRouter) {
	author.GET("", s.statement)
	author.POST("/appeal", s.fileAppeal)
}

// private keeps the address of an author's page, which is a secret, out of other sites' logs and of search engines.
func private(c *gin.Context) {
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("X-Robots-Tag", "noindex, nofollow, noarchive")
	c.Next()
}

var languageNames = map[string]string{"en": "English", "de": "Deutsch"}

// statement shows the author of a removed review what was decided and why. It takes no account, only the link.
func (s *Server) statement(c *gin.Context) {
	s.showStatement(c, http.StatusOK, func(*web.StatementPage) {})
}

func (s *Server) showStatement(c *gin.Context, status int, with func(*web.StatementPage)) {
	v, err := s.app.State.ByToken(c.Request.Context(), c.Param("token"), c.ClientIP())
	if err != nil {
		s.statementFailed(c, err)
		return
	}
	page := s.authorPage(c, v.Language)
	page.Market.Name = v.Market
	s.tell(&page, v)
	with(&page)
	s.show(c, status, page)
}

// authorPage is the frame of a page for authors, in the language that they read.
func (s *Server) authorPage(c *gin.Context, otherwise string) web.StatementPage {
	chosen := c.Query("lang")
	if chosen == "" {
		chosen = c.PostForm("lang")
	}
	l := statement.Language(chosen, c.GetHeader("Accept-Language"), otherwise)
	w := statement.Words(l)
	page := web.StatementPage{W: w, Href: "/s/" + c.Param("token")}
	page.Page = web.Page{Public: true, Lang: l, Demo: len(s.demo) > 0}
	for _, x := range statement.Languages {
		if x != l {
			page.Languages = append(page.Languages, web.Option{Value: x, Label: languageNames[x]})
		}
	}
	return page
}

// statementFailed answers in the author's words; what isn't a statement's address always looks the same.
func (s *Server) statementFailed(c *gin.Context, err error) {
	e := models.AsError(err)
	page := s.authorPage(c, statement.Languages[0])
	page.Heading, page.Note = page.W["failed_title"], page.W["failed"]
	switch e.Kind {
	case models.NotFound:
		page.Heading, page.Note = page.W["not_found_title"], page.W["not_found"]
		page.Languages = nil // whose address isn't there isn't repeated
	case models.Throttled:
		page.Heading, page.Note = page.W["throttled_title"], page.W["throttled"]
	case models.Internal:
		s.log.Error("internal", "id", c.GetString(keyRequestID), "error", e.Error())
	}
	page.Title = page.Heading
	s.show(c, statuses[e.Kind], page)
}

// tell fills the page from the decision.
func (s *Server) tell(p *web.StatementPage, v statement.View) {
	l, w := p.Lang, p.W
	p.Title = w["title"]
	switch {
	case v.ErasedAt != nil:
		p.Heading, p.Note = w["erased_title"], w["erased"]
	case v.Recording:
		p.Heading, p.Note = w["recording_title"], w["recording"]
	}
	if p.Heading != "" {
		p.Title = p.Heading
		return
	}
	p.What = fmt.Sprintf(w["what"], v.Product, v.Rating, statement.Day(l, v.Posted()), v.Market, statement.Day(l, v.DecidedAt))
	if v.RestoredAt != nil {
		key := "back"
		if v.OnAppeal {
			key = "back_appeal"
		}
		p.Back = fmt.Sprintf(w[key], statement.Day(l, *v.RestoredAt))
	}
	p.Clause, p.Policy, p.Facts, p.Marked = statement.Clause(l, v.ReasonCode, v.Meaning), v.Policy, statement.Facts(l, v.ReasonCode), v.Marked
	p.People, p.Scope, p.Redress = statement.People(v.Told, l)+" "+statement.Detection(v.Told, l), statement.Scope(v.Told, l), v.RedressBody
	for _, f := range v.Appeals {
		p.Appeals = append(p.Appeals, s.appealTold(f, l))
	}
	p.Wrongs = []web.Option{{Label: w["wrong_"]}}
	for _, x := range statement.Wrongs {
		p.Wrongs = append(p.Wrongs, web.Option{Value: x, Label: w["wrong_"+x]})
	}
	switch v.Why {
	case "":
		p.Appeal = fmt.Sprintf(w["appeal"], statement.Day(l, v.AppealUntil))
	case statement.WhyLate:
		p.NoAppeal = fmt.Sprintf(w["why_late"], statement.Day(l, v.AppealUntil))
	case statement.WhyOften:
		p.NoAppeal = w["why_often"]
	}
}

func (s *Server) appealTold(f statement.Filed, l string) web.StatementAppeal {
	w := statement.Words(l)
	out := web.StatementAppeal{Filed: fmt.Sprintf(w["filed"], statement.Day(l, f.FiledAt)), Words: f.Words}
	if f.Answer == nil {
		state := "waits"
		if !s.app.Now().Before(f.DueAt) {
			state = "overdue"
		}
		out.State = fmt.Sprintf(w[state], statement.Day(l, f.DueAt))
		return out
	}
	out.Answered, out.Answer = fmt.Sprintf(w["answer"], statement.Day(l, f.Answer.AnsweredAt)), f.Answer.Words
	out.Verdict, out.Reversed = w["upheld"], f.Answer.Verdict == models.AppealReverse
	if out.Reversed {
		out.Verdict = w["reversed"]
	}
	return out
}

// fileAppeal takes an author's appeal in.
func (s *Server) fileAppeal(c *gin.Context) {
	in := statement.Complaint{Wrong: c.PostForm("wrong"), Words: c.PostForm("words")}
	_, err := s.app.State.File(c.Request.Context(), c.Param("token"), c.ClientIP(), in)
	switch e := models.AsError(err); {
	case err == nil:
		to := "/s/" + c.Param("token")
		if l := statement.Language(c.PostForm("lang"), "", ""); l != "" {
			to += "?lang=" + l
		}
		c.Redirect(http.StatusSeeOther, to)
	case e.Kind == models.Invalid && len(e.Fields) > 0:
		s.showStatement(c, statuses[e.Kind], func(p *web.StatementPage) {
			p.Wrong, p.Words, p.Errors = in.Wrong, in.Words, web.Errors{}
			for field, what := range e.Fields {
				p.Errors[field] = p.W["error_"+field+"_"+what]
			}
		})
	case e.Kind == models.Conflict || e.Kind == models.Invalid: // what they wrote isn't lost
		s.showStatement(c, statuses[e.Kind], func(p *web.StatementPage) {
			p.Wrong, p.Words, p.Errors = in.Wrong, in.Words, web.Errors{"": p.W["failed"]}
		})
	default:
		s.statementFailed(c, err)
	}
}
