package demo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// The two marketplaces. The small one is there so that there is something to switch to.
const (
	large = "demo"
	small = "demo-yard"
)

// market is a marketplace with its sellers.
type market struct {
	id, name string
	since    int // days before the end
	sellers  []*seller
	weight   float64 // of all sellers
	share    float64 // of all reviews
	open     int     // tickets that wait for a moderator
	books    map[string][]*item
}

// seller is who is reviewed.
type seller struct {
	id, name string
	category int
	products []product
	weight   float64 // share of the reviews
	breaking float64 // chance that a flagged negative review breaks a rule
	besieged bool    // somebody has fakes written about this one
}

type product struct{ id, title string }

// The chance that a flagged negative review breaks a rule: of all, how queues differ, and how sellers do, in logits.
const (
	breakingBase    = 0.2
	breakingSpread  = 0.3
	favouredBetter  = -1.2 // a favoured seller flags what is merely negative
	besiegedWorse   = 1.3
	besiegedAt      = 4
	favouredShare   = 0.055 // of the large marketplace's reviews, each
	largeSellers    = 40
	smallSellers    = 6
	smallShare      = 0.03
	smallSince      = 40
	mostProducts    = 4
	firstSellerCode = 1000
)

var queueOffset = []float64{-0.3, -0.1, 0, 0.15, 0.3}

// newMarket makes up a marketplace and its sellers, the largest first.
func newMarket(rng *rand.Rand, id, name string, sellers, since int, share float64) *market {
	m := &market{id: id, name: name, since: since, share: share, books: map[string][]*item{}}
	first, second := rng.Perm(len(sellerFirst)), rng.Perm(len(sellerFirst))
	for i := range sellers {
		s := &seller{
			id:       fmt.Sprintf("S-%d", firstSellerCode+first[i]*7),
			name:     sellerFirst[first[i]] + " " + sellerSecond[second[i]%len(sellerSecond)],
			category: i % len(categories), weight: 1 / math.Sqrt(float64(i+1)), besieged: i == besiegedAt,
		}
		offset := queueOffset[s.category] + breakingSpread*rng.NormFloat64()
		if s.besieged {
			offset += besiegedWorse
		}
		s.breaking = logistic(math.Log(breakingBase/(1-breakingBase)) + offset)
		s.stock(rng)
		m.sellers = append(m.sellers, s)
		m.weight += s.weight
	}
	return m
}

// favour gives the favoured sellers their size and their better work.
func (m *market) favour() {
	rest := m.weight
	for _, f := range favouring {
		rest -= m.sellers[f.seller].weight
	}
	m.weight = rest
	for _, f := range favouring {
		s := m.sellers[f.seller]
		s.weight = rest * favouredShare / (1 - favouredShare*float64(len(favouring)))
		s.breaking = logistic(math.Log(s.breaking/(1-s.breaking)) + favouredBetter)
		m.weight += s.weight
	}
}

func (s *seller) stock(rng *rand.Rand) {
	titles := categories[s.category].products
	for i, at := range rng.Perm(len(titles))[:2+rng.IntN(mostProducts-1)] {
		s.products = append(s.products, product{fmt.Sprintf("%s-P%d", s.id, i+1), titles[at]})
	}
}

// pick draws a seller by size.
func (m *market) pick(rng *rand.Rand) *seller {
	x := rng.Float64() * m.weight
	for _, s := range m.sellers {
		if x -= s.weight; x < 0 {
			return s
		}
	}
	return m.sellers[0]
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// found opens a marketplace under its name; an import would give it its id as a name.
func (w *world) found(ctx context.Context, m *market) error {
	row := models.Marketplace{ID: m.id, Name: m.name, NegativeAtOrBelow: 2, ProposalTTLHours: 72, LeaseMinutes: 10, ApproversDrawn: true, LooksPer10000: w.looks, StatementLanguage: models.FirstLanguage, BlindParties: models.FirstBlind, BlindRequester: models.FirstBlind}
	entry := &ledger.Entry{Marketplace: m.id, Act: "marketplace.add", SubjectType: "marketplace", SubjectID: m.id}
	return w.Ledger.Act(ctx, by, entry, func(tx *gorm.DB) error {
		row.CreatedAt = entry.At
		entry.Data = models.SettingsOf(row)
		return tx.Create(&row).Error
	})
}

// Sellers' names, put together by the seed.
var (
	sellerFirst = []string{
		"Linden", "Copper", "Meadow", "Harbour", "North", "Willow", "Granite", "Amber", "Juniper", "Cedar", "Tidewater", "Maple", "Quarry",
		"Lantern", "Orchard", "Pebble", "Saffron", "Thistle", "Velvet", "Windmill", "Yarrow", "Zephyr", "Acorn", "Birch", "Clover", "Dune",
		"Ember", "Fern", "Gable", "Heron", "Indigo", "Jetty", "Kestrel", "Loom", "Mosaic", "Nutmeg", "Opal", "Pine", "Quill", "Rowan", "Sable", "Tern",
	}
	sellerSecond = []string{"Goods", "Supply", "Trading", "Works", "House", "Stores", "Lane", "Market", "Direct", "Depot"}
)
