package app_test

import (
	"testing"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

// scene is a published review whose removal one person has asked for, and another person who could approve it.
type scene struct {
	*apptest.World
	review   models.Review
	asker    models.Actor
	approver models.Actor
	p        models.Proposal
}

func newScene(t *testing.T, db *dbtest.DB) *scene {
	t.Helper()
	s := &scene{World: apptest.New(t, db)}
	s.asker, s.approver = s.Person(t, "moor", models.RoleModerator), s.Person(t, "sand", models.RoleSupervisor)
	s.review = s.Review(t, s.Seller, 1)
	s.p = s.Ask(t, s.asker)
	return s
}

// attempt is one way to remove a rating alone. try returns the error of its last step, which has to be a refusal.
type attempt struct {
	name   string
	try    func(t *testing.T, s *scene) error
	code   string // of the refusal
	record string // the act under which the refusal is on record; "" where it isn't: nothing was found to act on
}

// fail runs each attempt on a scene of its own, on both databases.
func fail(t *testing.T, attempts []attempt) {
	t.Helper()
	for _, a := range attempts {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				s := newScene(t, db)
				err := a.try(t, s)
				if got := apptest.Code(err); got != a.code {
					t.Errorf("refused with %q (%v); want %q", got, err, a.code)
				}
				s.stillPublished(t)
				if a.record != "" {
					s.onRecord(t, a.record, a.code)
				}
				verifyClean(t, s.World)
			})
		})
	}
}

func (s *scene) stillPublished(t *testing.T) {
	t.Helper()
	if got := s.Status(t, s.review); got != models.ReviewPublished {
		t.Errorf("the review is %s; want published", got)
	}
}

// onRecord fails the test unless a refusal with this code is in the ledger.
func (s *scene) onRecord(t *testing.T, act, code string) {
	t.Helper()
	var n int64
	err := s.DB.Model(&models.LedgerEntry{}).Where("act = ? AND code = ? AND outcome = ?", act, code, models.OutcomeRefused).Count(&n).Error
	if err != nil || n == 0 {
		t.Errorf("no refused %s (%s) is on record (%v)", act, code, err)
	}
}

// must stops the test where a step of the preparation fails.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *scene) approve(t *testing.T, by models.Actor) error { return s.Approve(t.Context(), by, s.p) }

func TestNobodyApprovesTheirOwnRequest(t *testing.T) {
	t.Parallel()
	own := func(roles ...string) func(t *testing.T, s *scene) error {
		return func(t *testing.T, s *scene) error {
			for _, role := range roles {
				s.grant(t, s.asker, role, apptest.Market)
			}
			return s.approve(t, s.asker)
		}
	}
	fail(t, []attempt{
		{"as a moderator", own(), "own_request", "removal.approve"},
		{"as a supervisor too", own(models.RoleSupervisor), "own_request", "removal.approve"},
		{"as a supervisor twice over", own(models.RoleSupervisor, models.RoleSupervisor, models.RoleModerator), "own_request", "removal.approve"},
		{"as a supervisor everywhere", func(t *testing.T, s *scene) error {
			s.grant(t, s.asker, models.RoleSupervisor, models.AllMarketplaces)
			s.grant(t, s.asker, models.RoleModerator, models.AllMarketplaces)
			return s.approve(t, s.asker)
		}, "own_request", "removal.approve"},
		{"as a supervisor only, the moderator's grant gone", func(t *testing.T, s *scene) error {
			s.grant(t, s.asker, models.RoleSupervisor, apptest.Market)
			s.revoke(t, s.asker, models.RoleModerator)
			return s.approve(t, s.asker)
		}, "own_request", "removal.approve"},
		{"under their id in capitals", func(t *testing.T, s *scene) error {
			s.grant(t, s.asker, models.RoleSupervisor, apptest.Market)
			alias := models.Actor{Kind: models.ActorPerson, ID: capitals(s.asker.ID)}
			err := s.approve(t, alias)
			if models.IsKind(err, models.Forbidden) {
				return models.E(models.Forbidden, "forbidden", "whatever the reason: %v", err)
			}
			return err
		}, "forbidden", ""},
		{"after a decline of their own failed", func(t *testing.T, s *scene) error {
			s.grant(t, s.asker, models.RoleSupervisor, apptest.Market)
			_, err := s.Desk.Decline(t.Context(), s.asker, apptest.Market, s.p.ID, s.p.Digest, "Now it is decided by me.")
			if apptest.Code(err) != "own_request" {
				t.Errorf("declining their own: %v", err)
			}
			return s.approve(t, s.asker)
		}, "own_request", "removal.approve"},
		{"by withdrawing and asking again", func(t *testing.T, s *scene) error {
			s.grant(t, s.asker, models.RoleSupervisor, apptest.Market)
			_, err := s.Desk.Withdraw(t.Context(), s.asker, apptest.Market, s.p.ID, s.p.Digest)
			must(t, err)
			return s.approve(t, s.asker)
		}, "own_request", "removal.approve"},
		{"for a second request on the same review", func(t *testing.T, s *scene) error {
			s.grant(t, s.asker, models.RoleSupervisor, apptest.Market)
			_, err := s.Desk.Request(t.Context(), s.asker, s.ask(t))
			return err
		}, "ticket_waiting", "removal.request"},
	})
}

