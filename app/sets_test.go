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
