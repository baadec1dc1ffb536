package app_test

import (
	"testing"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
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
