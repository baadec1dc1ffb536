package moderation

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/routing"
	"evenhand/rulebook"
)

// inForce are the rules by which a marketplace's tickets are sent to queues now. Version 0 are the program's own.
type inForce struct {
	version int
	set     routing.Set
}

func rulesInForce(db *gorm.DB, marketplace string) (inForce, error) {
	version, set, err := rulebook.InForce(db, marketplace)
	return inForce{version, set}, err
}

// ticket is a new ticket, sent where the rules have it.
func (x inForce) ticket(id string, r models.Review, f routing.Facts, at time.Time) models.Ticket {
	to := x.set.Route(f)
	return models.Ticket{
		MarketplaceID: r.MarketplaceID, ID: id, ReviewID: r.ID, SellerID: r.SellerID, Queue: to.Queue, Priority: to.Priority,
		Skill: to.Skill, State: models.TicketOpen, OpenedAt: at, DueAt: models.At(at.Add(to.Due)),
	}
}

// route is the row of a ticket that flags send somewhere.
func (x inForce) route(t models.Ticket, f routing.Facts, at time.Time) (models.TicketRoute, error) {
	text, err := ledger.Canonical(f)
	return models.TicketRoute{
		MarketplaceID: t.MarketplaceID, TicketID: t.ID, N: t.Route, Why: models.RoutedByFlag, Version: x.version, Rule: x.set.Route(f).Rule,
		Facts: string(text), Queue: t.Queue, Priority: t.Priority, DueAt: t.DueAt, Skill: t.Skill, RoutedAt: at,
	}, err
}

// reviewFacts are what routing asks about a review.
type reviewFacts struct {
	ID       string
	Rating   int
	Language string
	Verified *bool
	PostedAt time.Time
	Category string
}

func factsOf(db *gorm.DB, marketplace string, reviews []string) (map[string]reviewFacts, error) {
	var rows []reviewFacts
	err := db.Table("reviews r").Select("r.id, r.rating, r.language, r.verified, r.posted_at, p.category").
		Joins("JOIN products p ON p.marketplace_id = r.marketplace_id AND p.id = r.product_id").
		Where("r.marketplace_id = ? AND r.id IN ?", marketplace, reviews).Scan(&rows).Error
	out := make(map[string]reviewFacts, len(rows))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, err
}

// facts are what the rules are asked about a review, before there are flags.
func (r reviewFacts) facts(at time.Time) routing.Facts {
	return routing.Facts{
		Category: routing.QueueOf(r.Category), Language: r.Language, Sources: []string{}, Stars: r.Rating,
		Age: ageAt(r.PostedAt, at), Verified: r.Verified,
	}
}

// ageAt is how old a review is, in whole days.
func ageAt(posted, at time.Time) int { return max(int(at.Sub(posted)/(24*time.Hour)), 0) }

// withFlag adds a flag to the facts.
func withFlag(f routing.Facts, source string, score *int) routing.Facts {
	f.Flags++
	if i, found := slices.BinarySearch(f.Sources, source); !found {
		f.Sources = slices.Insert(slices.Clone(f.Sources), i, source)
	}
	if score != nil && (f.Score == nil || *score > *f.Score) {
		f.Score = score
	}
	return f
}
