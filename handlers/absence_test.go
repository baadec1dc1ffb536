package handlers_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"evenhand/app/apptest"
	"evenhand/handlers"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

// blindSite is a desk that works blind, with names in it that are like no others.
type blindSite struct {
	*site
	routes gin.RoutesInfo
	log    *syncBuffer
	ids    map[string][]string // by the part of an address that they fill in
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func openBlind(t *testing.T, db *dbtest.DB) *blindSite {
	t.Helper()
	w, log := apptest.New(t, db), &syncBuffer{}
	w.Blind(t)
	w.AllowHolds(t, 2, 240)
	h, err := handlers.New(w.App, handlers.Options{Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return &blindSite{site: &site{World: w, url: srv.URL}, routes: h.(*gin.Engine).Routes(), log: log, ids: map[string][]string{}}
}

// parties are a seller, a product and an author with names that stand nowhere else.
func (s *blindSite) parties(t *testing.T, name string) (needles []string) {
	t.Helper()
	s.Seller = s.NewSeller(t, "quill-seller-"+name)
	s.Product = models.Product{MarketplaceID: apptest.Market, ID: models.NewID(), ExternalID: "quill-product-" + name, Title: "Kettle", Category: "kitchen", CreatedAt: s.Now()}
	s.Customer = models.Customer{MarketplaceID: apptest.Market, ID: models.NewID(), ExternalID: "quill-customer-" + name, CreatedAt: s.Now()}
	for _, row := range []any{&s.Product, &s.Customer} {
		if err := s.DB.Create(row).Error; err != nil {
			t.Fatal(err)
		}
	}
	label := "Author " + s.Customer.ID[len(s.Customer.ID)-4:]
	return []string{s.Seller.Name, s.Seller.ExternalID, s.Seller.ID, s.Product.ExternalID, s.Product.ID, s.Customer.ExternalID, s.Customer.ID, label}
}

// holds has somebody draw the ticket of a new review.
func (s *blindSite) holds(t *testing.T, who models.Actor) (models.Review, models.Ticket) {
	t.Helper()
	r := s.Review(t, s.Seller, 1)
	k, err := s.Desk.Next(t.Context(), who, apptest.Market)
	if err != nil || k.ReviewID != r.ID {
		t.Fatalf("drew %s, %v; want the ticket of %s", k.ReviewID, err, r.ID)
	}
	s.ids["tickets"], s.ids["reviews"] = append(s.ids["tickets"], k.ID), append(s.ids["reviews"], r.ID)
	return r, k
}

// asks has somebody ask for the removal of a new review, with another review of the same seller as evidence.
func (s *blindSite) asks(t *testing.T, who models.Actor) models.Proposal {
	t.Helper()
	other := s.Review(t, s.Seller, 5)
	if k, err := s.Desk.Next(t.Context(), who, apptest.Market); err != nil || s.Desk.Keep(t.Context(), who, apptest.Market, k.ID, other.Digest) != nil {
		t.Fatalf("keeping the other review: %v", err)
	}
	r, k := s.holds(t, who)
	if _, err := s.Desk.PlaceHold(t.Context(), who, moderation.Hold{Marketplace: apptest.Market, Ticket: k.ID, Seen: r.Digest, Reason: "LEGAL_ORDER", Words: "A court forbids the name in it."}); err != nil {
		t.Fatal(err)
	}
	p, err := s.Desk.Request(t.Context(), who, moderation.Ask{
		Marketplace: apptest.Market, Ticket: k.ID, Seen: r.Digest, Reason: "FAKE_EXPERIENCE", Justification: apptest.Justification,
		Evidence: []moderation.Evidence{{Kind: moderation.EvidenceReviews, Value: other.ID}, {Kind: moderation.EvidenceOrder, Value: "look-up 17: no order"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.ids["proposals"] = append(s.ids["proposals"], p.ID)
	return p
}

// posts are the forms that the walk sends to each route that takes one: such as are refused, so that pages are shown
// again with what is wrong, and such as leave everything for the next viewer. nil isn't sent, and says why.
var posts = map[string]struct {
	form []string
	not  string
}{
	"/sign-in":                           {[]string{"email", "nobody@example.test", "password", "x"}, ""},
	"/sign-out":                          {nil, "ends the session"},
	"/s/:token/appeal":                   {[]string{"words", "x"}, ""},
	"/m/:market/desk/next":               {[]string{}, ""},
	"/m/:market/tickets/:id/keep":        {[]string{"text_digest", "00"}, ""},
	"/m/:market/tickets/:id/remove":      {[]string{"text_digest", "00", "reason", "OFF_TOPIC", "remedy", "move", "product", "x", "seller", "y"}, ""},
	"/m/:market/tickets/:id/check":       {[]string{"text_digest", "00", "reason", "FAKE_EXPERIENCE", "evidence_order", "look-up 17"}, ""},
	"/m/:market/tickets/:id/set":         {[]string{"do", "search", "seller", "1", "author", "1"}, ""},
	"/m/:market/tickets/:id/skip":        {[]string{"reason", "none"}, ""},
	"/m/:market/tickets/:id/release":     {nil, "gives the ticket away"},
	"/m/:market/tickets/:id/lease":       {[]string{}, ""},
	"/m/:market/tickets/:id/hold":        {[]string{"text_digest", "00", "reason", "none", "words", "no"}, ""},
	"/m/:market/holds/:id/lift":          {nil, "ends the hold"},
	"/m/:market/tickets/:id/unmask":      {[]string{"purpose", "none", "words", "no"}, ""},
	"/m/:market/proposals/:id/approve":   {[]string{"digest", "00", "note", "no"}, ""},
	"/m/:market/proposals/:id/decline":   {[]string{"digest", "00", "note", "Long enough, and stale."}, ""},
	"/m/:market/proposals/:id/withdraw":  {[]string{"digest", "00"}, ""},
	"/m/:market/proposals/:id/hand-back": {[]string{"reason", "none"}, ""},
	"/m/:market/proposals/:id/unmask":    {[]string{"purpose", "none", "words", "no"}, ""},
	"/m/:market/proposals/:id/question":  {[]string{"question", "no"}, ""},
	"/m/:market/proposals/:id/answer":    {[]string{"answer", "no"}, ""},

	"/m/:market/proposals/:id/evidence/:item":  {[]string{"note", "kept"}, ""},
	"/m/:market/filters":                       {[]string{"name", "x"}, ""},
	"/m/:market/filters/:id/rename":            {[]string{"name", "x"}, ""},
	"/m/:market/filters/:id/delete":            {[]string{}, ""},
	"/m/:market/reviews/:id/restore":           {[]string{"version", "1", "note", "no"}, ""},
	"/m/:market/reviews/:id/test":              {[]string{"version", "99"}, ""},
	"/m/:market/appeals/:id/answer":            {[]string{"words", "x"}, ""},
	"/m/:market/appeals/:id/hand-back":         {[]string{"reason", "none"}, ""},
	"/m/:market/erasures":                      {[]string{"customer", "x"}, ""},
	"/m/:market/erasures/:id/approve":          {[]string{"digest", "00", "note", "no"}, ""},
	"/m/:market/erasures/:id/decline":          {[]string{"digest", "00", "note", "no"}, ""},
	"/m/:market/erasures/:id/withdraw":         {[]string{"digest", "00"}, ""},
	"/m/:market/settings":                      {[]string{"lease_minutes", "x"}, ""},
	"/m/:market/settings/:id/approve":          {[]string{"digest", "00", "note", "no"}, ""},
	"/m/:market/settings/:id/decline":          {[]string{"digest", "00", "note", "no"}, ""},
	"/m/:market/settings/:id/withdraw":         {[]string{"digest", "00"}, ""},
	"/m/:market/interests":                     {[]string{"seller", "nobody", "relation", "friend"}, ""},
	"/m/:market/interests/:id/end":             {[]string{}, ""},
	"/m/:market/log/export":                    {[]string{}, ""},
	"/m/:market/break":                         {nil, "gives the ticket away"},
	"/m/:market/tickets/:id/escalate":          {[]string{"skill", "none", "reason", "none", "note", "no"}, ""},
	"/m/:market/shift":                         {[]string{"state", "none"}, ""},
	"/m/:market/routing/edit":                  {[]string{"count", "1", "do", "ask"}, ""},
	"/m/:market/routing/requests/:id/approve":  {[]string{"digest", "00", "note", "no"}, ""},
	"/m/:market/routing/requests/:id/decline":  {[]string{"digest", "00", "note", "no"}, ""},
	"/m/:market/routing/requests/:id/withdraw": {[]string{"digest", "00"}, ""},
	"/m/:market/templates":                     {[]string{"name", "x"}, ""},
	"/m/:market/templates/:id/delete":          {[]string{}, ""},
	"/language":                                {[]string{"language", "none"}, ""},
	"/preferences":                             {[]string{"language", "none"}, ""},
}

// queries are what is asked of a list beyond its address.
var queries = map[string][]string{
	"/m/:market/approvals": {"?show=all", "?show=decided"},
	"/m/:market/removals":  {"?seller=quill", "?q=quill"},
	"/m/:market/jump":      {"?q=quill", "?q=order"},
}

// addresses fills a route in. A part that nothing is known of is a route that the walk can't take, which is an error.
func (s *blindSite) addresses(t *testing.T, route string) []string {
	t.Helper()
	out := []string{""}
	parts := strings.Split(strings.TrimPrefix(route, "/"), "/")
	for i, part := range parts {
		with := []string{part}
		switch {
		case part == ":market":
			with = []string{apptest.Market}
		case part == ":item":
			with = []string{"1"}
		case part == ":file", part == ":token", part == "*file", part == "*path":
			with = []string{models.NewID()}
		case strings.HasPrefix(part, ":"):
			if with = s.ids[parts[i-1]]; part == ":approver" || part == ":seller" {
				with = s.ids[part]
			}
			if len(with) == 0 {
				t.Errorf("%s: say in openBlind's ids what %s is", route, part)
			}
		}
		var longer []string
		for _, a := range out {
			for _, p := range with {
				longer = append(longer, a+"/"+p)
			}
		}
		out = longer
	}
	for _, q := range queries[route] {
		out = append(out, out[0]+q)
	}
	return out
}

// walk fetches everything there is as somebody, as a page and as data, and looks for what they must not find.
func (s *blindSite) walk(t *testing.T, who models.Actor, needles []string) {
	t.Helper()
	b := s.as(t, who)
	look := func(what string, a answer) {
		t.Helper()
		var head bytes.Buffer
		_ = a.header.Write(&head)
		text := strings.ToLower(head.String() + a.body)
		if plain, err := url.QueryUnescape(head.String()); err == nil {
			text += strings.ToLower(plain)
		}
		for _, n := range needles {
			if strings.Contains(text, strings.ToLower(n)) {
				t.Errorf("%s reads %q at %s (%d)", who.Name, n, what, a.status)
			}
		}
	}
	for i, r := range s.routes {
		form, listed := posts[r.Path]
		if r.Method == http.MethodPost && !listed {
			t.Errorf("POST %s isn't in the list of forms: say what the walk is to send", r.Path)
			continue
		}
		if dbtest.UnderRace && i%4 > 0 { // all of them are walked without the race detector
			continue
		}
		if r.Method == http.MethodHead || r.Method == http.MethodPost && form.not != "" {
			continue
		}
		if r.Path == "/m/:market/live" { // it goes on; the first news say all there is to say
			counts := b.listen(t, "/m/"+apptest.Market+"/live")
			look("GET "+r.Path, answer{body: counts.says(`"queue"`, `"approvals"`)})
			counts.close()
			continue
		}
		for _, address := range s.addresses(t, r.Path) {
			for _, accept := range []string{"", "application/json"} {
				body := io.Reader(nil)
				if r.Method == http.MethodPost {
					values := url.Values{}
					for i := 0; i+1 < len(form.form); i += 2 {
						values.Set(form.form[i], form.form[i+1])
					}
					body = strings.NewReader(values.Encode())
				}
				req, err := http.NewRequestWithContext(t.Context(), r.Method, s.url+address, body)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Accept", accept)
				if body != nil {
					req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				}
				a := b.do(req)
				if a.status >= http.StatusInternalServerError {
					t.Errorf("%s %s: %d", r.Method, address, a.status)
				}
				look(r.Method+" "+address+" "+accept, a)
				if a.status < http.StatusBadRequest {
					break // only what fails has an answer for programs
				}
			}
		}
	}
}

// Nobody who works blind finds what is hidden from them, at any address that the product has, in a page, as data, in an
// export, in an answer's headers, in the server's log or in its metrics.
func TestHiddenNamesAreNowhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := openBlind(t, db)
		zeb := s.Person(t, "zebulon-quill", models.RoleModerator)
		moss, sand := s.Person(t, "moss", models.RoleModerator), s.Person(t, "sand", models.RoleSupervisor)
		both, dale := s.Person(t, "both", models.RoleModerator, models.RoleSupervisor), s.Person(t, "dale", models.RoleAuditor)
		none := []string{models.NewID()}
		for _, part := range []string{"statements", "appeals", "erasures", "settings", "requests", "interests", "filters", "record", "templates", "holds"} {
			s.ids[part] = none
		}

		first := s.parties(t, "one")
		asked := s.asks(t, zeb)
		if err := s.Desk.AskBack(t.Context(), sand, apptest.Market, asked.ID, "Which order was looked up?"); err != nil {
			t.Fatal(err)
		}
		if err := s.Desk.Answer(t.Context(), zeb, apptest.Market, asked.ID, "The one on the flag, twice."); err != nil {
			t.Fatal(err)
		}
		second := append(s.parties(t, "two"), "order-1")
		s.asks(t, moss)
		kept, k := s.holds(t, moss)
		if err := s.Desk.Keep(t.Context(), moss, apptest.Market, k.ID, kept.Digest); err != nil {
			t.Fatal(err)
		}
		s.holds(t, moss)
		third := s.parties(t, "three")
		s.asks(t, both)
		s.holds(t, both)
		s.ids["moderators"], s.ids["approvers"], s.ids["pairs"], s.ids["board"] = []string{moss.ID}, []string{sand.ID}, []string{moss.ID}, []string{moss.ID}
		s.ids[":approver"], s.ids[":seller"], s.ids["sellers"] = []string{sand.ID}, none, none

		requester := []string{zeb.Name, zeb.ID, zeb.Name + "@example.test"}
		s.walk(t, moss, append(second, append(first, third...)...))
		s.walk(t, sand, requester)
		s.walk(t, both, append(third, requester...))
		theirs := "/m/" + apptest.Market + "/holds?moderator=" + zeb.ID
		if page := s.as(t, sand).get(theirs); page.status != http.StatusOK || strings.Contains(page.body, asked.SubjectID) {
			t.Errorf("one person's holds tell who held (%d)", page.status)
		}
		s.as(t, dale).get(theirs).wants(t, http.StatusOK, asked.SubjectID, zeb.Name, first[0])
		said := s.browser(t).get("/metrics").body + s.log.text()
		for _, n := range append(append(append(requester, first...), second...), third...) {
			if strings.Contains(said, n) {
				t.Errorf("the log or the metrics say %q", n)
			}
		}

		// And these are what is looked for: who may read them does.
		page := s.as(t, dale).get("/m/" + apptest.Market + "/proposals/" + asked.ID)
		page.wants(t, http.StatusOK, zeb.Name, first[0])
		s.Set(t, "blind_parties", models.BlindNever, "blind_requester", models.BlindNever)
		held := "/m/" + apptest.Market + "/tickets/" + s.ids["tickets"][3-1]
		s.as(t, moss).get(held).wants(t, http.StatusOK, second[0])
		s.as(t, sand).get("/m/"+apptest.Market+"/proposals/"+asked.ID).wants(t, http.StatusOK, zeb.Name)
		s.as(t, sand).get("/m/"+apptest.Market+"/reviews/"+asked.SubjectID).wants(t, http.StatusOK, zeb.Name)
	})
}
