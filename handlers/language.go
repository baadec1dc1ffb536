package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"evenhand/history"
	"evenhand/models"
	"evenhand/staff"
	"evenhand/web"
	"evenhand/words"
)

const (
	cookieLanguage = "evenhand_lang"
	keyLanguage    = "evenhand.language"
	keyPreferred   = "evenhand.preferred" // how to ask for the preferences of who is signed in
	languageLasts  = 365 * 24 * 60 * 60   // seconds
)

// language decides in which language a page speaks to its reader: their preference, else what they chose in this browser,
// else the best of what the browser accepts.
func language(c *gin.Context) *words.Language {
	if l, ok := c.Get(keyLanguage); ok {
		return l.(*words.Language)
	}
	var preferred string
	if of, ok := c.Get(keyPreferred); ok {
		preferred = of.(func() models.Preferences)().Language
	}
	chosen, _ := c.Cookie(cookieLanguage) // no cookie is no choice
	l := words.Choose(c.GetHeader("Accept-Language"), preferred, chosen)
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
	if err := s.preferLanguage(c, l.Code); err != nil {
		s.fail(c, err)
		return
	}
	setCookie(c, cookieLanguage, l.Code, languageLasts)
	c.Redirect(http.StatusSeeOther, within(c.PostForm("back")))
}

// preferLanguage has who is signed in and chose a language for all devices keep to this one now; others chose for this
// browser alone.
func (s *Server) preferLanguage(c *gin.Context, code string) error {
	token, err := c.Cookie(cookieSession)
	if err != nil {
		return nil //nolint:nilerr // nobody is signed in
	}
	person, err := s.app.Staff.BySession(c.Request.Context(), token)
	if err != nil {
		return nil //nolint:nilerr // the session has ended
	}
	p, err := s.app.Staff.Preferences(c.Request.Context(), person.ID)
	if err != nil || p.Language == "" {
		return err
	}
	p.Language = code
	return s.app.Staff.Prefer(c.Request.Context(), staff.Actor(person), p)
}

// say says an English text in the reader's language.
func say(c *gin.Context, text string, args ...any) string { return language(c).Say(text, args...) }

// tell says a sentence that is made already.
func tell(c *gin.Context, s models.Sentence) string { return say(c, s.Format, s.Args...) }

// days reads two days of a form, and says under their names in errs what is wrong with them.
func days(c *gin.Context, from, to string, errs web.Errors) (time.Time, time.Time) {
	bad := models.Mistakes{}
	a, b := history.Days(from, to, bad)
	for field, s := range bad {
		errs[field] = tell(c, s)
	}
	return a, b
}
