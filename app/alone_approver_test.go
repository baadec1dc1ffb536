package app_test

import (
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/staff"
)

func TestWhoMayNotApprove(t *testing.T) {
	t.Parallel()
	as := func(who func(t *testing.T, s *scene) models.Actor) func(t *testing.T, s *scene) error {
		return func(t *testing.T, s *scene) error { return s.approve(t, who(t, s)) }
	}
	role := func(role string) func(t *testing.T, s *scene) error {
		return as(func(t *testing.T, s *scene) models.Actor { return s.Person(t, "other", role) })
	}
	const act = "removal.approve"
	fail(t, []attempt{
		{"a second moderator", role(models.RoleModerator), "no_right", act},
		{"an auditor", role(models.RoleAuditor), "no_right", act},
		{"an investigator", role(models.RoleInvestigator), "no_right", act},
		{"an administrator", role(models.RoleAdministrator), "no_right", act},
		{"an administrator of everything", as(func(t *testing.T, s *scene) models.Actor {
			return s.PersonIn(t, models.AllMarketplaces, "other", models.RoleAdministrator)
		}), "no_right", act},
		{"a person without a role", as(func(t *testing.T, s *scene) models.Actor { return s.Person(t, "other") }), "no_right", act},
		{"another marketplace's supervisor", as(func(t *testing.T, s *scene) models.Actor {
			return s.PersonIn(t, apptest.Other, "other", models.RoleSupervisor)
		}), "no_right", act},
		{"another marketplace's supervisor, naming their own marketplace", func(t *testing.T, s *scene) error {
			other := s.PersonIn(t, apptest.Other, "other", models.RoleSupervisor)
			_, err := s.Desk.Approve(t.Context(), other, apptest.Other, s.p.ID, s.p.Digest, "Checked the order look-up: right.")
			return err
		}, "no_proposal", ""},
		{"a supervisor, under the wrong marketplace", func(t *testing.T, s *scene) error {
			_, err := s.Desk.Approve(t.Context(), s.approver, apptest.Other, s.p.ID, s.p.Digest, "Checked the order look-up: right.")
			return err
		}, "no_proposal", ""},
		{"a supervisor, of all marketplaces at once", func(t *testing.T, s *scene) error {
			_, err := s.Desk.Approve(t.Context(), s.approver, models.AllMarketplaces, s.p.ID, s.p.Digest, "Checked the order look-up: right.")
			return err
		}, "no_proposal", ""},
		{"a command", as(func(*testing.T, *scene) models.Actor { return models.Command("import") }), "not_a_person", act},
		{"a job", as(func(*testing.T, *scene) models.Actor { return models.System("expiry") }), "not_a_person", act},
		{"a command under a supervisor's id", as(func(_ *testing.T, s *scene) models.Actor {
			return models.Actor{Kind: models.ActorCommand, ID: s.approver.ID}
		}), "not_a_person", act},
		{"an actor of no kind, which is a mistake of ours and no attempt", as(func(_ *testing.T, s *scene) models.Actor {
			return models.Actor{ID: s.approver.ID}
		}), "internal", ""},
		{"a person that doesn't exist", as(func(*testing.T, *scene) models.Actor {
			return models.Actor{Kind: models.ActorPerson, ID: models.NewID()}
		}), "no_person", act},
		{"a person named like a role", as(func(*testing.T, *scene) models.Actor {
			return models.Actor{Kind: models.ActorPerson, ID: models.RoleSupervisor}
		}), "no_person", act},
		{"a supervisor with an interest in the seller", func(t *testing.T, s *scene) error {
			s.declareInterest(t, s.approver)
			return s.approve(t, s.approver)
		}, "interest", act},
	})
}

