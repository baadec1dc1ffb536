package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// Between the second person's approval and the checkpoint over it, no page and no export calls the removal done.
func TestNothingIsDoneBeforeTheRecord(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		asker, approver := s.Person(t, "asker", models.RoleModerator), s.Person(t, "approver", models.RoleSupervisor)
		auditor := s.as(t, s.Person(t, "auditor", models.RoleAuditor))
		s.Review(t, s.Seller, 1)
		p := s.Ask(t, asker)
		if err := s.Sequencer.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		b := s.as(t, approver)
		page := b.get("/m/olist/proposals/" + p.ID)
		s.Open(t.Context(), approver, p)
		if err := s.Sequencer.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := b.post("/m/olist/proposals/"+p.ID+"/approve", "digest", page.digest(t), "note", "Checked the order look-up: right.")
		if r.status != http.StatusSeeOther {
			t.Fatalf("approving: %d %s", r.status, r.body)
		}
		b.get(r.location).wants(t, http.StatusOK, "The removal is done once a checkpoint of the record includes it")

		pages := []string{"/m/olist/proposals/" + p.ID, "/m/olist/removals", "/m/olist/reviews/" + p.SubjectID}
		done := []string{">Took effect</span>", ">Removed</span>"}
		for _, path := range pages {
			got := auditor.get(path)
			got.wants(t, http.StatusOK, "Being recorded")
			for _, word := range done {
				if strings.Contains(got.body, word) {
					t.Errorf("%s says %q before the record does", path, word)
				}
			}
		}
		auditor.get("/m/olist/removals.csv").wants(t, http.StatusOK, ",recording,")

		if err := s.Sequencer.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, path := range pages {
			got := auditor.get(path)
			got.wants(t, http.StatusOK)
			if !strings.Contains(got.body, done[0]) && !strings.Contains(got.body, done[1]) || strings.Contains(got.body, ">Being recorded</span>") {
				t.Errorf("%s doesn't say that it is done", path)
			}
		}
		auditor.get("/m/olist/removals.csv").wants(t, http.StatusOK, ",effective,")
	})
}

func TestEntriesAndTheLog(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := open(t, db)
		auditor, moderator := s.Person(t, "auditor", models.RoleAuditor), s.Person(t, "asker", models.RoleModerator)
		everywhere := s.PersonIn(t, models.AllMarketplaces, "everywhere", models.RoleAuditor)
		b, m, all := s.as(t, auditor), s.as(t, moderator), s.as(t, everywhere)
		var e models.LedgerEntry
		if err := s.DB.Where("act = 'staff.add'").Order("id").Take(&e).Error; err != nil {
			t.Fatal(err)
		}
		entry := "/m/" + apptest.Market + "/record/" + e.ID
		b.get(entry).wants(t, http.StatusOK, "No checkpoint includes this entry yet")
		b.get("/m/olist/log").wants(t, http.StatusOK, "no checkpoint yet", "Waiting for a number")
		all.post("/m/olist/log/export").wants(t, http.StatusNotFound, "no checkpoint yet")
		if err := s.Sequencer.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.get(entry).wants(t, http.StatusOK, "data-proof", "Root of")
		b.get("/m/olist/log").wants(t, http.StatusOK, "None is configured", "disabled")
		b.get("/ledger/checkpoint").wants(t, http.StatusOK, s.Log.Public().Origin)
		b.get("/m/olist/record/"+models.NewID()).wants(t, http.StatusNotFound)
		b.get("/m/olist/log/consistency?old=1").wants(t, http.StatusOK, `"path":[`)
		b.get("/m/olist/log/consistency?old=999999").wants(t, http.StatusUnprocessableEntity)
		b.get("/m/olist/log/consistency?old=x").wants(t, http.StatusUnprocessableEntity)
		b.post("/m/olist/log/export").wants(t, http.StatusForbidden)
		b.get("/ledger/tile/entries/000.p/1").wants(t, http.StatusForbidden)
		all.get("/ledger/tile/entries/000.p/1").wants(t, http.StatusOK)
		if r := all.post("/m/olist/log/export"); r.status != http.StatusOK || !strings.HasPrefix(r.body, "\x1f\x8b") {
			t.Errorf("export: %d, %d bytes", r.status, len(r.body))
		}
		for _, path := range []string{entry, "/m/olist/log", "/m/olist/log/consistency?old=1", "/ledger/checkpoint", "/ledger/tile/0/000.p/1"} {
			m.get(path).wants(t, http.StatusForbidden)
		}
		s.browser(t).get("/ledger/checkpoint").wants(t, http.StatusUnauthorized, `"code":"no_reader"`)
	})
}
