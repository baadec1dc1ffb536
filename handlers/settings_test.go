package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func TestSettingsOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		base, why := "/m/"+apptest.Market+"/settings", "The review desk was measured in spring, and this came of it."
		adam, beryl := s.as(t, s.Person(t, "adam", models.RoleAdministrator)), s.as(t, s.Person(t, "beryl", models.RoleAdministrator))
		sand, dale := s.as(t, s.Person(t, "sand", models.RoleSupervisor)), s.as(t, s.Person(t, "dale", models.RoleAuditor))
		ask := []string{"was_lease_minutes", "10", "lease_minutes", "60", "was_proposal_ttl_hours", "72", "proposal_ttl_hours", "72", "justification", why}

		sand.get(base).wants(t, http.StatusForbidden)
		sand.post(base, ask...).wants(t, http.StatusForbidden)
		reader := dale.get(base)
		reader.wants(t, http.StatusOK, "Holding a ticket", "As the marketplace began")
		if strings.Contains(reader.body, "Ask for the change") {
			t.Error("an auditor is offered the form")
		}
		dale.post(base, ask...).wants(t, http.StatusForbidden)
		adam.get(base).wants(t, http.StatusOK, `name="was_lease_minutes" value="10"`, "Ask for the change")
		adam.post(base, "was_lease_minutes", "10", "lease_minutes", "600", "justification", "short").
			wants(t, http.StatusUnprocessableEntity, `value="600"`, "from 1 to 120", "at least 40 characters", "short")
		adam.post(base, "was_lease_minutes", "9", "lease_minutes", "12", "justification", why).
			wants(t, http.StatusUnprocessableEntity, "Somebody changed this since you opened the page", why)

		page := adam.post(base, ask...).location
		adam.post(base, ask...).wants(t, http.StatusConflict, "asked for already")
		own := adam.get(page)
		own.wants(t, http.StatusOK, "This weakens control.", "10 minutes", "60 minutes", "Tickets that are held keep their time", "Withdraw your request")
		if strings.Contains(own.body, "72 hours") {
			t.Error("what stays is shown as a change")
		}
		digest := own.digest(t)
		adam.post(page+"/approve", "digest", digest, "note", "I approve it myself.").wants(t, http.StatusForbidden)
		dale.post(page+"/approve", "digest", digest, "note", "I approve as an auditor.").wants(t, http.StatusForbidden)
		beryl.post(page+"/approve", "digest", digest, "note", "ok").wants(t, http.StatusUnprocessableEntity, "10 to 4000 characters")
		beryl.post(page+"/approve", "digest", "00", "note", "I read the measurements.").wants(t, http.StatusConflict)
		beryl.post(page+"/approve", "digest", digest, "note", "I read the measurements.").wants(t, http.StatusSeeOther)
		dale.get(base).wants(t, http.StatusOK, "60 minutes", "adam", "beryl", "In force", "weakens control")
		dale.get(page).wants(t, http.StatusOK, "Two people agreed, and the settings were changed", "I read the measurements.", why)
		dale.get("/m/"+apptest.Market+"/record").wants(t, http.StatusOK, page, "changed the settings")

		page = beryl.post(base, "lease_minutes", "10", "justification", why).location
		digest = beryl.get(page).digest(t)
		beryl.post(page+"/withdraw", "digest", digest).wants(t, http.StatusSeeOther)
		beryl.get(page).wants(t, http.StatusOK, "The requester took it back")
		page = beryl.post(base, "lease_minutes", "10", "justification", why).location
		digest = beryl.get(page).digest(t)
		adam.post(page+"/withdraw", "digest", digest).wants(t, http.StatusForbidden)
		adam.post(page+"/decline", "digest", digest, "note", "It is too early for that.").wants(t, http.StatusSeeOther)
		beryl.get(page).wants(t, http.StatusOK, "Somebody else declined it", "It is too early for that.")
	})
}
