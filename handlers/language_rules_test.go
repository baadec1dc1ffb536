package handlers_test

import (
	"net/http"
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// What a marketplace decides for itself is read, asked for and refused in German, names of settings and rules included.
func TestSettingsAndRulesSpeakGerman(t *testing.T) {
	t.Parallel()
	s := open(t, dbtest.SQLite(t))
	base := "/m/" + apptest.Market
	s.Review(t, s.Seller, 1)
	adam, beryl := s.as(t, s.Person(t, "adam", models.RoleAdministrator)), s.as(t, s.Person(t, "beryl", models.RoleAdministrator))
	dale := s.as(t, s.Person(t, "dale", models.RoleAuditor))
	for _, b := range []*browser{adam, beryl, dale} {
		b.post("/language", "language", "de", "back", base+"/policy").wants(t, http.StatusSeeOther)
	}
	read := func(b *browser, path string) answer {
		t.Helper()
		a := b.get(path)
		a.speaksGerman(t, path, http.StatusOK)
		return a
	}

	why := "Die Prüfstelle wurde im Frühjahr gemessen; das kam dabei heraus."
	read(adam, base+"/settings").wants(t, http.StatusOK, "Frist für einen Vorgang", "10 Minuten", "2 Sterne oder weniger", "So von Anfang an.")
	wrong := adam.post(base+"/settings", "lease_minutes", "600", "was_proposal_ttl_hours", "1", "proposal_ttl_hours", "48", "territory", "de", "approvers_drawn", "perhaps", "justification", "kurz")
	wrong.speaksGerman(t, "settings", http.StatusUnprocessableEntity)
	wrong.wants(t, http.StatusUnprocessableEntity, "von 1 bis 120", "Jetzt gilt „72 Stunden“", "Wählen Sie ja oder nein.", "zwei Großbuchstaben", "mindestens 40 Zeichen")
	ask := []string{"lease_minutes", "60", "justification", why}
	page := adam.post(base+"/settings", ask...).location
	adam.post(base+"/settings", ask...).speaksGerman(t, "asked twice", http.StatusConflict)
	read(beryl, page).wants(t, http.StatusOK, "Das schwächt die Kontrolle.", "10 Minuten", "60 Minuten")
	beryl.post(page+"/approve", "digest", beryl.get(page).digest(t), "note", "Die Messung überzeugt.").wants(t, http.StatusSeeOther)
	read(adam, base+"/settings").wants(t, http.StatusOK, "(Sie und <bdi>beryl</bdi>)")
	read(adam, page)
	read(dale, base+"/record").wants(t, http.StatusOK, "andere Einstellungen freigegeben", "Einstellungen geändert")

	read(adam, base+"/routing").wants(t, http.StatusOK, "Wohin Vorgänge gehen", "alles andere")
	read(adam, base+"/routing/edit").wants(t, http.StatusOK, "<code>seller</code> (Händler)")
	typed := func(do, due, skill string) []string {
		return []string{
			"basis", "0", "count", "2", "language", "", "repeat", "7", "justification", why, "do", do,
			"r0-name", "Eilig", "r0-sources", "seller", "r0-score-from", "80", "r0-due", due, "r0-priority", "3", "r0-skill", skill, "r1-name", "Rest", "r1-due", "24", "r1-priority", "0",
		}
	}
	wrong = adam.post(base+"/routing/edit", typed("ask", "bald", "")...)
	wrong.speaksGerman(t, "a due that is no number", http.StatusUnprocessableEntity)
	wrong.wants(t, http.StatusUnprocessableEntity, "Regel 1: &#34;bald&#34; ist keine ganze Zahl.")
	wrong = adam.post(base+"/routing/edit", typed("preview", "0", "flying")...)
	wrong.speaksGerman(t, "rules against the bounds", http.StatusUnprocessableEntity)
	wrong.wants(t, http.StatusUnprocessableEntity, "Regel 1: Von 1 bis 720; es ist 0.", "Regel 1: Niemand hier hat die Fähigkeit flying")
	preview := adam.post(base+"/routing/edit", typed("preview", "4", "")...)
	preview.speaksGerman(t, "preview", http.StatusOK)
	preview.wants(t, http.StatusOK, "gemeldet durch: Händler, Punktwert: mindestens 80 → die Warteschlange der Kategorie, Vorrang 3, fällig binnen 4 h", "7 Tage lang als nichts Neues, bisher 30")
	page = adam.post(base+"/routing/edit", typed("ask", "4", "")...).location
	read(adam, base+"/routing")
	read(beryl, page)
	beryl.post(page+"/approve", "digest", beryl.get(page).digest(t), "note", "Die Vorschau stimmt.").wants(t, http.StatusSeeOther)
	read(adam, page)
	read(adam, base+"/routing").wants(t, http.StatusOK, "7 Tage lang keinen neuen Vorgang", "Fassung 1")

	var ticket models.Ticket
	if err := s.DB.Take(&ticket).Error; err != nil {
		t.Fatal(err)
	}
	read(adam, base+"/routing/tickets/"+ticket.ID)
	adam.get(base+"/desk").wants(t, http.StatusForbidden, "Dazu braucht es das Recht „sich zulosen lassen“ (Vorgang)")
}
