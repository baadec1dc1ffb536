package app_test

import (
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/staff"
)

// seatScene is a request on a negative rating for which one of three supervisors was drawn.
type seatScene struct {
	*apptest.World
	asker models.Actor
	all   []models.Actor
	p     models.Proposal
}

func newSeatScene(t *testing.T, db *dbtest.DB) *seatScene {
	t.Helper()
	s := &seatScene{World: apptest.New(t, db)}
	s.DrawApprovers(t)
	s.asker = s.Person(t, "moor", models.RoleModerator, models.RoleSupervisor)
	for _, name := range []string{"sand", "silt", "clay"} {
		s.all = append(s.all, s.Person(t, name, models.RoleSupervisor))
	}
	s.Clock.Wind(5 * time.Minute)
	s.Review(t, s.Seller, 1)
	s.Clock.Wind(5 * time.Minute)
	s.p = s.Ask(t, s.asker)
	return s
}

// drawn is who was drawn for the request and can decide now; nil is nobody.
func (s *seatScene) drawn(t *testing.T) *models.Actor {
	t.Helper()
	var id []string
	must(t, s.DB.Model(&models.ApproverDraw{}).Where("proposal_id = ? AND ended_at IS NULL", s.p.ID).Pluck("approver_id", &id).Error)
	for i := range s.all {
		if len(id) == 1 && s.all[i].ID == id[0] {
			return &s.all[i]
		}
	}
	if len(id) > 0 {
		t.Fatalf("%v are drawn", id)
	}
	return nil
}

func (s *seatScene) sweep(t *testing.T) int {
	t.Helper()
	w, err := s.Desk.SweepDraws(t.Context())
	must(t, err)
	return w.Reassigned
}

func TestOnlyTheDrawnDecide(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSeatScene(t, db)
		who := s.drawn(t)
		for _, other := range s.all {
			if other.ID == who.ID {
				continue
			}
			if err := s.Approve(t.Context(), other, s.p); apptest.Code(err) != "not_drawn" {
				t.Errorf("%s, who wasn't drawn: %v", other.Name, err)
			}
			if n, err := s.Desk.Waiting(t.Context(), other, apptest.Market); err != nil || n != 0 {
				t.Errorf("%d requests wait for %s, %v", n, other.Name, err)
			}
			err := s.DB.Exec("INSERT INTO approvals (marketplace_id, id, proposal_id, approver_id, verdict, note, digest, seal, created_at) VALUES (?, ?, ?, ?, 'approve', 'Looked it up.', ?, ?, ?)",
				apptest.Market, models.NewID(), s.p.ID, other.ID, s.p.Digest, []byte("x"), s.Now()).Error
			if refusedBy(err) != byGuard {
				t.Errorf("a row for %s: %v", other.Name, err)
			}
		}
		if err := s.Approve(t.Context(), s.asker, s.p); apptest.Code(err) != "own_request" {
			t.Errorf("the requester: %v", err)
		}
		if n, err := s.Desk.Waiting(t.Context(), *who, apptest.Market); err != nil || n != 1 {
			t.Errorf("%d requests wait for who was drawn, %v", n, err)
		}
		must(t, s.Approve(t.Context(), *who, s.p))
		replays(t, s.World)

		s.Review(t, s.Seller, 5)
		s.Clock.Wind(5 * time.Minute)
		positive := s.Ask(t, s.asker) // nobody is drawn for these
		must(t, s.Approve(t.Context(), s.all[0], positive))
		replays(t, s.World)
	})
}

