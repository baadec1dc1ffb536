package app_test

import (
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/staff"
)

// Whatever two windows of one person, or two people, do with one thing at once, one of them does it.
func TestOneOfManyAtOnce(t *testing.T) {
	t.Parallel()
	const windows = 6
	race := func(name string, prepare func(t *testing.T, s *scene) func(i int) error, kinds ...models.Kind) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				s := newScene(t, db)
				fn := prepare(t, s)
				var fns []func() error
				for i := range windows {
					fns = append(fns, func() error { return fn(i) })
				}
				done := 0
				for _, err := range atOnce(fns...) {
					if err == nil {
						done++
						continue
					}
					expected := false
					for _, kind := range kinds {
						expected = expected || models.IsKind(err, kind)
					}
					if !expected {
						t.Errorf("who came second got %v", err)
					}
				}
				if done != 1 {
					t.Errorf("%d went through; want 1", done)
				}
				verifyClean(t, s.World)
			})
		})
	}
	race("requests for one ticket", func(t *testing.T, s *scene) func(int) error {
		_, err := s.Desk.Withdraw(t.Context(), s.asker, apptest.Market, s.p.ID, s.p.Digest)
		must(t, err)
		s.takeAgain(t)
		ask := s.ask(t)
		return func(int) error {
			_, err := s.Desk.Request(t.Context(), s.asker, ask)
			return err
		}
	}, models.Conflict)
	race("a request, a keep, a skip and a release of one ticket", func(t *testing.T, s *scene) func(int) error {
		_, err := s.Desk.Withdraw(t.Context(), s.asker, apptest.Market, s.p.ID, s.p.Digest)
		must(t, err)
		s.takeAgain(t)
		ask := s.ask(t)
		return func(i int) error {
			switch i % 3 {
			case 0:
				_, err := s.Desk.Request(t.Context(), s.asker, ask)
				return err
			case 1:
				return s.Desk.Keep(t.Context(), s.asker, apptest.Market, ask.Ticket, s.review.Digest)
			}
			return s.Desk.Skip(t.Context(), s.asker, apptest.Market, ask.Ticket, "language", "")
		}
	}, models.Conflict)
	race("restorations of one review", func(t *testing.T, s *scene) func(int) error {
		must(t, s.approve(t, s.approver))
		second := s.Person(t, "silt", models.RoleSupervisor)
		return func(i int) error {
			who := []models.Actor{s.approver, second}[i%2]
			return s.Desk.Restore(t.Context(), who, apptest.Market, s.review.ID, 1, "The author showed the invoice.")
		}
	}, models.Conflict)
	race("withdrawals of one request", func(t *testing.T, s *scene) func(int) error {
		return func(int) error {
			_, err := s.Desk.Withdraw(t.Context(), s.asker, apptest.Market, s.p.ID, s.p.Digest)
			return err
		}
	}, models.Conflict)
	race("declarations of one interest", func(t *testing.T, s *scene) func(int) error {
		return func(int) error {
			_, err := s.Staff.DeclareInterest(t.Context(), s.approver, staff.NewInterest{Marketplace: apptest.Market, Seller: s.Seller.ExternalID, Relation: "owner"})
			return err
		}
	}, models.Conflict)
	race("accounts with one e-mail", func(t *testing.T, s *scene) func(int) error {
		return func(int) error {
			_, err := s.Staff.Add(t.Context(), models.Command("staff"), staff.NewAccount{Email: "new@example.test", Name: "new", Password: apptest.Password})
			return err
		}
	}, models.Conflict, models.Invalid)
	race("a disabling of one account", func(t *testing.T, s *scene) func(int) error {
		return func(int) error { return s.Staff.Disable(t.Context(), models.Command("staff"), email(s.approver)) }
	}, models.Conflict)
	race("roles that exclude each other", func(t *testing.T, s *scene) func(int) error {
		s.Person(t, "new")
		return func(i int) error {
			role := models.RoleAuditor
			if i > 0 {
				role = models.RoleModerator
			}
			_, err := s.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{Email: "new@example.test", Role: role, Marketplace: apptest.Market})
			if i > 1 && err == nil { // a role may be granted twice; what counts is that the auditor's doesn't stand beside it
				err = models.E(models.Conflict, "again", "one more of the same")
			}
			return err
		}
	}, models.Conflict, models.Forbidden)
}

// Reports of one review at the same moment are all taken, and open one ticket.
func TestReportsRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		must(t, s.approve(t, s.approver))
		must(t, s.Desk.Restore(t.Context(), s.approver, apptest.Market, s.review.ID, 1, "The author showed the invoice."))
		report := func() error { return s.tryFlag(t.Context(), s.review) }
		for _, err := range atOnce(report, report, report, report) {
			must(t, err)
		}
		var open, flags int64
		must(t, s.DB.Model(&models.Ticket{}).Where("review_id = ? AND state = 'open'", s.review.ID).Count(&open).Error)
		must(t, s.DB.Model(&models.Flag{}).Where("review_id = ?", s.review.ID).Count(&flags).Error)
		if open != 1 || flags != 5 {
			t.Errorf("%d open tickets and %d flags; want 1 and 5", open, flags)
		}
		verifyClean(t, s.World)
	})
}

// takeAgain has the scene's moderator given their ticket once more, which a draw wouldn't do.
func (s *scene) takeAgain(t *testing.T) {
	t.Helper()
	must(t, s.DB.Exec("UPDATE tickets SET lease_holder_id = ?, lease_until = ? WHERE review_id = ?", s.asker.ID, s.Now().Add(time.Hour), s.review.ID).Error)
}
