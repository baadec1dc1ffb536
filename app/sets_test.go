package app_test

import (
	"os"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/approval"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
	"evenhand/staff"
)

// setScene is a moderator who holds a ticket and finds that other reviews belong to it, and people to decide.
type setScene struct {
	*apptest.World
	moor   models.Actor
	ticket models.Ticket
	first  models.Review
	others []models.Review
	judges []models.Actor
}

// newSet brings in reviews of one seller, of which only the first is flagged.
func newSet(t *testing.T, db *dbtest.DB, others int) *setScene {
	t.Helper()
	s := &setScene{World: apptest.New(t, db)}
	s.moor = s.Person(t, "moor", models.RoleModerator)
	for _, name := range []string{"sand", "silt", "clay", "loam"} {
		s.judges = append(s.judges, s.Person(t, name, models.RoleSupervisor))
	}
	s.first = s.Review(t, s.Seller, 1)
	for range others {
		s.others = append(s.others, s.Silent(t, s.Seller, 1))
	}
	s.draw(t)
	return s
}

func (s *setScene) draw(t *testing.T) {
	t.Helper()
	tk, err := s.Desk.Next(t.Context(), s.moor, apptest.Market)
	must(t, err)
	s.ticket = tk
}

// gather searches by the seller and gathers all that it finds.
func (s *setScene) gather(t *testing.T) []models.Review {
	t.Helper()
	like := moderation.Like{Seller: true}
	for page := 1; ; page++ {
		found, err := s.Desk.Linked(t.Context(), s.moor, apptest.Market, s.ticket.ID, like, page)
		must(t, err)
		if len(found.Found) == 0 {
			break
		}
		var tokens []string
		for _, x := range found.Found {
			tokens = append(tokens, moderation.Token(s.ticket.ID, x.ID))
		}
		must(t, s.Desk.Gather(t.Context(), s.moor, apptest.Market, s.ticket.ID, like, tokens))
	}
	got, err := s.Desk.Gathered(t.Context(), s.moor, apptest.Market, s.ticket.ID)
	must(t, err)
	return got
}

func (s *setScene) form(gathered []models.Review) moderation.Ask {
	return moderation.Ask{
		Marketplace: apptest.Market, Ticket: s.ticket.ID, Seen: s.first.Digest, Set: moderation.SetDigest(gathered), Reason: "FAKE_EXPERIENCE",
		Justification: apptest.Justification, Evidence: []moderation.Evidence{{Kind: moderation.EvidenceOrder, Value: "look-up 17: no order"}},
	}
}

// ask gathers everything and sends the request.
func (s *setScene) ask(t *testing.T) models.Proposal {
	t.Helper()
	p, err := s.Desk.Request(t.Context(), s.moor, s.form(s.gather(t)))
	must(t, err)
	return p
}

// members are the requests that follow, in their places.
func (s *setScene) members(t *testing.T, lead models.Proposal) []models.Proposal {
	t.Helper()
	var out []models.Proposal
	must(t, s.DB.Where("lead_id = ?", lead.ID).Order("set_place").Find(&out).Error)
	return out
}

// count counts the set's reviews by their status.
func (s *setScene) count(t *testing.T) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, r := range append(s.others, s.first) {
		out[s.Status(t, r)]++
	}
	return out
}

