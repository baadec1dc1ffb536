package handlers_test

import (
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

var (
	pickToken = regexp.MustCompile(`name="pick" value="([0-9a-f]+)"`)
	setField  = regexp.MustCompile(`name="set" value="([0-9a-f]+)"`)
)

// A moderator who works blind gathers linked reviews, asks once, and others read all of them and decide.
func TestSetByForms(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		s.Blind(t)
		moor, sand, silt := s.Person(t, "moor", models.RoleModerator), s.Person(t, "sand", models.RoleSupervisor), s.Person(t, "silt", models.RoleSupervisor)
		first := s.Review(t, s.Seller, 1)
		var others []models.Review
		for range 3 {
			others = append(others, s.Silent(t, s.Seller, 2))
		}
		ticket, err := s.Desk.Next(t.Context(), moor, apptest.Market)
		if err != nil {
			t.Fatal(err)
		}
		at := "/m/" + apptest.Market + "/tickets/" + ticket.ID
		b := s.as(t, moor)
		b.get(at).wants(t, http.StatusOK, "Gather the reviews that belong to it")
		b.get(at+"/set").wants(t, http.StatusOK, "Nothing was searched yet", "Names stay hidden")
		b.post(at+"/set", "do", "search", "days", "soon").wants(t, http.StatusUnprocessableEntity, "Choose what the reviews have in common", "Days are a whole number")
		found := b.post(at+"/set", "do", "search", "seller", "1", "stars", "2")
		found.wants(t, http.StatusOK, "3 reviews fit", " % alike", "same seller")
		for _, r := range append(others, first) {
			if strings.Contains(found.body, r.ID) {
				t.Errorf("the page says the id of review %s, which leads to who sells and who wrote", r.ID)
			}
		}
		b.post(at+"/set", "do", "add", "seller", "1").wants(t, http.StatusUnprocessableEntity, "Check at least one review")
		form := []string{"do", "add", "seller", "1"}
		for _, m := range pickToken.FindAllStringSubmatch(found.body, -1) {
			form = append(form, "pick", m[1])
		}
		b.post(at+"/set", form...).wants(t, http.StatusOK, "With the ticket’s own: 4 reviews")
		page := b.get(at)
		page.wants(t, http.StatusOK, "This request is about 4 reviews", "2 people")
		ask := []string{"text_digest", hex.EncodeToString(first.Digest), "reason", "FAKE_EXPERIENCE", "justification", apptest.Justification, "evidence_order", "look-up 17: no order"}
		b.post(at+"/remove", ask...).wants(t, http.StatusUnprocessableEntity, "those that you saw: you gathered others", apptest.Justification)
		set := setField.FindStringSubmatch(page.body)
		if set == nil {
			t.Fatal("the form doesn't say which set it is about")
		}
		b.post(at+"/remove", append(ask, "set", set[1])...).wants(t, http.StatusSeeOther)

		var lead models.Proposal
		if err := s.DB.Where("set_size IS NOT NULL").Take(&lead).Error; err != nil {
			t.Fatal(err)
		}
		proposal := "/m/" + apptest.Market + "/proposals/" + lead.ID
		b.get("/m/"+apptest.Market+"/requests").wants(t, http.StatusOK, "4 reviews")
		mine := b.get(proposal + "/set")
		mine.wants(t, http.StatusOK, "Every review of this set", first.Body)
		if strings.Contains(mine.body, s.Seller.Name) {
			t.Error("who works blind reads the seller's name in their own set")
		}
		for _, who := range []models.Actor{sand, silt} {
			j := s.as(t, who)
			inbox := j.get("/m/" + apptest.Market + "/approvals")
			inbox.wants(t, http.StatusOK, "4 reviews")
			j.get(proposal).wants(t, http.StatusOK, "A set of 4 reviews", "drawn to be read", s.Seller.Name)
			j.get(proposal+"/set").wants(t, http.StatusOK, "4 reviews", s.Seller.Name)
			j.get(proposal+"/set?page=x").wants(t, http.StatusUnprocessableEntity, "link to a page")
			for i := range 4 {
				j.post(proposal+"/evidence/"+string(rune('1'+i)), "note", "kept").wants(t, http.StatusOK)
			}
			j.post(proposal+"/approve", "digest", hex.EncodeToString(lead.Digest), "note", "Looked at them: the same words.").wants(t, http.StatusSeeOther)
		}
		for _, r := range append(others, first) {
			if got := s.Status(t, r); got != models.ReviewRemoved {
				t.Errorf("a review of the set is %s", got)
			}
		}
		var one models.Proposal
		if err := s.DB.Where("lead_id = ?", lead.ID).Limit(1).Take(&one).Error; err != nil {
			t.Fatal(err)
		}
		s.as(t, sand).get("/m/"+apptest.Market+"/proposals/"+one.ID).wants(t, http.StatusOK, "the request that leads the set", lead.ID)
		s.as(t, sand).get("/m/"+apptest.Market+"/proposals/"+one.ID+"/set").wants(t, http.StatusNotFound)
	})
}
