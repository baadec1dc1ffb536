package app_test

import (
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
	"evenhand/staff"
)

// What is sent is what was shown, by who may ask for it, about reviews that nobody else is at.
func TestSetIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSet(t, db, 3)
		got := s.gather(t)
		if len(got) != 3 {
			t.Fatalf("gathered %d, want 3", len(got))
		}
		refused := func(code string, change func(*moderation.Ask)) {
			t.Helper()
			ask := s.form(got)
			change(&ask)
			if _, err := s.Desk.Request(t.Context(), s.moor, ask); apptest.Code(err) != code {
				t.Errorf("%v, want %s", err, code)
			}
		}
		refused("stale_set", func(a *moderation.Ask) { a.Set = "" })
		refused("stale_set", func(a *moderation.Ask) { a.Set = moderation.SetDigest(got[:2]) })
		refused("invalid_request", func(a *moderation.Ask) { a.Reason, a.Remedy = "OBSCENE", models.ActionRedact })
		moss := s.Person(t, "moss", models.RoleModerator)
		if err := s.Desk.Gather(t.Context(), moss, apptest.Market, s.ticket.ID, moderation.Like{Seller: true}, []string{moderation.Token(s.ticket.ID, got[0].ID)}); apptest.Code(err) == "" {
			t.Error("somebody else gathers for a ticket that they don't hold")
		}
		if _, err := s.Desk.Linked(t.Context(), s.moor, apptest.Market, s.ticket.ID, moderation.Like{Words: "two", Days: 3}, 1); err != nil {
			t.Errorf("a page without a search: %v", err)
		}
		must(t, (&scene{World: s.World}).tryFlag(t.Context(), got[1])) // and somebody takes it
		if tk, err := s.Desk.Next(t.Context(), moss, apptest.Market); err != nil || tk.ReviewID != got[1].ID {
			t.Fatalf("moss gets %v, %v", tk, err)
		}
		refused("set_taken", func(*moderation.Ask) {})
		view, err := s.Desk.Linked(t.Context(), s.moor, apptest.Market, s.ticket.ID, moderation.Like{Seller: true}, 1)
		must(t, err)
		for _, x := range view.Found {
			if (x.Bar != nil) != (x.ID == got[1].ID) {
				t.Errorf("review %s is barred: %v", x.ID, x.Bar)
			}
		}
		must(t, s.Desk.Drop(t.Context(), s.moor, apptest.Market, s.ticket.ID, []string{moderation.Token(s.ticket.ID, got[1].ID)}))
		if got = s.gatheredNow(t); len(got) != 2 {
			t.Fatalf("%d are left", len(got))
		}
		_, err = s.Desk.Request(t.Context(), s.moor, s.form(got))
		must(t, err)
		verifyClean(t, s.World)
	})
}

func (s *setScene) gatheredNow(t *testing.T) []models.Review {
	t.Helper()
	got, err := s.Desk.Gathered(t.Context(), s.moor, apptest.Market, s.ticket.ID)
	must(t, err)
	return got
}

// Nobody decides on one review of a set, nor with a tie to any of its sellers.
func TestNobodyDecidesOnOneOfASet(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSet(t, db, 2)
		other := s.NewSeller(t, "seller-2")
		s.others = append(s.others, s.Silent(t, other, 1))
		must(t, s.Desk.Gather(t.Context(), s.moor, apptest.Market, s.ticket.ID, moderation.Like{Product: true}, []string{moderation.Token(s.ticket.ID, s.others[2].ID)}))
		lead := s.ask(t)
		all := s.members(t, lead)
		if len(all) != 3 {
			t.Fatalf("%d follow, want 3", len(all))
		}
		for _, p := range all {
			_, err := s.Desk.Approve(t.Context(), s.judges[0], apptest.Market, p.ID, p.Digest, "Looked at it, and it is wrong.")
			if apptest.Code(err) != "in_a_set" {
				t.Errorf("approving one: %v", err)
			}
			if _, err := s.Desk.Withdraw(t.Context(), s.moor, apptest.Market, p.ID, p.Digest); apptest.Code(err) != "in_a_set" {
				t.Errorf("withdrawing one: %v", err)
			}
		}
		_, err := s.Staff.DeclareInterest(t.Context(), s.judges[0], staff.NewInterest{Marketplace: apptest.Market, Seller: other.ExternalID, Relation: "relative", Note: "my sister's shop"})
		must(t, err)
		if err := s.Approve(t.Context(), s.judges[0], lead); apptest.Code(err) != "interest" {
			t.Errorf("with a tie to one of the sellers: %v", err)
		}
		if _, err := s.Desk.Approve(t.Context(), s.moor, apptest.Market, lead.ID, lead.Digest, "I asked for it myself."); apptest.Code(err) == "" {
			t.Error("the requester approved")
		}
		must(t, s.Approve(t.Context(), s.judges[1], lead))
		must(t, s.Staff.Disable(t.Context(), models.Command("staff"), "silt@example.test"))
		must(t, s.Approve(t.Context(), s.judges[2], lead))
		if got := s.count(t); got[models.ReviewPublished] != 4 {
			t.Errorf("one of the two was disabled meanwhile, and yet: %v", got)
		}
		must(t, s.Approve(t.Context(), s.judges[3], lead))
		if got := s.count(t); got[models.ReviewRemoved] != 4 {
			t.Errorf("%v", got)
		}
		verifyClean(t, s.World)
	})
}

