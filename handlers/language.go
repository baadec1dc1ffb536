package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/history"
	"evenhand/models"
	"evenhand/web"
	"evenhand/words"
)

const (
	cookieLanguage = "evenhand_lang"
	keyLanguage    = "evenhand.language"
	languageLasts  = 365 * 24 * 60 * 60 // seconds
)

// language decides in which language a page speaks to its reader: what they chose in this browser, else the best of what
// the browser accepts. What else tells it (a setting of the person) belongs here, before the cookie.
func language(c *gin.Context) *words.Language {
	if l, ok := c.Get(keyLanguage); ok {
		return l.(*words.Language)
	}
	chosen, _ := c.Cookie(cookieLanguage) // no cookie is no choice
	l := words.Choose(c.GetHeader("Accept-Language"), chosen)
	c.Set(keyLanguage, l)
	return l
}

// chooseLanguage keeps a reader's choice in their browser, signed in or not.
func (s *Server) chooseLanguage(c *gin.Context) {
	l, ok := words.Find(c.PostForm("language"))
	if !ok {
		s.fail(c, models.InvalidField("language", "There are no pages in this language."))
		return
	}
	setCookie(c, cookieLanguage, l.Code, languageLasts)
	c.Redirect(http.StatusSeeOther, within(c.PostForm("back")))
}

// say says an English text in the reader's language.
func say(c *gin.Context, text string, args ...any) string { return language(c).Say(text, args...) }

// days reads two days of a form, and says under their names in errs what is wrong with them.
func days(c *gin.Context, from, to string, errs web.Errors) (time.Time, time.Time) {
	bad := models.Mistakes{}
	a, b := history.Days(from, to, bad)
	for field, s := range bad {
		errs[field] = say(c, s.Format, s.Args...)
	}
	return a, b
}