// A set takes as many people as its size asks for, does nothing before the last of them, and then everything; each review
// is on record, told its author, and undone, by itself.
func TestSetIsDecidedOnAsAWhole(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSet(t, db, 11)
		lead := s.ask(t)
		if *lead.SetSize != 12 || lead.Quorum != 2 || len(s.members(t, lead)) != 11 {
			t.Fatalf("a set of %d, quorum %d, %d follow", *lead.SetSize, lead.Quorum, len(s.members(t, lead)))
		}
		if n := s.Entries(t, "removal.request", models.OutcomeDone); n != 12 {
			t.Errorf("%d requests on record, want 12", n)
		}
		var picked int64
		must(t, s.DB.Model(&models.Decision{}).Where("assigned = ?", models.AssignedPicked).Count(&picked).Error)
		if picked != 11 {
			t.Errorf("the detector counts %d picked decisions, want 11", picked)
		}
		_, err := s.Desk.Approve(t.Context(), s.judges[0], apptest.Market, lead.ID, lead.Digest, "Looked at them: the same words.")
		if apptest.Code(err) != "evidence_unopened" {
			t.Errorf("approved without opening the drawn reviews: %v", err)
		}
		must(t, s.Approve(t.Context(), s.judges[0], lead))
		if got := s.count(t); got[models.ReviewPublished] != 12 {
			t.Errorf("after one approval: %v", got)
		}
		verifyClean(t, s.World)
		must(t, s.Approve(t.Context(), s.judges[1], lead))
		if got := s.count(t); got[models.ReviewRemoved] != 12 {
			t.Errorf("after two approvals: %v", got)
		}
		if n := s.Entries(t, "removal.approve", models.OutcomeDone); n != 24 {
			t.Errorf("%d approvals on record, want 24", n)
		}
		var told int64
		must(t, s.DB.Table("statements").Count(&told).Error)
		if told != 12 {
			t.Errorf("%d statements of reasons, want 12", told)
		}
		must(t, s.Desk.Restore(t.Context(), s.judges[0], apptest.Market, s.others[3].ID, 1, "The author showed the invoice."))
		if got := s.count(t); got[models.ReviewRemoved] != 11 {
			t.Errorf("after one was restored: %v", got)
		}
		verifyClean(t, s.World)
		replays(t, s.World)
	})
}

func TestSetComesToOneEnd(t *testing.T) {
	t.Parallel()
	ends := map[string]func(t *testing.T, s *setScene, lead models.Proposal) error{
		models.ProposalDeclined: func(t *testing.T, s *setScene, lead models.Proposal) error {
			_, err := s.Desk.Decline(t.Context(), s.judges[0], apptest.Market, lead.ID, lead.Digest, "These are customers: the orders are there.")
			return err
		},
		models.ProposalWithdrawn: func(t *testing.T, s *setScene, lead models.Proposal) error {
			_, err := s.Desk.Withdraw(t.Context(), s.moor, apptest.Market, lead.ID, lead.Digest)
			return err
		},
		models.ProposalExpired: func(t *testing.T, s *setScene, _ models.Proposal) error {
			s.Clock.Wind(100 * time.Hour)
			n, err := s.Engine.Expire(t.Context())
			if n != 1 {
				t.Errorf("%d requests expired, want the set, as one", n)
			}
			return err
		},
		models.ProposalVoid: func(t *testing.T, s *setScene, _ models.Proposal) error {
			return s.Edit(t.Context(), s.first, "It works again, I was wrong.")
		},
	}
	for end, act := range ends {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				s := newSet(t, db, 3)
				lead := s.ask(t)
				must(t, act(t, s, lead))
				for _, p := range append(s.members(t, lead), lead) {
					var state string
					must(t, s.DB.Raw("SELECT state FROM proposals WHERE id = ?", p.ID).Scan(&state).Error)
					if state != end {
						t.Errorf("request %s is %s", p.ID, state)
					}
				}
				if got := s.count(t); got[models.ReviewPublished] != 4 {
					t.Errorf("%v", got)
				}
				verifyClean(t, s.World)
			})
		})
	}
}

// A review that its author edits drops out of the set; the others are decided on.
func TestEditedReviewDropsOutOfItsSet(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSet(t, db, 4)
		lead := s.ask(t)
		must(t, s.Approve(t.Context(), s.judges[0], lead))
		must(t, s.Edit(t.Context(), s.others[2], "I had the wrong shop in mind, sorry."))
		must(t, s.Approve(t.Context(), s.judges[1], lead))
		if got := s.count(t); got[models.ReviewRemoved] != 4 || s.Status(t, s.others[2]) != models.ReviewPublished {
			t.Errorf("%v", got)
		}
		verifyClean(t, s.World)
		replays(t, s.World)
	})
}

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

