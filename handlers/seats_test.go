package handlers_test

import (
	"net/http"
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// What a supervisor sees of a request that was drawn for them, and of one that wasn't.
func TestDrawnApprover(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		s.DrawApprovers(t)
		moor := s.Person(t, "moor", models.RoleModerator)
		drawn, other := s.Person(t, "sand", models.RoleSupervisor), s.Person(t, "silt", models.RoleSupervisor)
		s.Review(t, s.Seller, 1)
		p := s.Ask(t, moor)
		var id string
		if err := s.DB.Raw("SELECT approver_id FROM approver_draws").Scan(&id).Error; err != nil {
			t.Fatal(err)
		}
		if id == other.ID {
			drawn, other = other, drawn
		}
		base, page := "/m/"+apptest.Market, "/m/"+apptest.Market+"/proposals/"+p.ID
		mine, theirs := s.as(t, drawn), s.as(t, other)

		mine.get(base+"/approvals").wants(t, http.StatusOK, p.ID, "Decide")
		theirs.get(base+"/approvals").wants(t, http.StatusOK, "Nobody is waiting for you")
		theirs.get(base+"/approvals?show=all").wants(t, http.StatusOK, p.ID, "Somebody else was drawn")
		theirs.get(page).wants(t, http.StatusOK, "Somebody else was drawn")
		digest := mine.get(page).digest(t)
		if r := theirs.post(page+"/approve", "digest", digest, "note", "Looked it up again."); r.status != http.StatusForbidden {
			t.Errorf("approving what was drawn for another: %d", r.status)
		}
		if r := theirs.post(page+"/hand-back", "reason", "absent"); r.status != http.StatusForbidden {
			t.Errorf("handing back what was drawn for another: %d", r.status)
		}
		if r := mine.post(page+"/hand-back", "reason", "no idea"); r.status != http.StatusUnprocessableEntity {
			t.Errorf("handing back for no reason: %d", r.status)
		}
		if r := mine.post(page+"/hand-back", "reason", "absent"); r.status != http.StatusSeeOther {
			t.Errorf("handing back: %d %s", r.status, r.body)
		}
		mine.get(page).wants(t, http.StatusOK, "Somebody else was drawn")
		if r := theirs.post(page+"/approve", "digest", digest, "note", "Looked it up again."); r.status != http.StatusUnprocessableEntity {
			t.Errorf("approving with the evidence unopened: %d", r.status)
		}
		theirs.post(page+"/evidence/1").wants(t, http.StatusOK, "look-up 17: no order")
		if r := theirs.post(page+"/approve", "digest", digest, "note", "Looked it up again."); r.status != http.StatusSeeOther {
			t.Errorf("approving: %d %s", r.status, r.body)
		}
	})
}
