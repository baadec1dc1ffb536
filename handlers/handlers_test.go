package handlers_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/handlers"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// site is a World behind the HTTP handler.
type site struct {
	*apptest.World
	url string
}

func open(t testing.TB, db *dbtest.DB) *site {
	t.Helper()
	w := apptest.New(t, db)
	h, err := handlers.New(w.App, handlers.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return &site{World: w, url: srv.URL}
}

// browser is one person's: it keeps cookies and doesn't follow redirects by itself.
type browser struct {
	t    testing.TB
	site *site
	http *http.Client
}

func (s *site) browser(t testing.TB) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, site: s, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs a person in.
func (s *site) as(t testing.TB, who models.Actor) *browser {
	t.Helper()
	b := s.browser(t)
	if r := b.post("/sign-in", "email", who.Name+"@example.test", "password", apptest.Password); r.status != http.StatusSeeOther {
		t.Fatalf("signing in as %s: %d %s", who.Name, r.status, r.body)
	}
	return b
}

type answer struct {
	status   int
	body     string
	location string
	header   http.Header
}

func (b *browser) do(req *http.Request) answer {
	b.t.Helper()
	res, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, string(body), res.Header.Get("Location"), res.Header}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.site.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

// post sends a form of names and values in turn.
func (b *browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.site.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

var hidden = regexp.MustCompile(`name="(text_digest|digest)" value="([0-9a-f]+)"`)

// digest finds the hidden digest of a page's form.
func (a answer) digest(t *testing.T) string {
	t.Helper()
	m := hidden.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no digest on the page (%d):\n%s", a.status, a.body)
	}
	return m[2]
}

func (a answer) wants(t *testing.T, status int, words ...string) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d:\n%s", a.status, status, a.body)
	}
	for _, w := range words {
		if !strings.Contains(a.body, w) {
			t.Errorf("the page doesn't say %q:\n%s", w, a.body)
		}
	}
}

func TestOneRemovalByThreePeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		r := s.Review(t, s.Seller, 1)
		moor := s.as(t, s.Person(t, "moor", models.RoleModerator, models.RoleSupervisor))
		sand := s.as(t, s.Person(t, "sand", models.RoleSupervisor))
		dale := s.as(t, s.Person(t, "dale", models.RoleAuditor))
		base := "/m/" + apptest.Market

		ticket := moor.post(base + "/desk/next").location
		page := moor.get(ticket)
		page.wants(t, http.StatusOK, "Stopped working after two weeks", "FAKE_EXPERIENCE")
		ask := []string{"text_digest", page.digest(t), "reason", "FAKE_EXPERIENCE", "evidence_order", "look-up 17: none", "justification", apptest.Justification}
		moor.post(ticket+"/remove", "text_digest", page.digest(t), "reason", "FAKE_EXPERIENCE", "justification", "too short").
			wants(t, http.StatusUnprocessableEntity, "too short", "At least 40 characters")
		moor.post(ticket+"/remove", "text_digest", page.digest(t), "reason", "OTHER", "justification", apptest.Justification).
			wants(t, http.StatusUnprocessableEntity, "the list is closed")
		moor.post(ticket+"/remove", "text_digest", page.digest(t), "reason", "FAKE_EXPERIENCE", "justification", "The seller asked us to remove this review because of its stars.").
			wants(t, http.StatusUnprocessableEntity, "never a reason")
		moor.post(ticket+"/remove", ask...).wants(t, http.StatusSeeOther)
		moor.post(ticket+"/remove", ask...).wants(t, http.StatusConflict, "asked for on this ticket already")

		var p models.Proposal
		if err := s.DB.Where("subject_id = ?", r.ID).Take(&p).Error; err != nil {
			t.Fatal(err)
		}
		proposal := base + "/proposals/" + p.ID
		own := moor.get(proposal)
		own.wants(t, http.StatusOK, "You asked for this removal yourself")
		moor.post(proposal+"/approve", "digest", own.digest(t), "note", "I approve my own request.").
			wants(t, http.StatusForbidden, "somebody else has to decide")

		sand.get(base+"/approvals").wants(t, http.StatusOK, p.ID)
		page = sand.get(proposal)
		page.wants(t, http.StatusOK, "The order look-up finds no order")
		sand.post(proposal+"/approve", "digest", page.digest(t), "note", "no").wants(t, http.StatusUnprocessableEntity, "Write a note")
		sand.post(proposal+"/approve", "digest", strings.Repeat("0", 64), "note", "Checked the order look-up.").wants(t, http.StatusConflict, "What you saw")
		sand.post(proposal+"/approve", "digest", page.digest(t), "note", "Checked the order look-up.").
			wants(t, http.StatusUnprocessableEntity, "Open the evidence before you approve", "Checked the order look-up.")
		sand.post(proposal+"/evidence/1", "note", "Half a note").wants(t, http.StatusOK, "look-up 17: none", "Half a note")
		if got := s.Status(t, r); got != models.ReviewPublished {
			t.Fatalf("before the approval the review is %s", got)
		}
		sand.post(proposal+"/approve", "digest", page.digest(t), "note", "Checked the order look-up.").wants(t, http.StatusSeeOther)
		if got := s.Status(t, r); got != models.ReviewRemoved {
			t.Fatalf("after the approval the review is %s", got)
		}

		dale.get(base+"/removals").wants(t, http.StatusOK, r.ID)
		dale.get(base+"/reviews/"+r.ID).wants(t, http.StatusOK, "asked for the removal", "approved the removal", "Checked the order look-up.", apptest.Justification)
		csv := dale.get(base + "/removals.csv")
		csv.wants(t, http.StatusOK, "proposal_id,", p.ID, apptest.Justification)
		dale.get(base+"/board").wants(t, http.StatusOK)
		dale.get(base+"/record").wants(t, http.StatusOK, "own_request")
		dale.post(proposal+"/approve", "digest", page.digest(t), "note", "An auditor approves too.").wants(t, http.StatusForbidden)
		dale.post(base+"/reviews/"+r.ID+"/restore", "version", "1", "note", "An auditor restores it.").wants(t, http.StatusForbidden)
		sand.post(base+"/reviews/"+r.ID+"/restore", "version", "1", "note", "The author showed the invoice.").wants(t, http.StatusSeeOther)
		if got := s.Status(t, r); got != models.ReviewPublished {
			t.Errorf("after the restoration the review is %s", got)
		}
	})
}
