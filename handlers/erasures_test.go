package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func TestErasureOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		base, words := "/m/"+apptest.Market, "Erased at the author’s request"
		s.Review(t, s.Seller, 1)
		moderator, approver := s.Person(t, "moor", models.RoleModerator), s.Person(t, "sand", models.RoleSupervisor)
		removed := s.Ask(t, moderator)
		if err := s.Approve(t.Context(), approver, removed); err != nil {
			t.Fatal(err)
		}
		s.Review(t, s.Seller, 2)
		waiting := s.Ask(t, moderator)
		moor, sand, dale := s.as(t, moderator), s.as(t, approver), s.as(t, s.Person(t, "dale", models.RoleAuditor))
		adam, beryl := s.as(t, s.Person(t, "adam", models.RoleAdministrator)), s.as(t, s.Person(t, "beryl", models.RoleAdministrator))
		ivy := s.as(t, s.Person(t, "ivy", models.RoleInvestigator))

		ask := []string{"customer", "customer-1", "reference", "DSR-2026-0117", "justification", "The customer asked in writing on 3 March; support has checked who they are."}
		moor.get(base+"/erasures").wants(t, http.StatusForbidden)
		sand.post(base+"/erasures", ask...).wants(t, http.StatusForbidden)
		dale.get(base+"/erasures").wants(t, http.StatusOK, "No erasure has been asked for.")
		dale.post(base+"/erasures", ask...).wants(t, http.StatusForbidden)
		adam.get(base+"/policy").wants(t, http.StatusOK, `href="`+base+`/erasures"`)
		adam.post(base+"/erasures", "customer", "nobody", "reference", "Mr. B", "justification", "short").
			wants(t, http.StatusUnprocessableEntity, "There is no customer with this id here", "3 to 40 letters", "at least 40 characters")
		adam.post(base+"/erasures", "customer", "customer-1", "reference", "DSR-1", "justification", "This is customer-1, who asked in writing on 3 March, checked.").
			wants(t, http.StatusUnprocessableEntity, "This names the customer")

		asked := ivy.post(base+"/erasures", ask...)
		if asked.status != http.StatusSeeOther {
			t.Fatalf("asking: %d %s", asked.status, asked.body)
		}
		page := asked.location
		adam.post(base+"/erasures", ask...).wants(t, http.StatusConflict, "has been asked for already")
		ivy.get(page).wants(t, http.StatusOK, "Withdraw your request", "customer-1", "DSR-2026-0117", "2 reviews, 1 of them removed")
		shown := adam.get(page)
		shown.wants(t, http.StatusOK, "Approve the erasure")
		digest := shown.digest(t)
		ivy.post(page+"/approve", "digest", digest, "note", "I compared it with the case.").wants(t, http.StatusForbidden)
		adam.post(page+"/approve", "digest", digest, "note", "ok").wants(t, http.StatusUnprocessableEntity, "10 to 4000 characters")
		adam.post(page+"/approve", "digest", digest, "note", "It is customer-1, I compared it.").wants(t, http.StatusUnprocessableEntity, "names the customer")
		adam.post(page+"/approve", "digest", "00", "note", "I compared it with the case.").wants(t, http.StatusConflict)
		if a := adam.post(page+"/approve", "digest", digest, "note", "I compared it with the case."); a.status != http.StatusSeeOther {
			t.Fatalf("approving: %d %s", a.status, a.body)
		}
		if err := s.Sequencer.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		beryl.get(base+"/erasures").wants(t, http.StatusOK, "Case DSR-2026-0117", "Erased")
		beryl.get(page).wants(t, http.StatusOK, "Two people agreed, and what the customer wrote is gone", "I compared it with the case.")

		sand.get(base+"/proposals/"+removed.ID).wants(t, http.StatusOK, words, "Erased with what the author wrote")
		sand.get(base+"/proposals/"+waiting.ID).wants(t, http.StatusOK, words, "erased while the request was open")
		sand.get(base+"/reviews/"+removed.SubjectID).wants(t, http.StatusOK, words, "erased what the customer wrote", "Removed")
		moor.get(base+"/requests").wants(t, http.StatusOK, "erased at the author’s request")
		dale.get(base+"/removals").wants(t, http.StatusOK, "erased at the author’s request")
		dale.get(base+"/record").wants(t, http.StatusOK, base+"/erasures/", "erased what the customer wrote")
		sand.get(base+"/approvals").wants(t, http.StatusOK, "Nobody is waiting for you")
		var ticket string
		s.DB.Raw("SELECT ticket_id FROM removal_requests WHERE proposal_id = ?", waiting.ID).Scan(&ticket)
		moor.get(base+"/tickets/"+ticket).wants(t, http.StatusOK, words, "This ticket has been decided")
		export := dale.get(base + "/removals.csv")
		export.wants(t, http.StatusOK, removed.ID, waiting.ID)
		for _, gone := range []string{"Stopped working", "order look-up", "customer-1", "not a customer"} {
			for _, a := range []answer{export, sand.get(base + "/reviews/" + removed.SubjectID), dale.get(base + "/removals"), beryl.get(page)} {
				if strings.Contains(a.body, gone) {
					t.Errorf("%q is still shown:\n%s", gone, a.body)
				}
			}
		}
	})
}

func TestErasureDeclinedAndWithdrawn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		r := s.Review(t, s.Seller, 1)
		base := "/m/" + apptest.Market
		adam, beryl := s.as(t, s.Person(t, "adam", models.RoleAdministrator)), s.as(t, s.Person(t, "beryl", models.RoleAdministrator))
		ask := []string{"customer", "customer-1", "reference", "DSR-7", "justification", "The customer asked in writing on 3 March; support has checked who they are."}
		page := adam.post(base+"/erasures", ask...).location
		own := adam.get(page)
		own.wants(t, http.StatusOK, "You asked for this erasure yourself")
		digest := own.digest(t)
		beryl.post(page+"/decline", "digest", digest, "note", "There is no such case.")
		beryl.get(page).wants(t, http.StatusOK, "Somebody else declined it", "There is no such case.")
		page = adam.post(base+"/erasures", ask...).location
		digest = adam.get(page).digest(t)
		beryl.post(page+"/withdraw", "digest", digest).wants(t, http.StatusForbidden)
		adam.post(page+"/withdraw", "digest", digest)
		adam.get(page).wants(t, http.StatusOK, "The requester took it back")
		var body string
		s.DB.Raw("SELECT body FROM reviews WHERE id = ?", r.ID).Scan(&body)
		if body == "" {
			t.Error("the text is gone")
		}
	})
}
