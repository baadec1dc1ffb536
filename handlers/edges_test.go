package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func TestWhoIsNotSignedIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		b := s.browser(t)
		a := b.get("/m/" + apptest.Market + "/removals?state=open")
		if a.status != http.StatusSeeOther || a.location != "/sign-in?next=%2Fm%2Folist%2Fremovals%3Fstate%3Dopen" {
			t.Errorf("%d %s", a.status, a.location)
		}
		b.post("/m/"+apptest.Market+"/desk/next").wants(t, http.StatusUnauthorized)
		for _, next := range []string{"https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test", "javascript:alert(1)"} {
			s.Person(t, "p"+models.NewID(), models.RoleAuditor)
			a := b.get("/sign-in?next=" + next)
			if strings.Contains(a.body, "elsewhere") || strings.Contains(a.body, "alert") {
				t.Errorf("next=%s stays in the form", next)
			}
		}
	})
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		moor := s.as(t, s.Person(t, "moor", models.RoleModerator))
		t.Run("headers", func(t *testing.T) {
			a := moor.get("/m/" + apptest.Market + "/desk")
			a.wants(t, http.StatusOK)
			if csp := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") {
				t.Errorf("CSP %q", csp)
			}
			if a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("headers %v", a.header)
			}
		})
		t.Run("a write from another site is refused", func(t *testing.T) {
			for header, value := range map[string]string{"Origin": "https://elsewhere.test", "Sec-Fetch-Site": "cross-site"} {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/m/olist/desk/next", nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set(header, value)
				moor.do(req).wants(t, http.StatusForbidden)
			}
		})
		t.Run("a body beyond the bound", func(t *testing.T) {
			s.Review(t, s.Seller, 1)
			ticket := moor.post("/m/" + apptest.Market + "/desk/next").location
			a := moor.post(ticket+"/remove", "justification", strings.Repeat("x", 300<<10))
			if a.status == http.StatusSeeOther || a.status >= 500 {
				t.Errorf("status %d", a.status)
			}
		})
		t.Run("addresses that are none", func(t *testing.T) {
			for path, want := range map[string]int{
				"/nothing": 404, "/m/nowhere/desk": 404, "/m/" + apptest.Other + "/desk": 404,
				"/m/olist/tickets/1": 404, "/m/olist/tickets/" + models.NewID(): 404, "/m/olist/reviews/x": 404,
				"/m/olist/requests?page=zzz": 422, "/m/olist/requests?page=a1_x": 422,
				"/m/olist/removals": 403, "/m/olist/board": 403, "/m/olist/record": 403, "/m/olist/approvals": 403, "/people": 403,
			} {
				if a := moor.get(path); a.status != want {
					t.Errorf("%s: %d, want %d", path, a.status, want)
				}
			}
			if got := s.Entries(t, "removal.search", models.OutcomeRefused); got != 1 {
				t.Errorf("%d refused looks on record; want 1", got)
			}
		})
		t.Run("a refusal for a program is problem+json", func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/m/olist/board", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept", "application/json")
			a := moor.do(req)
			a.wants(t, http.StatusForbidden, `"code":"no_right"`)
			if got := a.header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("Content-Type %q", got)
			}
		})
	})
}

func TestLeaseOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		s.Review(t, s.Seller, 1)
		moor := s.as(t, s.Person(t, "moor", models.RoleModerator))
		moss := s.as(t, s.Person(t, "moss", models.RoleModerator))
		ticket := moor.post("/m/olist/desk/next").location
		if again := moor.post("/m/olist/desk/next").location; again != ticket {
			t.Errorf("a second draw gave %s; want the ticket that is held, %s", again, ticket)
		}
		if a := moss.post("/m/olist/desk/next"); a.location != "/m/olist/desk" {
			t.Errorf("another moderator got %s", a.location)
		}
		moss.get(ticket).wants(t, http.StatusForbidden, "Somebody else has this ticket")
		moss.post(ticket+"/lease").wants(t, http.StatusConflict, "lease_taken")
		moor.post(ticket+"/lease").wants(t, http.StatusOK, "lease_until")
		digest := moor.get(ticket).digest(t)

		s.Clock.Wind(11 * time.Minute)
		if a := moss.post("/m/olist/desk/next"); a.location != ticket {
			t.Fatalf("the lapsed ticket didn't come back: %s", a.location)
		}
		moor.post(ticket+"/keep", "text_digest", digest).wants(t, http.StatusConflict, "somebody else has it now")
		moss.post(ticket+"/skip", "reason", "boring").wants(t, http.StatusUnprocessableEntity, "Choose why")
		moss.post(ticket+"/skip", "reason", "language", "note", "Portuguese").wants(t, http.StatusSeeOther)
		if a := moss.post("/m/olist/desk/next"); a.location != "/m/olist/desk" {
			t.Errorf("a skipped ticket came back to the same person: %s", a.location)
		}
		if a := moor.post("/m/olist/desk/next"); a.location != ticket {
			t.Errorf("a skipped ticket isn't given to others: %s", a.location)
		}
		moor.post(ticket+"/keep", "text_digest", strings.Repeat("0", 64)).wants(t, http.StatusConflict, "changed this review")
		moor.post(ticket+"/keep", "text_digest", digest).wants(t, http.StatusSeeOther)
		moor.post(ticket+"/keep", "text_digest", digest).wants(t, http.StatusConflict, "decided already")
	})
}

func TestDatabaseGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		moor := s.as(t, s.Person(t, "moor", models.RoleModerator))
		moor.get("/readyz").wants(t, http.StatusOK)
		if err := models.Close(db.DB); err != nil {
			t.Fatal(err)
		}
		moor.get("/healthz").wants(t, http.StatusOK)
		moor.get("/readyz").wants(t, http.StatusServiceUnavailable)
		a := moor.post("/m/olist/desk/next")
		a.wants(t, http.StatusServiceUnavailable, "Nothing was changed")
		if a.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	})
}
