package app_test

import (
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// An edit and an approval at the same moment: one is first. Either the review was removed as it was asked, and the
// author's new text comes into a removed review, or the request is void and the new text is published.
func TestApprovalRacesWithAnEdit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		moderator, supervisor := w.Person(t, "moor", models.RoleModerator), w.Person(t, "sand", models.RoleSupervisor)
		for range 12 {
			r := w.Review(t, w.Seller, 1)
			p := w.Ask(t, moderator)
			errs := atOnce(
				func() error { return w.Approve(t.Context(), supervisor, p) },
				func() error { return w.Edit(t.Context(), r, "It works again, sorry.") },
			)
			must(t, errs[1])
			switch got := w.Status(t, r); {
			case errs[0] == nil && got != models.ReviewRemoved:
				t.Errorf("the approval came first, and the review is %s", got)
			case errs[0] != nil && (apptest.Code(errs[0]) != "already_decided" || got != models.ReviewPublished):
				t.Errorf("the edit came first: approval %v, review %s", errs[0], got)
			}
		}
		verifyClean(t, w)
	})
}

// Approve, decline, withdraw and expire at the same moment: one of them happens.
func TestEndsRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		moderator, supervisor, second := w.Person(t, "moor", models.RoleModerator), w.Person(t, "sand", models.RoleSupervisor), w.Person(t, "silt", models.RoleSupervisor)
		for range 8 {
			r := w.Review(t, w.Seller, 1)
			p := w.Ask(t, moderator)
			errs := atOnce(
				func() error { return w.Approve(t.Context(), supervisor, p) },
				func() error {
					_, err := w.Desk.Decline(t.Context(), second, apptest.Market, p.ID, p.Digest, "The order is there after all.")
					return err
				},
				func() error {
					_, err := w.Desk.Withdraw(t.Context(), moderator, apptest.Market, p.ID, p.Digest)
					return err
				},
			)
			done := 0
			for _, err := range errs {
				switch {
				case err == nil:
					done++
				case !models.IsKind(err, models.Conflict):
					t.Errorf("who came second got %v; want a conflict", err)
				}
			}
			if removed := w.Status(t, r) == models.ReviewRemoved; done != 1 || removed != (errs[0] == nil) {
				t.Errorf("%d ends (%v); removed: %v", done, errs, removed)
			}
		}
		verifyClean(t, w)
	})
}

// Two windows of one moderator send the same request; two moderators can't, since one of them holds the ticket.
func TestTwoRequestsForOneReview(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		moderator := w.Person(t, "moor", models.RoleModerator)
		for range 6 {
			w.Review(t, w.Seller, 1)
			ask := func() error {
				_, err := w.TryAsk(t.Context(), moderator)
				return err
			}
			ok := 0
			for _, err := range atOnce(ask, ask, ask) {
				if err == nil {
					ok++
				} else if !models.IsKind(err, models.Conflict) && apptest.Code(err) != "queue_empty" {
					t.Errorf("the second window got %v", err)
				}
			}
			if ok != 1 {
				t.Errorf("%d requests went through; want 1", ok)
			}
		}
		var perReview []int
		must(t, w.DB.Raw("SELECT count(*) FROM proposals GROUP BY subject_id").Scan(&perReview).Error)
		for _, n := range perReview {
			if n != 1 {
				t.Errorf("%d requests for one review", n)
			}
		}
		verifyClean(t, w)
	})
}

// A request and an approval of its own, sent together by one person with both roles.
func TestOneSideOfThePairAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		s.grant(t, s.asker, models.RoleSupervisor, apptest.Market)
		errs := atOnce(
			func() error { return s.approve(t, s.asker) }, func() error { return s.approve(t, s.asker) },
			func() error { return s.approve(t, s.asker) }, func() error { return s.approve(t, s.asker) },
		)
		for _, err := range errs {
			if apptest.Code(err) != "own_request" {
				t.Errorf("approving their own request: %v", err)
			}
		}
		s.stillPublished(t)
		if got := s.Entries(t, "removal.approve", models.OutcomeRefused); got != len(errs) {
			t.Errorf("%d refusals on record; want %d", got, len(errs))
		}
		verifyClean(t, s.World)
	})
}