func TestWhoMayNotApproveAnyMore(t *testing.T) {
	t.Parallel()
	const act = "removal.approve"
	// until gives somebody the supervisor's role for a time of its own.
	during := func(t *testing.T, s *scene, from, to time.Duration) models.Actor {
		other := s.Person(t, "other")
		end := s.Now().Add(to)
		_, err := s.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{
			Email: email(other), Role: models.RoleSupervisor, Marketplace: apptest.Market, From: s.Now().Add(from), To: &end,
		})
		must(t, err)
		return other
	}
	fail(t, []attempt{
		{"disabled", func(t *testing.T, s *scene) error {
			must(t, s.Staff.Disable(t.Context(), models.Command("staff"), email(s.approver)))
			return s.approve(t, s.approver)
		}, "disabled", act},
		{"demoted", func(t *testing.T, s *scene) error {
			s.revoke(t, s.approver, models.RoleSupervisor)
			return s.approve(t, s.approver)
		}, "no_right", act},
		{"demoted by another instance", func(t *testing.T, s *scene) error {
			_, err := s.secondInstance(t).Staff.Revoke(t.Context(), models.Command("staff"), email(s.approver), models.RoleSupervisor, apptest.Market)
			must(t, err)
			return s.approve(t, s.approver)
		}, "no_right", act},
		{"with a grant that has expired", func(t *testing.T, s *scene) error {
			other := during(t, s, 0, time.Hour)
			s.Clock.Wind(time.Hour)
			return s.approve(t, other)
		}, "no_right", act},
		{"with a grant that isn't valid yet", func(t *testing.T, s *scene) error {
			return s.approve(t, during(t, s, time.Minute, time.Hour))
		}, "no_right", act},
		{"with a grant that was in the enforcer's memory when it expired", func(t *testing.T, s *scene) error {
			other := during(t, s, 0, time.Hour)
			if _, err := s.Desk.Approve(t.Context(), other, apptest.Market, s.p.ID, []byte("stale"), "Checked the order look-up: right."); apptest.Code(err) != "stale_form" {
				t.Errorf("while the grant is valid: %v", err)
			}
			s.Clock.Wind(2 * time.Hour)
			return s.approve(t, other)
		}, "no_right", act},
		{"asking for a grant of their own first", func(t *testing.T, s *scene) error {
			// Grants are made at the console; what a person may grant comes with its own proposals.
			s.grant(t, s.asker, models.RoleSupervisor, models.AllMarketplaces)
			return s.approve(t, s.asker)
		}, "own_request", act},
	})
}

func TestThePersonGoesWhileTheyDecide(t *testing.T) {
	t.Parallel()
	// One of the two comes first. If the approval does, it was a supervisor's; if not, it is refused.
	gone := func(leave func(t *testing.T, s *scene) error) func(t *testing.T, s *scene) error {
		return func(t *testing.T, s *scene) error {
			p := s.askForTwo(t) // so that the review stays, whoever is first
			errs := atOnce(
				func() error { return s.Approve(t.Context(), s.approver, p) },
				func() error { return leave(t, s) },
			)
			must(t, errs[1])
			if errs[0] != nil && !models.IsKind(errs[0], models.Forbidden) {
				t.Errorf("the approval that raced with it: %v; want done or forbidden", errs[0])
			}
			second := s.Person(t, "silt", models.RoleSupervisor)
			must(t, s.Approve(t.Context(), second, p)) // alone in any case: who has left doesn't count
			return s.Approve(t.Context(), second, p)
		}
	}
	fail(t, []attempt{
		{"disabled", gone(func(t *testing.T, s *scene) error {
			return s.Staff.Disable(t.Context(), models.Command("staff"), email(s.approver))
		}), "already_voted", "removal.approve"},
		{"demoted", gone(func(t *testing.T, s *scene) error {
			_, err := s.Staff.Revoke(t.Context(), models.Command("staff"), email(s.approver), models.RoleSupervisor, apptest.Market)
			return err
		}), "already_voted", "removal.approve"},
		{"tied to the seller", gone(func(t *testing.T, s *scene) error {
			_, err := s.Staff.DeclareInterest(t.Context(), s.approver, staff.NewInterest{Marketplace: apptest.Market, Seller: s.Seller.ExternalID, Relation: "owner"})
			return err
		}), "already_voted", "removal.approve"},
	})
}
