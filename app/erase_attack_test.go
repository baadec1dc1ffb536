package app_test

import (
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/erasure"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// Who may not, tries.
func TestErasureByThoseWhoMayNot(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := newErasable(t, db)
		want := func(name string, err error, code string) {
			t.Helper()
			if apptest.Code(err) != code {
				t.Errorf("%s: %v; want %s", name, err, code)
			}
		}
		ask := func(by models.Actor, market, customer string) error {
			_, err := e.tryRequest(t, by, market, customer)
			return err
		}
		auditor := e.Person(t, "dale", models.RoleAuditor)
		want("a moderator asks", ask(e.asker, apptest.Market, "customer-1"), "no_right")
		want("a supervisor asks", ask(e.approver, apptest.Market, "customer-1"), "no_right")
		want("an auditor asks", ask(auditor, apptest.Market, "customer-1"), "no_right")
		want("a command asks", ask(models.Command("import"), apptest.Market, "customer-1"), "not_a_person")
		want("a job asks", ask(models.System("erasure"), apptest.Market, "customer-1"), "not_a_person")
		want("an administrator of another marketplace asks", ask(e.PersonIn(t, apptest.Other, "otto", models.RoleAdministrator), apptest.Market, "customer-1"), "no_right")
		want("an administrator asks in another marketplace", ask(e.admin, apptest.Other, "customer-1"), "no_right")
		elsewhere := e.PersonIn(t, apptest.Other, "otis", models.RoleAdministrator)
		want("another marketplace's customer", ask(elsewhere, apptest.Other, "customer-1"), "invalid_request")

		p := e.request(t, e.admin)
		approve := func(by models.Actor, digest []byte) error {
			_, err := e.Erase.Approve(t.Context(), by, apptest.Market, p.ID, digest, approverNote)
			return err
		}
		third := e.Person(t, "cleo", models.RoleAdministrator)
		investigator := e.Person(t, "ivy", models.RoleInvestigator)
		gone := e.Person(t, "gone", models.RoleAdministrator)
		must(t, e.Staff.Disable(t.Context(), models.Command("staff"), "gone@example.test"))
		want("a second request", ask(third, apptest.Market, "customer-1"), "asked_already")
		want("the requester approves", approve(e.admin, p.Digest), "own_request")
		want("a supervisor approves", approve(e.approver, p.Digest), "no_right")
		want("an investigator approves", approve(investigator, p.Digest), "no_right")
		want("an auditor approves", approve(auditor, p.Digest), "no_right")
		want("a disabled administrator approves", approve(gone, p.Digest), "disabled")
		want("a stale digest", approve(e.second, []byte("another")), "stale_form")
		want("another marketplace's administrator", approve(elsewhere, p.Digest), "no_right")
		_, err := e.Erase.Approve(t.Context(), elsewhere, apptest.Other, p.ID, p.Digest, approverNote)
		want("through another marketplace", err, "no_proposal")
		_, err = e.Erase.Approve(t.Context(), e.second, apptest.Market, p.ID, p.Digest, "It was customer-1, as the case says.")
		want("a note that names the customer", err, "invalid_note")
		_, err = e.Erase.Withdraw(t.Context(), e.second, apptest.Market, p.ID, p.Digest)
		want("somebody else withdraws", err, "not_your_request")
		e.untouched(t)
		for act, n := range map[string]int{"erasure.request": 8, "erasure.approve": 7, "erasure.withdraw": 1} {
			if got := e.Entries(t, act, models.OutcomeRefused); got != n {
				t.Errorf("%d refusals of %s on record; want %d", got, act, n)
			}
		}
		verifyClean(t, e.World)

		must(t, approve(e.second, p.Digest))
		want("approving twice", approve(third, p.Digest), "already_decided")
		verifyClean(t, e.World)
	})
}

func (e *erasable) untouched(t *testing.T) {
	t.Helper()
	var n int64
	must(t, e.DB.Raw(`SELECT (SELECT count(*) FROM customers WHERE erased_at IS NOT NULL) + (SELECT count(*) FROM reviews WHERE erased_at IS NOT NULL OR body = '')
		+ (SELECT count(*) FROM proposals WHERE payload = '') + (SELECT count(*) FROM approvals WHERE note = '')`).Scan(&n).Error)
	if n != 0 {
		t.Errorf("%d rows were erased", n)
	}
}

