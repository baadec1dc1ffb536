package app_test

import (
	"bytes"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
)

// What is approved is what was asked, while it is asked.
func TestOnlyWhatIsAskedIsApproved(t *testing.T) {
	t.Parallel()
	const act = "removal.approve"
	shown := func(digest func(s *scene) []byte) func(t *testing.T, s *scene) error {
		return func(t *testing.T, s *scene) error {
			_, err := s.Desk.Approve(t.Context(), s.approver, apptest.Market, s.p.ID, digest(s), "Checked the order look-up: right.")
			return err
		}
	}
	fail(t, []attempt{
		{"no digest", shown(func(*scene) []byte { return nil }), "stale_form", act},
		{"half a digest", shown(func(s *scene) []byte { return s.p.Digest[:16] }), "stale_form", act},
		{"another digest", shown(func(*scene) []byte { return bytes.Repeat([]byte{7}, 32) }), "stale_form", act},
		{"the review's digest", shown(func(s *scene) []byte { return s.review.Digest }), "stale_form", act},
		{"the digest of another request", func(t *testing.T, s *scene) error {
			first := s.p
			second := s.secondRequest(t)
			_, err := s.Desk.Approve(t.Context(), s.approver, apptest.Market, first.ID, second.Digest, "Checked the order look-up: right.")
			return err
		}, "stale_form", act},
		{"a note without words", func(t *testing.T, s *scene) error {
			_, err := s.Desk.Approve(t.Context(), s.approver, apptest.Market, s.p.ID, s.p.Digest, " \n\t ok \r\n ")
			return err
		}, "invalid_note", ""},
		{"an id that isn't one", func(t *testing.T, s *scene) error {
			_, err := s.Desk.Approve(t.Context(), s.approver, apptest.Market, "1 OR 1=1", s.p.Digest, "Checked the order look-up: right.")
			return err
		}, "no_proposal", ""},
		{"after the author changed the text", func(t *testing.T, s *scene) error {
			must(t, s.Edit(t.Context(), s.review, "It works again, sorry."))
			return s.approve(t, s.approver)
		}, "already_decided", act},
		{"after the author changed the text and back", func(t *testing.T, s *scene) error {
			must(t, s.Edit(t.Context(), s.review, "It works again, sorry."))
			var now models.Review
			must(t, s.DB.Where("id = ?", s.review.ID).Take(&now).Error)
			must(t, s.Edit(t.Context(), now, s.review.Body))
			return s.approve(t, s.approver)
		}, "already_decided", act},
		{"expired, to the microsecond", func(t *testing.T, s *scene) error {
			s.Clock.Wind(s.p.ExpiresAt.Sub(s.Now()))
			return s.approve(t, s.approver)
		}, "expired", act},
		{"expired and swept", func(t *testing.T, s *scene) error {
			s.Clock.Wind(100 * time.Hour)
			n, err := s.Engine.Expire(t.Context())
			if err != nil || n != 1 {
				t.Errorf("Expire: %d, %v", n, err)
			}
			return s.approve(t, s.approver)
		}, "already_decided", act},
		{"withdrawn", func(t *testing.T, s *scene) error {
			_, err := s.Desk.Withdraw(t.Context(), s.asker, apptest.Market, s.p.ID, s.p.Digest)
			must(t, err)
			return s.approve(t, s.approver)
		}, "already_decided", act},
		{"declined by another", func(t *testing.T, s *scene) error {
			other := s.Person(t, "silt", models.RoleSupervisor)
			_, err := s.Desk.Decline(t.Context(), other, apptest.Market, s.p.ID, s.p.Digest, "The order is there after all.")
			must(t, err)
			return s.approve(t, s.approver)
		}, "already_decided", act},
	})
}

// A request is good for one removal.
func TestARequestIsUsedOnce(t *testing.T) {
	t.Parallel()
	restored := func(t *testing.T, s *scene) {
		t.Helper()
		must(t, s.approve(t, s.approver))
		must(t, s.Desk.Restore(t.Context(), s.approver, apptest.Market, s.review.ID, 1, "The author showed the invoice."))
	}
	fail(t, []attempt{
		{"the verdict sent again after the restoration", func(t *testing.T, s *scene) error {
			restored(t, s)
			return s.approve(t, s.approver)
		}, "already_decided", "removal.approve"},
		{"another supervisor's verdict after the restoration", func(t *testing.T, s *scene) error {
			restored(t, s)
			return s.approve(t, s.Person(t, "silt", models.RoleSupervisor))
		}, "already_decided", "removal.approve"},
		{"the requester's after the restoration", func(t *testing.T, s *scene) error {
			restored(t, s)
			s.grant(t, s.asker, models.RoleSupervisor, apptest.Market)
			return s.approve(t, s.asker)
		}, "own_request", "removal.approve"},
		{"by raw SQL, the review to the used request", func(t *testing.T, s *scene) error {
			restored(t, s)
			return models.Translate(s.raw(t, "UPDATE reviews SET status = 'removed', removal_id = @proposal WHERE id = @review", nil))
		}, "refused_by_database", ""},
		{"by raw SQL, the used request to approved", func(t *testing.T, s *scene) error {
			restored(t, s)
			return models.Translate(s.raw(t, "UPDATE proposals SET state = 'approved' WHERE id = @proposal", nil))
		}, "refused_by_database", ""},
		{"asking again, and approving the old request", func(t *testing.T, s *scene) error {
			restored(t, s)
			old := s.p
			s.flag(t, s.review)
			s.p = s.Ask(t, s.Person(t, "moss", models.RoleModerator))
			if bytes.Equal(old.Digest, s.p.Digest) {
				t.Error("two requests have one digest")
			}
			return s.Approve(t.Context(), s.approver, old)
		}, "already_decided", "removal.approve"},
		{"asking again, and approving it with the old request's digest", func(t *testing.T, s *scene) error {
			restored(t, s)
			old := s.p
			s.flag(t, s.review)
			s.p = s.Ask(t, s.Person(t, "moss", models.RoleModerator))
			_, err := s.Desk.Approve(t.Context(), s.approver, apptest.Market, s.p.ID, old.Digest, "Checked the order look-up: right.")
			return err
		}, "stale_form", "removal.approve"},
	})
}