// What the database's owner changes about a set is named.
func TestVerifyNamesWhatTheOwnerDidToSets(t *testing.T) {
	t.Parallel()
	tampering := map[string][]string{
		"a smaller set":            {"UPDATE proposals SET set_size = 3 WHERE id = @lead"},
		"one taken out":            {"UPDATE proposals SET lead_id = NULL, set_place = NULL WHERE id = @member"},
		"one taken out altogether": {"DELETE FROM approvals WHERE proposal_id = @member", "DELETE FROM proposals WHERE id = @member"},
		"places exchanged":         {"UPDATE proposals SET set_place = 9 WHERE id = @member", "UPDATE proposals SET set_place = 1 WHERE lead_id = @lead AND set_place = 2", "UPDATE proposals SET set_place = 2 WHERE id = @member"},
		"a verdict taken away":     {"DELETE FROM approvals WHERE proposal_id = @member AND approver_id = @judge"},
		"the lead's verdict gone":  {"DELETE FROM approvals WHERE proposal_id = @lead AND approver_id = @judge"},
		"one not removed":          {"UPDATE proposals SET state = 'void' WHERE id = @member"},
		"fewer people":             {"UPDATE proposals SET quorum = 1 WHERE lead_id = @lead"},
	}
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSet(t, db, 3)
		lead := s.ask(t)
		must(t, s.Approve(t.Context(), s.judges[0], lead))
		must(t, s.Approve(t.Context(), s.judges[1], lead))
		verifyClean(t, s.World)
		h := &history{scene: &scene{World: s.World, review: s.first, asker: s.moor, approver: s.judges[0], p: lead}}
		owner := unguarded(t, s.World)
		for name, statements := range tampering {
			f := h.tamper(t, owner, map[string]any{"lead": lead.ID, "member": s.members(t, lead)[0].ID, "judge": s.judges[0].ID}, statements...)
			if f.all == "" || f.state == "" {
				t.Errorf("%s: %q, by the state alone %q", name, f.all, f.state)
			}
		}
	})
}

// Where approvers are drawn, as many are drawn as the set takes, none of whom has a tie to any of its sellers.
func TestSetApproversAreDrawn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSet(t, db, 2)
		s.DrawApprovers(t)
		other := s.NewSeller(t, "seller-2")
		s.others = append(s.others, s.Silent(t, other, 1))
		for _, j := range s.judges[:2] {
			_, err := s.Staff.DeclareInterest(t.Context(), j, staff.NewInterest{Marketplace: apptest.Market, Seller: other.ExternalID, Relation: "relative", Note: "my sister's shop"})
			must(t, err)
		}
		must(t, s.Desk.Gather(t.Context(), s.moor, apptest.Market, s.ticket.ID, moderation.Like{Product: true}, []string{moderation.Token(s.ticket.ID, s.others[2].ID)}))
		lead := s.ask(t)
		var drawn []models.ApproverDraw
		must(t, s.DB.Find(&drawn).Error)
		if len(drawn) != 2 {
			t.Fatalf("%d people were drawn, want 2", len(drawn))
		}
		for _, x := range drawn {
			if x.ProposalID != lead.ID || x.ApproverID == s.judges[0].ID || x.ApproverID == s.judges[1].ID {
				t.Errorf("%s was drawn for %s", x.ApproverID, x.ProposalID)
			}
			must(t, s.Approve(t.Context(), models.Actor{Kind: models.ActorPerson, ID: x.ApproverID}, lead))
		}
		if got := s.count(t); got[models.ReviewRemoved] != 4 {
			t.Errorf("%v", got)
		}
		verifyClean(t, s.World)
		replays(t, s.World)
	})
}

// The largest sets take three, and go through. SoakLargeSet is the same with as many as a set may have.
func TestLargeSet(t *testing.T) { largeSet(t, 60) }

func TestSoakLargeSet(t *testing.T) {
	if os.Getenv("EVENHAND_SOAK") == "" {
		t.Skip("EVENHAND_SOAK isn't set")
	}
	largeSet(t, approval.MaxSet)
}

func largeSet(t *testing.T, size int) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSet(t, db, size-1)
		begin := time.Now()
		got := s.gather(t)
		gathered := time.Since(begin)
		begin = time.Now()
		lead, err := s.Desk.Request(t.Context(), s.moor, s.form(got))
		must(t, err)
		asked := time.Since(begin)
		if lead.Quorum != 3 {
			t.Errorf("quorum %d", lead.Quorum)
		}
		for _, j := range s.judges[:3] {
			s.Open(t.Context(), j, lead)
			begin = time.Now()
			_, err := s.Desk.Approve(t.Context(), j, apptest.Market, lead.ID, lead.Digest, "Looked at them: the same words.")
			must(t, err)
		}
		t.Logf("a set of %d: gathered in %v, asked in %v, the last approval took %v", size, gathered, asked, time.Since(begin))
		if n := s.count(t)[models.ReviewRemoved]; n != size {
			t.Errorf("%d removed", n)
		}
		verifyClean(t, s.World)
	})
}