// Who has a tie to one of the sellers, from a time at the desk, neither asks nor approves.
func TestErasureAndInterests(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := newErasable(t, db)
		e.declareInterest(t, e.asker)
		e.revoke(t, e.asker, models.RoleModerator)
		e.grant(t, e.asker, models.RoleAdministrator, apptest.Market)
		if _, err := e.tryRequest(t, e.asker, apptest.Market, "customer-1"); apptest.Code(err) != "interest" {
			t.Errorf("asking: %v", err)
		}
		p := e.request(t, e.admin)
		if _, err := e.Erase.Approve(t.Context(), e.asker, apptest.Market, p.ID, p.Digest, approverNote); apptest.Code(err) != "interest" {
			t.Errorf("approving: %v", err)
		}
		e.untouched(t)
	})
}

func TestErasureExpires(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := newErasable(t, db)
		p := e.request(t, e.admin)
		e.Clock.Wind(73 * time.Hour)
		if _, err := e.Erase.Approve(t.Context(), e.second, apptest.Market, p.ID, p.Digest, approverNote); apptest.Code(err) != "expired" {
			t.Errorf("approving what has expired: %v", err)
		}
		if _, err := e.Engine.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
		e.untouched(t)
		verifyClean(t, e.World)
		e.erase(t) // asked anew
		verifyClean(t, e.World)
	})
}

// A removal's approval and the erasure at the same moment: one is first, and either way the text is gone.
func TestErasureRacesWithARemoval(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := newErasable(t, db)
		p := e.request(t, e.admin)
		errs := atOnce(
			func() error { return e.Approve(t.Context(), e.approver, e.open) },
			func() error {
				_, err := e.Erase.Approve(t.Context(), e.second, apptest.Market, p.ID, p.Digest, approverNote)
				return err
			},
			func() error {
				_, err := e.Erase.Approve(t.Context(), e.second, apptest.Market, p.ID, p.Digest, approverNote)
				return err
			},
		)
		if (errs[1] == nil) == (errs[2] == nil) {
			t.Errorf("two windows: %v and %v; want one of them to be first", errs[1], errs[2])
		}
		if code := apptest.Code(errs[0]); code != "" && code != "already_decided" {
			t.Errorf("the removal: %v", errs[0])
		}
		for what, where := range e.dump(t) {
			t.Errorf("%s is still in %v", what, where)
		}
		verifyClean(t, e.World)
	})
}

// A customer with more reviews than one batch has.
func TestErasureInBatches(t *testing.T) {
	t.Parallel()
	if dbtest.UnderRace {
		t.Skip("several batches are erased without the race detector")
	}
	s := newScene(t, dbtest.SQLite(t))
	for range 520 { // more than one batch
		s.Review(t, s.Seller, 4)
	}
	admin, second := s.Person(t, "adam", models.RoleAdministrator), s.Person(t, "beryl", models.RoleAdministrator)
	p, err := s.Erase.Request(t.Context(), admin, erasure.Ask{Marketplace: apptest.Market, Customer: "customer-1", Reference: caseNumber, Justification: why})
	must(t, err)
	_, err = s.Erase.Approve(t.Context(), second, apptest.Market, p.ID, p.Digest, approverNote)
	must(t, err)
	var left int64
	must(t, s.DB.Raw("SELECT count(*) FROM reviews WHERE erased_at IS NULL OR body <> '' OR length(salt) > 0").Scan(&left).Error)
	if left != 0 {
		t.Errorf("%d reviews are left", left)
	}
	var body string
	must(t, s.DB.Raw("SELECT body FROM ledger_entries WHERE act = 'erasure.apply'").Scan(&body).Error)
	if !strings.Contains(body, `"reviews":521`) {
		t.Errorf("the entry: %s", body)
	}
	verifyClean(t, s.World)
}