func TestSeatsAreReassigned(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(t *testing.T, s *seatScene, who models.Actor){
		models.DrawLate: func(_ *testing.T, s *seatScene, _ models.Actor) { s.Clock.Wind(24 * time.Hour) },
		models.DrawDisabled: func(t *testing.T, s *seatScene, who models.Actor) {
			must(t, s.Staff.Disable(t.Context(), models.Command("staff"), email(who)))
		},
		models.DrawRole: func(t *testing.T, s *seatScene, who models.Actor) {
			_, err := s.Staff.Revoke(t.Context(), models.Command("staff"), email(who), models.RoleSupervisor, apptest.Market)
			must(t, err)
		},
		models.DrawInterest: func(t *testing.T, s *seatScene, who models.Actor) {
			_, err := s.Staff.DeclareInterest(t.Context(), who, staff.NewInterest{Marketplace: apptest.Market, Seller: s.Seller.ExternalID, Relation: "relative", Note: "my sister's shop"})
			must(t, err)
		},
		"absent": func(t *testing.T, s *seatScene, who models.Actor) {
			must(t, s.Desk.HandBack(t.Context(), who, apptest.Market, s.p.ID, "absent"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				s := newSeatScene(t, db)
				if n := s.sweep(t); n != 0 {
					t.Errorf("a sweep reassigned %d requests with nothing to do", n)
				}
				first := *s.drawn(t)
				s.Clock.Wind(5 * time.Minute)
				lose(t, s, first)
				s.sweep(t)
				second := s.drawn(t)
				if second == nil || second.ID == first.ID {
					t.Fatalf("after %s: %v", name, second)
				}
				if err := s.Approve(t.Context(), first, s.p); err == nil {
					t.Error("who lost the seat could decide")
				}
				var why string
				must(t, s.DB.Raw("SELECT ended_why FROM approver_draws WHERE approver_id = ?", first.ID).Scan(&why).Error)
				if n := s.Entries(t, "removal.reassign", models.OutcomeDone); why != name || n != 1 {
					t.Errorf("ended %q, %d entries", why, n)
				}
				s.Clock.Wind(5 * time.Minute)
				must(t, s.Approve(t.Context(), *second, s.p))
				replays(t, s.World)
			})
		})
	}
}

// With nobody left, the request waits: for somebody who may be drawn, or for its end.
func TestSeatsWaitForSomebody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSeatScene(t, db)
		for range s.all {
			s.Clock.Wind(2 * time.Minute)
			must(t, s.Desk.HandBack(t.Context(), *s.drawn(t), apptest.Market, s.p.ID, "expertise"))
		}
		if s.sweep(t) != 0 || s.drawn(t) != nil {
			t.Fatal("somebody was drawn who had handed it back")
		}
		if err := s.Approve(t.Context(), s.all[0], s.p); apptest.Code(err) != "not_drawn" {
			t.Errorf("with nobody drawn: %v", err)
		}
		s.Clock.Wind(2 * time.Minute)
		s.all = append(s.all, s.Person(t, "loam", models.RoleSupervisor))
		s.Clock.Wind(2 * time.Minute)
		if s.sweep(t) != 1 || s.drawn(t) == nil {
			t.Fatal("the newcomer wasn't drawn")
		}
		s.Clock.Wind(30 * time.Hour) // late, but there is nobody else
		if s.sweep(t) != 0 || s.drawn(t).Name != "loam" {
			t.Error("the only one left lost the seat")
		}
		s.Clock.Wind(72 * time.Hour)
		if n, err := s.Engine.Expire(t.Context()); n != 1 || err != nil {
			t.Errorf("%d expired, %v", n, err)
		}
		replays(t, s.World)
	})
}

// Many sweeps, a verdict and a hand-back at the same time: the request has one drawn approver and one end.
func TestSeatsRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSeatScene(t, db)
		for range 5 {
			first := *s.drawn(t)
			s.Clock.Wind(24*time.Hour + time.Minute)
			sweep := func() error { _, err := s.Desk.SweepDraws(t.Context()); return err }
			errs := atOnce(sweep, sweep, sweep,
				func() error { return s.Approve(t.Context(), first, s.p) },
				func() error { return s.Desk.HandBack(t.Context(), first, apptest.Market, s.p.ID, "absent") })
			for _, err := range errs[:3] {
				must(t, err)
			}
			var state string
			must(t, s.DB.Raw("SELECT state FROM proposals WHERE id = ?", s.p.ID).Scan(&state).Error)
			if (errs[3] == nil) != (state == models.ProposalEffective) {
				t.Errorf("the verdict: %v, and the request is %s", errs[3], state)
			}
			if s.drawn(t) == nil {
				t.Error("nobody is drawn")
			}
			s.Clock.Wind(5 * time.Minute)
			s.Review(t, s.Seller, 1)
			s.Clock.Wind(5 * time.Minute)
			s.p = s.Ask(t, s.asker)
		}
		replays(t, s.World)
	})
}
