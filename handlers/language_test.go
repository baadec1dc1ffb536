package handlers_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// english are words that no German sentence has.
var english = regexp.MustCompile(`(?i)\b(the|and|of|for|with|you|your|were|this|that|not|asked|removed|approved|declined|review|reviews|request|nobody|from|who|what|at|to|by|is|are|it)\b`)

// cited is what somebody wrote, inside a German sentence.
var cited = regexp.MustCompile(`„[^“]*“`)

// saidIn are the texts of a page that the program says itself: not what people wrote, not code, not foreign words.
func saidIn(t *testing.T, page string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			out = append(out, strings.TrimSpace(n.Data))
		}
		if n.Type == html.ElementNode {
			if slices.Contains([]string{"bdi", "blockquote", "q", "code", "kbd", "pre", "script", "style", "textarea"}, n.Data) {
				return
			}
			for _, a := range n.Attr {
				switch {
				case a.Key == "lang" && a.Val == "en", a.Key == "class" && slices.ContainsFunc([]string{"said-text", "flag-text", "words", "queue"}, func(c string) bool { return strings.Contains(a.Val, c) }):
					return
				case a.Key == "aria-label", a.Key == "title", a.Key == "data-label", a.Key == "placeholder":
					out = append(out, a.Val)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return out
}

// speaksGerman wants a page in German with no English left.
func (a answer) speaksGerman(t *testing.T, path string, status int) {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s: status %d, want %d:\n%s", path, a.status, status, a.body)
	}
	if !strings.Contains(a.body, `<html lang="de"`) {
		t.Errorf("%s isn't in German", path)
	}
	for _, text := range saidIn(t, a.body) {
		if english.MatchString(cited.ReplaceAllString(text, "")) {
			t.Errorf("%s says in English: %s", path, text)
		}
	}
}

func TestEveryPageSpeaksGerman(t *testing.T) {
	t.Parallel()
	s := open(t, dbtest.SQLite(t))
	base := "/m/" + apptest.Market
	r := s.Review(t, s.Seller, 1)
	s.Review(t, s.Seller, 2)
	moderator, approver := s.Person(t, "moor", models.RoleModerator), s.Person(t, "sand", models.RoleSupervisor)
	moor, sand := s.as(t, moderator), s.as(t, approver)
	dale, adam := s.as(t, s.Person(t, "dale", models.RoleAuditor)), s.as(t, s.Person(t, "adam", models.RoleAdministrator))
	for _, b := range []*browser{moor, sand, dale, adam} {
		b.post("/language", "language", "de", "back", base+"/desk").wants(t, http.StatusSeeOther)
	}
	get := func(b *browser, status int, paths ...string) {
		t.Helper()
		for _, path := range paths {
			b.get(path).speaksGerman(t, path, status)
		}
	}

	get(moor, http.StatusOK, base+"/desk", base+"/requests", base+"/interests", base+"/policy")
	ticket := moor.post(base + "/desk/next").location
	page := moor.get(ticket)
	page.speaksGerman(t, "ticket", http.StatusOK)
	ask := []string{"text_digest", page.digest(t), "reason", "FAKE_EXPERIENCE", "justification", "too short", "evidence_reviews", "x"}
	moor.post(ticket+"/remove", ask...).speaksGerman(t, "remove", http.StatusUnprocessableEntity)
	moor.post(ticket+"/remove", append(ask, "remedy", "label")...).speaksGerman(t, "label", http.StatusUnprocessableEntity)
	moor.post(ticket+"/remove", "text_digest", page.digest(t), "reason", "PERSONAL_DATA", "remedy", "redact", "redact", "nowhere", "justification", "short").
		speaksGerman(t, "redact", http.StatusUnprocessableEntity)
	moor.post(ticket+"/remove", "text_digest", page.digest(t), "reason", "FAKE_EXPERIENCE", "justification", "The seller asked us to remove this review because of its stars.").
		speaksGerman(t, "never valid", http.StatusUnprocessableEntity)
	moor.post(ticket+"/skip", "reason", "x").speaksGerman(t, "skip", http.StatusUnprocessableEntity)
	moor.post(ticket+"/remove", "text_digest", page.digest(t), "reason", "FAKE_EXPERIENCE", "evidence_order", "17", "justification", apptest.Justification).wants(t, http.StatusSeeOther)
	get(moor, http.StatusOK, base+"/desk", ticket, base+"/requests")

	var p models.Proposal
	if err := s.DB.Where("kind = ?", models.KindRemoveReview).Take(&p).Error; err != nil {
		t.Fatal(err)
	}
	proposal := base + "/proposals/" + p.ID
	get(moor, http.StatusOK, proposal)
	moor.post(proposal+"/approve", "digest", moor.get(proposal).digest(t), "note", "My own.").speaksGerman(t, "own request", http.StatusForbidden)
	get(sand, http.StatusOK, base+"/approvals", base+"/approvals?show=all", base+"/approvals?show=decided", proposal, base+"/appeals")
	sand.post(proposal+"/approve", "digest", sand.get(proposal).digest(t), "note", "no").speaksGerman(t, "short note", http.StatusUnprocessableEntity)
	sand.post(proposal+"/approve", "digest", sand.get(proposal).digest(t), "note", "Long enough, and unopened.").speaksGerman(t, "unopened", http.StatusUnprocessableEntity)
	sand.post(proposal+"/question", "question", "Which order was it that you looked up?").wants(t, http.StatusSeeOther)
	get(moor, http.StatusOK, proposal, base+"/requests")
	moor.post(proposal+"/answer", "answer", "The one of the third of March.").wants(t, http.StatusSeeOther)
	sand.post(proposal+"/evidence/1").speaksGerman(t, "opened", http.StatusOK)
	sand.post(proposal+"/approve", "digest", sand.get(proposal).digest(t), "note", "Checked the order look-up.").wants(t, http.StatusSeeOther)
	get(sand, http.StatusOK, proposal, base+"/approvals?show=decided", base+"/reviews/"+p.SubjectID)

	get(dale, http.StatusOK, "/", base+"/removals", base+"/removals?state=open&stars=1&from=2020-01-01", base+"/removals/compare", base+"/filters", base+"/board", base+"/record", base+"/log",
		base+"/looks", base+"/looks?show=all", base+"/statements", base+"/appeals?show=all", base+"/neutrality", base+"/reviews/"+r.ID, base+"/sellers/"+s.Seller.ID,
		base+"/moderators/"+moderator.ID, base+"/approvers/"+approver.ID, base+"/pairs/"+moderator.ID+"/"+approver.ID, base+"/erasures", "/people", base+"/record/"+p.ID)
	get(dale, http.StatusUnprocessableEntity, base+"/removals?seller=nobody&stars=9&state=x&from=y&asof=z&reason=q&verified=no-idea", base+"/removals/compare?from=2026-03-09&to=2026-03-01", base+"/record?from=x", base+"/neutrality?from=x")
	get(dale, http.StatusNotFound, base+"/reviews/x", "/m/elsewhere/desk", "/no/such/page", base+"/board/"+moderator.ID+"/"+approver.ID)
	get(dale, http.StatusForbidden, base+"/desk")

	adam.post(base+"/erasures", "customer", "nobody", "reference", "Mr. B", "justification", "short").speaksGerman(t, "erasure", http.StatusUnprocessableEntity)
	asked := adam.post(base+"/erasures", "customer", "customer-1", "reference", "DSR-2026-0117", "justification", "The customer asked in writing on 3 March; support has checked who they are.")
	get(adam, http.StatusOK, asked.location, base+"/erasures", "/people", base+"/policy")
}

func TestLanguageIsChosenOnceAndKept(t *testing.T) {
	t.Parallel()
	s := open(t, dbtest.SQLite(t))
	b := s.browser(t)
	b.get("/sign-in").wants(t, http.StatusOK, `<html lang="en"`, "Sign in")
	accepts := func(languages string) answer {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/sign-in", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", languages)
		return b.do(req)
	}
	accepts("de-CH, en;q=0.5").wants(t, http.StatusOK, `<html lang="de"`, "Anmelden")
	if a := b.post("/language", "language", "en", "back", "/sign-in?next=%2Fpeople"); a.status != http.StatusSeeOther || a.location != "/sign-in?next=%2Fpeople" {
		t.Errorf("choosing a language: %d to %q", a.status, a.location)
	}
	accepts("de-CH, en;q=0.5").wants(t, http.StatusOK, `<html lang="en"`)
	if a := b.post("/language", "language", "de", "back", "https://elsewhere.test/"); a.location != "/" {
		t.Errorf("led to %q", a.location)
	}
	b.post("/sign-in", "email", "nobody@example.test", "password", "wrong").wants(t, http.StatusUnauthorized, "Die E-Mail oder das Passwort ist falsch.")
	b.post("/language", "language", "xx").wants(t, http.StatusUnprocessableEntity, "In dieser Sprache gibt es keine Seiten.")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/people", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	b.do(req).wants(t, http.StatusUnauthorized, "You aren't signed in") // programs are spoken to in English
}