// Four approve at once, on two instances: the set takes effect once.
func TestSetRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSet(t, db, 6)
		second := (&scene{World: s.World}).secondInstance(t)
		lead := s.ask(t)
		for _, j := range s.judges {
			s.Open(t.Context(), j, lead)
		}
		var fns []func() error
		for i, j := range s.judges {
			desk := s.Desk
			if i%2 == 1 {
				desk = second.Desk
			}
			fns = append(fns, func() error {
				_, err := desk.Approve(t.Context(), j, apptest.Market, lead.ID, lead.Digest, "Looked at them: the same words.")
				return err
			})
		}
		fns = append(fns, func() error { return s.Edit(t.Context(), s.others[0], "I had the wrong shop in mind.") })
		won := 0
		for i, err := range atOnce(fns...) {
			if i < len(s.judges) && err == nil {
				won++
			}
		}
		if won != 2 {
			t.Errorf("%d approvals went through, want 2", won)
		}
		got := s.count(t)
		if got[models.ReviewRemoved] < 6 {
			t.Errorf("%v", got)
		}
		verifyClean(t, s.World)
	})
}

// Past the program, as the application's account.
func TestSetBySQL(t *testing.T) {
	t.Parallel()
	statements := []struct{ name, sql string }{
		{"an approval of one alone", `INSERT INTO approvals (marketplace_id, id, proposal_id, approver_id, verdict, note, note_salt, note_digest, digest, seal, created_at)
			SELECT marketplace_id, @id, id, @judge, 'approve', 'n', @bytes, @bytes, digest, seal, @now FROM proposals WHERE id = @member`},
		{"one goes alone", "UPDATE proposals SET state = 'approved', decided_at = @now WHERE id = @member"},
		{"one ends alone", "UPDATE proposals SET state = 'declined', decided_at = @now WHERE id = @member"},
		{"out of the set", "UPDATE proposals SET lead_id = NULL, set_place = NULL WHERE id = @member"},
		{"another set", "UPDATE proposals SET lead_id = @member WHERE id = @member"},
		{"a smaller set", "UPDATE proposals SET set_size = 2 WHERE id = @lead"},
		{"one more", `INSERT INTO proposals (marketplace_id, id, kind, subject_type, subject_id, subject_version, payload, digest, seal, requester_id, state, quorum, created_at, expires_at, lead_id, set_place)
			SELECT marketplace_id, @id, kind, subject_type, 'x', 1, payload, digest, seal, requester_id, 'open', quorum, created_at, expires_at, @lead, 9 FROM proposals WHERE id = @member`},
		{"at a place that is taken", `INSERT INTO proposals (marketplace_id, id, kind, subject_type, subject_id, subject_version, payload, digest, seal, requester_id, state, quorum, created_at, expires_at, lead_id, set_place)
			SELECT marketplace_id, @id, kind, subject_type, 'x', 1, payload, digest, seal, requester_id, 'open', quorum, created_at, expires_at, @lead, 1 FROM proposals WHERE id = @member`},
		{"fewer people", `INSERT INTO proposals (marketplace_id, id, kind, subject_type, subject_id, subject_version, payload, digest, seal, requester_id, state, quorum, created_at, expires_at, set_size)
			SELECT marketplace_id, @id, kind, subject_type, 'x', 1, payload, digest, seal, requester_id, 'open', 1, created_at, expires_at, 3 FROM proposals WHERE id = @member`},
		{"a lead without its set", "UPDATE proposals SET state = 'approved', decided_at = @now WHERE id = @lead"},
	}
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSet(t, db, 3)
		lead := s.ask(t)
		member := s.members(t, lead)[0]
		args := map[string]any{
			"lead": lead.ID, "member": member.ID, "judge": s.judges[0].ID, "id": models.NewID(), "now": s.Now(), "bytes": []byte("sixteen bytes!!!sixteen bytes!!!"),
		}
		for _, x := range statements {
			if who := refusedBy(s.DB.Exec(x.sql, args).Error); who != byGuard && who != byRule && who != denied {
				t.Errorf("%s: %q", x.name, who)
			}
		}
		verifyClean(t, s.World)
	})
}
