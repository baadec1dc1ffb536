package handlers_test

import (
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"evenhand/app/apptest"
	"evenhand/handlers"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// No route decides on more than one request: each that changes anything about one takes its id in the address, a verdict
// takes the digest of exactly that one, and naming others beside it does nothing to them.
func TestNothingDecidesInBulk(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		moor, sand := s.Person(t, "moor", models.RoleModerator), s.Person(t, "sand", models.RoleSupervisor)
		var asked []models.Proposal
		for range 2 {
			s.Review(t, s.Seller, 1)
			asked = append(asked, s.Ask(t, moor))
		}
		first, second := asked[0], asked[1]
		s.Open(t.Context(), sand, first)
		s.Open(t.Context(), sand, second)
		both := []string{"note", "Checked the order look-up.", "digest", hex.EncodeToString(second.Digest)}
		for _, name := range []string{"id", "ids", "ids[]", "proposal", "proposals", "proposal_id", "all", "digest"} {
			both = append(both, name, first.ID, name, second.ID)
		}
		h, err := handlers.New(s.App, handlers.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
		if err != nil {
			t.Fatal(err)
		}
		verdicts, b := 0, s.as(t, sand)
		for _, r := range h.(*gin.Engine).Routes() {
			if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Path == "/sign-out" || !strings.HasPrefix(r.Path, "/m/") {
				continue
			}
			one := regexp.MustCompile(`^/m/:market/(proposals|erasures|settings|routing/requests)/:id/`).MatchString(r.Path)
			if verdict := regexp.MustCompile(`approve|decline|decide|verdict`).MatchString(r.Path); verdict != (one && verdict) {
				t.Errorf("%s decides, and not on one proposal", r.Path)
			} else if verdict {
				verdicts++
			}
			path := strings.NewReplacer(":market", apptest.Market, ":id", first.ID, ":item", "1").Replace(r.Path)
			b.post(path, both...)
			for _, p := range asked {
				var state string
				if err := s.DB.Raw("SELECT state FROM proposals WHERE id = ?", p.ID).Scan(&state).Error; err != nil || state != models.ProposalOpen {
					t.Fatalf("%s of one request with another's digest: %s is %s, %v", r.Path, p.ID, state, err)
				}
			}
		}
		if verdicts != 8 {
			t.Errorf("%d routes give verdicts; want approving and declining, of removals, erasures, settings and rules of routing", verdicts)
		}
	})
}

func TestTheThreadOnItsPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		moor, sand, dale := s.Person(t, "moor", models.RoleModerator), s.Person(t, "sand", models.RoleSupervisor), s.Person(t, "dale", models.RoleAuditor)
		s.Review(t, s.Seller, 1)
		p := s.Ask(t, moor)
		base := "/m/" + apptest.Market
		page := base + "/proposals/" + p.ID
		approver, asker := s.as(t, sand), s.as(t, moor)

		approver.get(page).wants(t, http.StatusOK, "What would change", "The product’s average", "Other requests of this requester", "Open the evidence before you approve", "What the figures ask")
		if r := approver.get(page); strings.Contains(r.body, "look-up 17: no order") {
			t.Error("the evidence is shown before it is opened")
		}
		if r := asker.get(page); strings.Contains(r.body, "What the figures ask") || !strings.Contains(r.body, "look-up 17: no order") {
			t.Error("the requester sees the figures about them, or not their own evidence")
		}
		s.as(t, dale).get(page).wants(t, http.StatusOK, "look-up 17: no order", "What the figures ask")
		approver.get(page+"/evidence/1").wants(t, http.StatusSeeOther)
		if n := s.Entries(t, "evidence.open", models.OutcomeDone); n != 0 {
			t.Errorf("%d openings by a link", n)
		}
		approver.post(page+"/evidence/0").wants(t, http.StatusNotFound)
		approver.post(page+"/evidence/2").wants(t, http.StatusNotFound)

		const hostile = "<script>alert(1)</script> \u202eegassem"
		approver.post(page+"/question", "question", "Why?").wants(t, http.StatusUnprocessableEntity, "Why?", "10 to 2000 characters")
		approver.post(page+"/question", "question", hostile).wants(t, http.StatusSeeOther)
		approver.get(base+"/approvals").wants(t, http.StatusOK, "a question waits for its answer", "evidence opened 0 of 1")
		r := asker.get(page)
		r.wants(t, http.StatusOK, "An answer is due", "&lt;script&gt;", "an approver")
		if strings.Contains(r.body, "sand") {
			t.Error("the requester learns who is to decide")
		}
		if strings.Contains(r.body, "<script>alert") || strings.Contains(r.body, "\u202eegassem") {
			t.Error("a question leaves its place")
		}
		asker.get(base+"/requests").wants(t, http.StatusOK, "An approver asks you something")
		asker.get("/").wants(t, http.StatusOK, "Questions to you")
		approver.post(page+"/answer", "answer", "I answer my own question.").wants(t, http.StatusForbidden, "Only the person who asked")
		asker.post(page+"/question", "question", "May I ask myself something?").wants(t, http.StatusForbidden)
		asker.post(page+"/answer", "answer", "Short").wants(t, http.StatusUnprocessableEntity, "Short")
		asker.post(page+"/answer", "answer", "The one of yesterday.").wants(t, http.StatusSeeOther)
		approver.get(base+"/approvals").wants(t, http.StatusOK, "answered")
		approver.get(base+"/approvals?show=decided").wants(t, http.StatusOK, "You haven’t decided")
		approver.get(base+"/approvals?show=everything").wants(t, http.StatusUnprocessableEntity)
		approver.get(base+"/approvals?page=9-x").wants(t, http.StatusUnprocessableEntity)
	})
}
