package e2e

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"testing"
)

// statementLink is the author's link, as whoever passes statements on takes it out.
func (s *site) statementLink(t *testing.T, by account) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	get := func(res *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	get(c.PostForm(s.url+"/sign-in", url.Values{"email": {by.email}, "password": {by.password}}))
	list := get(c.Get(s.url + s.at("/statements")))
	text := regexp.MustCompile(`/m/[a-z]+/statements/[0-9a-f-]{36}`).FindString(list)
	if text == "" {
		t.Fatalf("no statement in the list:\n%s", tail(list))
	}
	link := regexp.MustCompile(`/s/[A-Za-z0-9_-]{43}`).FindString(get(c.Get(s.url + text)))
	if link == "" {
		t.Fatal("the text has no link")
	}
	return link
}

// The author opens the link, appeals, a drawn supervisor reverses, and the author reads why; with scripts and without.
func TestAnAppealBringsAReviewBack(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, sqlite(t), folder(t, ordinary(20)...))
			mo, sue := s.as(t, s.staff(t, "Mona Ortega", "moderator")), s.as(t, s.staff(t, "Sue Vance", "supervisor"))
			_, proposal := mo.ask()
			sue.visit(proposal)
			sue.openEvidence()
			sue.write("#decide-note", note)
			sue.follow("button", "Approve the removal")
			sue.sees("Two people have agreed")
			third, auditor := s.staff(t, "Tom Reed", "supervisor"), s.staff(t, "Ada Ditmars", "auditor")
			link := s.statementLink(t, auditor)
			author, tom := s.browser(t), s.browser(t)
			if !scripts {
				author.noScript()
				tom.noScript()
			}
			author.visit(link)
			author.sees("Why your review was removed", "No genuine purchase or use", "independently")
			author.write("#appeal-words", "I bought this on 3 March; the invoice is in my account.")
			author.follow("button", "Send the appeal")
			author.sees("It is being looked at", "the invoice is in my account")

			tom.signIn(third)
			tom.visit(s.at("/appeals"))
			tom.follow(".item a", "Answer it")
			tom.sees("the invoice is in my account", why, evidence)
			tom.click("#answer-verdict", "")
			tom.write("#answer-words", "The order is there: the look-up had missed it. We are sorry for this.")
			tom.follow("button", "Send the answer")
			tom.sees("The review is published again")

			author.visit(link)
			author.sees("Your review is published again", "The removal was wrong", "the look-up had missed it")
			sue.visit(proposal)
			sue.follow(".review-more a", "")
			sue.sees("Published", "Reversed on appeal")
			run(t, s.settings, "verify")
		})
	}
}