func TestNobodyVotesTwice(t *testing.T) {
	t.Parallel()
	fail(t, []attempt{
		{"with a quorum of two", func(t *testing.T, s *scene) error {
			p := s.askForTwo(t)
			must(t, s.Approve(t.Context(), s.approver, p))
			return s.Approve(t.Context(), s.approver, p)
		}, "already_voted", "removal.approve"},
		{"in two windows at once", func(t *testing.T, s *scene) error {
			p := s.askForTwo(t)
			errs := atOnce(
				func() error { return s.Approve(t.Context(), s.approver, p) },
				func() error { return s.Approve(t.Context(), s.approver, p) },
			)
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Errorf("two verdicts by one person: %v, %v; want exactly one", errs[0], errs[1])
			}
			if errs[0] == nil {
				return errs[1]
			}
			return errs[0]
		}, "already_voted", "removal.approve"},
		{"approving after a decline of their own", func(t *testing.T, s *scene) error {
			_, err := s.Desk.Decline(t.Context(), s.approver, apptest.Market, s.p.ID, s.p.Digest, "The order is there after all.")
			must(t, err)
			return s.approve(t, s.approver)
		}, "already_decided", "removal.approve"},
		{"with one other person who has lost the right since", func(t *testing.T, s *scene) error {
			p := s.askForTwo(t)
			second := s.Person(t, "silt", models.RoleSupervisor)
			must(t, s.Approve(t.Context(), s.approver, p))
			s.revoke(t, s.approver, models.RoleSupervisor)
			must(t, s.Approve(t.Context(), second, p)) // one of the two counts
			return s.Approve(t.Context(), second, p)
		}, "already_voted", "removal.approve"},
		{"with one other person who was disabled since", func(t *testing.T, s *scene) error {
			p := s.askForTwo(t)
			second := s.Person(t, "silt", models.RoleSupervisor)
			must(t, s.Approve(t.Context(), s.approver, p))
			must(t, s.Staff.Disable(t.Context(), models.Command("staff"), "sand@example.test"))
			must(t, s.Approve(t.Context(), second, p))
			return s.Approve(t.Context(), second, p)
		}, "already_voted", "removal.approve"},
		{"with one other person who declared an interest since", func(t *testing.T, s *scene) error {
			p := s.askForTwo(t)
			second := s.Person(t, "silt", models.RoleSupervisor)
			must(t, s.Approve(t.Context(), s.approver, p))
			s.declareInterest(t, s.approver)
			must(t, s.Approve(t.Context(), second, p))
			return s.Approve(t.Context(), second, p)
		}, "already_voted", "removal.approve"},
	})
}

// askForTwo opens, in place of the scene's request, one on the same review that needs two approvals.
func (s *scene) askForTwo(t *testing.T) models.Proposal {
	t.Helper()
	_, err := s.Desk.Withdraw(t.Context(), s.asker, apptest.Market, s.p.ID, s.p.Digest)
	must(t, err)
	var tk models.Ticket
	must(t, s.DB.Where("review_id = ?", s.review.ID).Take(&tk).Error)
	payload, err := moderation.ParseRemoval(s.p)
	must(t, err)
	entry := &ledger.Entry{Marketplace: apptest.Market, Act: "removal.request", SubjectType: "proposal"}
	must(t, s.Ledger.Act(t.Context(), s.asker, entry, func(tx *gorm.DB) error {
		var err error
		s.p, err = s.Engine.Propose(tx, s.asker, requestForTwo(entry.ID, s.review, payload))
		if err != nil {
			return err
		}
		return s.writeForTwo(tx, entry, tk, payload)
	}))
	return s.p
}
