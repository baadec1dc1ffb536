package handlers_test

import (
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func TestAHoldOnItsPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		moor, sand, ada := s.Person(t, "moor", models.RoleModerator), s.Person(t, "sand", models.RoleSupervisor), s.Person(t, "ada", models.RoleAuditor)
		r := s.Review(t, s.Seller, 1)
		tk, err := s.Desk.Next(t.Context(), moor, apptest.Market)
		if err != nil {
			t.Fatal(err)
		}
		ticket, seen := "/m/olist/tickets/"+tk.ID, hex.EncodeToString(r.Digest)
		b, super, audit := s.as(t, moor), s.as(t, sand), s.as(t, ada)

		off := b.get(ticket)
		off.wants(t, http.StatusOK)
		if strings.Contains(off.body, "Hide it for now") {
			t.Error("a hold is offered where it is off")
		}
		b.post(ticket+"/hold", "text_digest", seen, "reason", "LEGAL_ORDER", "words", "A court forbids the name in it.").wants(t, http.StatusForbidden, "doesn&#39;t use holds")

		s.AllowHolds(t, 2, 90)
		b.get(ticket).wants(t, http.StatusOK, "Hide it for now", "1 hour 30 minutes", "2 holds")
		b.post(ticket+"/hold", "text_digest", seen, "reason", "FAKE_EXPERIENCE", "words", "Too short").
			wants(t, http.StatusUnprocessableEntity, "held only where it means danger", "20 to 2,000 characters", ">Too short</textarea>")
		b.post(ticket+"/hold", "text_digest", "00", "reason", "LEGAL_ORDER", "words", "A court forbids the name in it.").wants(t, http.StatusConflict)
		if got := b.post(ticket+"/hold", "text_digest", seen, "reason", "LEGAL_ORDER", "words", "A court forbids the name in it."); got.status != http.StatusSeeOther || got.location != ticket {
			t.Fatalf("%d to %q: %s", got.status, got.location, got.body)
		}
		b.get(ticket).wants(t, http.StatusOK, "Hidden for now", "Hidden since", "hid the review for a while")
		b.get("/m/olist/holds").wants(t, http.StatusForbidden)
		audit.get("/m/olist/removals?held=yes").wants(t, http.StatusOK, "never held")
		audit.get("/m/olist/removals?held=perhaps").wants(t, http.StatusUnprocessableEntity)
		audit.get("/m/olist/moderators/"+moor.ID).wants(t, http.StatusOK, "reviews held for a while")
		page := audit.get("/m/olist/holds?moderator=" + moor.ID)
		page.wants(t, http.StatusOK, "A court forbids the name in it.", "Legal order", "moor")
		if strings.Contains(page.body, "Lift the hold") {
			t.Error("an auditor is offered to lift it")
		}
		audit.get("/m/olist/holds?moderator=x").wants(t, http.StatusUnprocessableEntity)
		for _, path := range []string{"/m/olist/holds", "/m/olist/reviews/" + r.ID} {
			super.get(path).wants(t, http.StatusOK, "A court forbids the name in it.", "Lift the hold")
		}
		var h models.Hold
		if err := s.DB.Take(&h).Error; err != nil {
			t.Fatal(err)
		}
		audit.post("/m/olist/holds/"+h.ID+"/lift").wants(t, http.StatusForbidden)
		super.post("/m/elsewhere/holds/"+h.ID+"/lift").wants(t, http.StatusNotFound)
		if got := super.post("/m/olist/holds/" + h.ID + "/lift"); got.status != http.StatusSeeOther || s.Status(t, r) != models.ReviewPublished {
			t.Errorf("%d, the review is %s", got.status, s.Status(t, r))
		}
		super.post("/m/olist/holds/"+h.ID+"/lift").wants(t, http.StatusConflict)
		super.get("/m/olist/holds").wants(t, http.StatusOK, "Lifted")

		s.Review(t, s.Seller, 1)
		s.Clock.Wind(2 * time.Hour)
		for _, word := range []string{"removed by", "took it down"} {
			if strings.Contains(audit.get("/m/olist/holds").body, word) {
				t.Errorf("the page of holds says %q", word)
			}
		}
	})
}
