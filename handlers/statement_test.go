package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

var seenField = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

func TestAnAppealOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		base := "/m/" + apptest.Market
		s.Review(t, s.Seller, 1)
		moderator, approver, third := s.Person(t, "moor", models.RoleModerator), s.Person(t, "sand", models.RoleSupervisor), s.Person(t, "silt", models.RoleSupervisor)
		p := s.Ask(t, moderator)
		if err := s.Approve(t.Context(), approver, p); err != nil {
			t.Fatal(err)
		}
		var st models.Statement
		if err := s.DB.Where("proposal_id = ?", p.ID).Take(&st).Error; err != nil {
			t.Fatal(err)
		}
		link, author := s.State.Path(st), s.browser(t)
		author.get(link).wants(t, http.StatusOK, "This is being recorded")
		if err := s.Sequencer.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		shown := author.get(link)
		shown.wants(t, http.StatusOK, "Why your review was removed", "No genuine purchase or use", "2 of them, independently", "noindex", "Send the appeal")
		for _, hidden := range []string{"moor", "sand", "Shop seller-1", "look-up 17", "a day old", "not a customer"} {
			if strings.Contains(shown.body, hidden) {
				t.Errorf("the author is shown %q", hidden)
			}
		}
		author.get(link+"?lang=de").wants(t, http.StatusOK, `lang="de"`, "Warum Ihre Bewertung entfernt wurde", "Kein wirklicher Kauf")
		unknown := author.get("/s/" + strings.Repeat("A", 43))
		unknown.wants(t, http.StatusNotFound, "There is nothing at this address")
		if short := author.get("/s/x"); short.status != unknown.status || len(short.body) != len(unknown.body) {
			t.Errorf("two unknown addresses look different: %d and %d bytes", len(short.body), len(unknown.body))
		}
		author.post(link+"/appeal", "words", "No.", "wrong", "facts").wants(t, http.StatusUnprocessableEntity, "at least 20 characters", ">No.<")
		author.post(link+"/appeal", "words", "I bought it, and I have the invoice.", "wrong", "facts").wants(t, http.StatusSeeOther)
		author.post(link+"/appeal", "words", "I bought it, and I have the invoice.").wants(t, http.StatusConflict, "I bought it, and I have the invoice.")
		author.get(link).wants(t, http.StatusOK, "It is being looked at", "I have the invoice")

		sand, silt, dale := s.as(t, approver), s.as(t, third), s.as(t, s.Person(t, "dale", models.RoleAuditor))
		adam := s.as(t, s.Person(t, "adam", models.RoleAdministrator))
		var id string
		s.DB.Raw("SELECT id FROM appeals").Scan(&id)
		page := base + "/appeals/" + id
		adam.get(base+"/appeals").wants(t, http.StatusOK, "Being looked at")
		adam.get(page).wants(t, http.StatusForbidden)
		sand.get(page).wants(t, http.StatusForbidden)
		dale.get(page).wants(t, http.StatusOK, "I have the invoice")
		s.as(t, moderator).get(base+"/appeals").wants(t, http.StatusForbidden)
		silt.get(base+"/appeals").wants(t, http.StatusOK, "Answer it")
		form := silt.get(page)
		form.wants(t, http.StatusOK, "I have the invoice", "a day old", "look-up 17", "Removals asked for, of decisions", "not a customer")
		seen := seenField.FindStringSubmatch(form.body)[1]
		answer := []string{"seen", seen, "verdict", "reverse", "words", "The order is there; the look-up missed it. We are sorry."}
		silt.post(page+"/answer", "seen", seen, "words", "No.").wants(t, http.StatusUnprocessableEntity, "40 to 4,000", "Choose whether")
		dale.post(page+"/answer", answer...).wants(t, http.StatusForbidden)
		silt.post(page+"/answer", answer...).wants(t, http.StatusSeeOther)
		silt.post(page+"/answer", answer...).wants(t, http.StatusConflict)
		author.get(link).wants(t, http.StatusOK, "Your review is published again", "The removal was wrong", "the look-up missed it")
		dale.get(base+"/reviews/"+p.SubjectID).wants(t, http.StatusOK, "Reversed on appeal", "answered the appeal", "appealed against the removal", "Published")
		dale.get(base+"/statements").wants(t, http.StatusOK, "Restored", "1 appeal, 1 answered", "comes with the mail settings")
		dale.get(base+"/statements/"+st.ID).wants(t, http.StatusOK, "Subject: ", link)
		sand.get(base+"/statements/"+st.ID).wants(t, http.StatusForbidden)
		dale.get(base+"/dsa.jsonl").wants(t, http.StatusOK, `"puid":"olist-`+p.ID)
		sand.get(base+"/dsa.jsonl").wants(t, http.StatusForbidden)
		dale.get(base+"/neutrality").wants(t, http.StatusOK, "Any reason", "nothing to compare with")
		dale.get(base+"/neutrality?from=x").wants(t, http.StatusUnprocessableEntity, "Write the day")
		csv := dale.get(base + "/neutrality.csv")
		csv.wants(t, http.StatusOK, "ANY,1,1,1,0,0,0", "nothing to compare with")
		if strings.Contains(csv.body, "NaN") {
			t.Error(csv.body)
		}
		s.Clock.Wind(time.Minute)
	})
}
