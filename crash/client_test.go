package crash_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
)

// client is one person at a browser that follows no redirects by itself.
type client struct {
	models.Actor
	http     *http.Client
	signedIn bool
	work     func(c *client, s *server, l *load, rng *rand.Rand)
}

// patience is how long a client waits for an answer.
const patience = 20 * time.Second

func newClient(who models.Actor, work func(c *client, s *server, l *load, rng *rand.Rand)) *client {
	jar, _ := cookiejar.New(nil) // never fails
	return &client{Actor: who, work: work, http: &http.Client{
		Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (c *client) signIn(s *server) error {
	a, err := c.post(s, "/sign-in", url.Values{"email": {c.Name + "@example.test"}, "password": {apptest.Password}})
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("signing in as %s: %d %s", c.Name, a.status, a.body)
	}
	c.signedIn = err == nil
	return err
}

// answer is what a client was told.
type answer struct {
	status         int
	body, location string
}

func (c *client) get(s *server, path string) (answer, error) {
	return c.do(http.NewRequest(http.MethodGet, s.url+path, nil))
}

func (c *client) post(s *server, path string, form url.Values) (answer, error) {
	req, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(form.Encode()))
	if err == nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return c.do(req, err)
}

func (c *client) do(req *http.Request, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, string(body), res.Header.Get("Location")}, err
}

var (
	hidden   = regexp.MustCompile(`name="(?:text_digest|digest)" value="([0-9a-f]+)"`)
	proposal = regexp.MustCompile(`/proposals/([0-9a-f-]{36})"`)
)

// digest is that of the page's form, "" where it has none.
func (a answer) digest() string {
	if m := hidden.FindStringSubmatch(a.body); m != nil {
		return m[1]
	}
	return ""
}

// proposals are those that a page leads to.
func (a answer) proposals() []string {
	var ids []string
	for _, m := range proposal.FindAllStringSubmatch(a.body, -1) {
		ids = append(ids, m[1])
	}
	return ids
}
