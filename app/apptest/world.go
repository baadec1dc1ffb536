// Package apptest gives a test a small marketplace with people in every role, on a database of its own and with a
// clock that the test winds.
package apptest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"gorm.io/gorm"

	"evenhand/app"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
	"evenhand/settings"
	"evenhand/staff"
)

// Market is the marketplace that a World starts with; Other is a second one.
const (
	Market = "olist"
	Other  = "elsewhere"
)

// Password is everybody's.
const Password = "correct horse battery"

// Justification is long enough, and names no reason that is never valid.
const Justification = "The order look-up finds no order of this author for this product, and the account is a day old."

// SealKey is the tests' key.
var SealKey = []byte("a key of thirty-two bytes at least")

// World is an app with content.
type World struct {
	*app.App
	DB       *dbtest.DB
	Clock    *Clock
	Seller   models.Seller
	Product  models.Product
	Customer models.Customer

	setters []models.Actor
}

// Clock stands still until it is wound.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now tells the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Wind moves the clock on.
func (c *Clock) Wind(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = models.At(c.at.Add(d))
}

// FastPasswords make hashing cheap enough for tests.
var FastPasswords = &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// New builds a World on db.
func New(t testing.TB, db *dbtest.DB) *World {
	t.Helper()
	w := &World{DB: db, Clock: &Clock{at: models.At(time.Now())}}
	a, err := app.New(db.DB, app.Options{SealKey: SealKey, Now: w.Clock.Now, Passwords: FastPasswords})
	check(t, err)
	w.App = a
	for _, id := range []string{Market, Other} {
		w.market(t, id)
	}
	w.Seller, w.Product, w.Customer = w.NewSeller(t, "seller-1"), w.newProduct(t), w.newCustomer(t)
	return w
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *World) market(t testing.TB, id string) {
	t.Helper()
	entry := &ledger.Entry{Marketplace: id, Act: "marketplace.add", SubjectType: "marketplace", SubjectID: id}
	check(t, w.Ledger.Act(t.Context(), models.Command("import"), entry, func(tx *gorm.DB) error {
		m := models.Marketplace{ID: id, Name: id, NegativeAtOrBelow: 2, ProposalTTLHours: 72, LeaseMinutes: 10, StatementLanguage: models.FirstLanguage, CreatedAt: entry.At}
		m.BlindParties, m.BlindRequester = models.BlindNever, models.BlindNever
		entry.Data = models.SettingsOf(m)
		return tx.Create(&m).Error
	}))
}

// DrawApprovers has the system draw who decides on negative ratings, as in a new installation; a World begins without,
// so that a test says itself who decides.
func (w *World) DrawApprovers(t testing.TB) {
	t.Helper()
	w.Set(t, "approvers_drawn", "yes")
}

// LookAgain has so many decisions in 10,000 looked at again; a World begins with none.
func (w *World) LookAgain(t testing.TB, per10000 int) {
	t.Helper()
	w.Set(t, "looks_per_10000", strconv.Itoa(per10000))
}

// Blind has names hidden on negative reviews, as in a new installation; a World begins without.
func (w *World) Blind(t testing.TB) {
	t.Helper()
	w.Set(t, "blind_parties", models.BlindNegative, "blind_requester", models.BlindNegative)
}

// Set has two administrators of nothing else change settings of Market, given as names and values in turn.
func (w *World) Set(t testing.TB, pairs ...string) {
	t.Helper()
	ask := settings.Ask{Marketplace: Market, To: map[string]string{}, Justification: "The test wants it so, and says why in so many words."}
	for i := 0; i < len(pairs); i += 2 {
		ask.To[pairs[i]] = pairs[i+1]
	}
	if len(w.setters) == 0 {
		for _, name := range []string{"setter-one", "setter-two"} {
			w.setters = append(w.setters, w.Person(t, name, models.RoleAdministrator))
		}
	}
	p, err := w.Rules.Request(t.Context(), w.setters[0], ask)
	check(t, err)
	p, err = w.Rules.Approve(t.Context(), w.setters[1], Market, p.ID, p.Digest, "The test wants it so.")
	check(t, err)
	if p.State != models.ProposalEffective {
		t.Fatalf("the change of settings is %s", p.State)
	}
}

// NewSeller adds a seller to Market.
func (w *World) NewSeller(t testing.TB, externalID string) models.Seller {
	t.Helper()
	s := models.Seller{MarketplaceID: Market, ID: models.NewID(), ExternalID: externalID, Name: "Shop " + externalID, CreatedAt: w.Now()}
	check(t, w.DB.Create(&s).Error)
	return s
}

func (w *World) newProduct(t testing.TB) models.Product {
	t.Helper()
	p := models.Product{MarketplaceID: Market, ID: models.NewID(), ExternalID: "product-1", Title: "Kettle 1.7 l", Category: "kitchen", CreatedAt: w.Now()}
	check(t, w.DB.Create(&p).Error)
	return p
}

func (w *World) newCustomer(t testing.TB) models.Customer {
	t.Helper()
	c := models.Customer{MarketplaceID: Market, ID: models.NewID(), ExternalID: "customer-1", CreatedAt: w.Now()}
	check(t, w.DB.Create(&c).Error)
	return c
}

// Review brings in a review with so many stars, as an import would, and opens a ticket for it.
func (w *World) Review(t testing.TB, seller models.Seller, stars int) models.Review {
	t.Helper()
	return w.bring(t, seller, stars, true)
}

// Silent is Review without a ticket.
func (w *World) Silent(t testing.TB, seller models.Seller, stars int) models.Review {
	t.Helper()
	return w.bring(t, seller, stars, false)
}

func (w *World) bring(t testing.TB, seller models.Seller, stars int, flagged bool) models.Review {
	t.Helper()
	var r models.Review
	entry := &ledger.Entry{Marketplace: Market, Act: "reviews.import", SubjectType: "marketplace", SubjectID: Market}
	check(t, w.Ledger.Act(t.Context(), models.Command("import"), entry, func(tx *gorm.DB) error {
		r = models.Review{
			MarketplaceID: Market, ID: models.NewID(), SellerID: seller.ID, ProductID: w.Product.ID, CustomerID: w.Customer.ID,
			OrderRef: "order-1", Rating: stars, Title: "Stopped working", Body: "Stopped working after two weeks. Nobody answers.",
			PostedAt: models.At(w.Now().Add(-72 * time.Hour)), Version: 1, Salt: ledger.NewSalt(), Status: models.ReviewPublished,
			IntakeID: entry.ID, CreatedAt: w.Now(), UpdatedAt: w.Now(),
		}
		r.ExternalID = "review-" + r.ID
		var err error
		if r.Digest, err = ledger.Commit(r.Salt, r.Content()); err != nil {
			return err
		}
		root := sha256.Sum256(r.Digest)
		entry.Set("format", "test")
		entry.Set("count", 1)
		entry.Set("root", hex.EncodeToString(root[:]))
		if err := tx.Create(&r).Error; err != nil {
			return err
		}
		if !flagged {
			return nil
		}
		_, err = w.Desk.Flag(tx, w.Now(), []models.Flagged{{Review: r, Source: models.FlagSeller, Text: "not a customer"}})
		return err
	}))
	return r
}

// Edit has the author change a review's text, as an import would.
func (w *World) Edit(ctx context.Context, r models.Review, body string) error {
	entry := &ledger.Entry{Marketplace: r.MarketplaceID, Act: "review.edit", SubjectType: "review", SubjectID: r.ID}
	actor := models.Command("import")
	return w.Ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		old := r
		r.Version, r.Body, r.Salt = r.Version+1, body, ledger.NewSalt()
		var err error
		if r.Digest, err = ledger.Commit(r.Salt, r.Content()); err != nil {
			return err
		}
		err = tx.Create(&models.ReviewVersion{
			MarketplaceID: old.MarketplaceID, ReviewID: old.ID, Version: old.Version, Rating: old.Rating, Title: old.Title,
			Body: old.Body, PostedAt: old.PostedAt, Salt: old.Salt, Digest: old.Digest, ReplacedAt: entry.At,
		}).Error
		if err != nil {
			return err
		}
		res := tx.Model(&models.Review{}).Where("marketplace_id = ? AND id = ? AND version = ?", r.MarketplaceID, r.ID, old.Version).
			Updates(map[string]any{"version": r.Version, "body": r.Body, "salt": r.Salt, "digest": r.Digest, "updated_at": entry.At})
		if res.Error != nil || res.RowsAffected != 1 {
			return fmt.Errorf("edit: %d rows, %w", res.RowsAffected, res.Error)
		}
		entry.Set("version", r.Version)
		entry.Set("digest", hex.EncodeToString(r.Digest))
		return w.Engine.Void(tx, actor, r.MarketplaceID, r.ID, models.ReviewKinds...)
	})
}

// Person adds somebody with roles in Market.
func (w *World) Person(t testing.TB, name string, roles ...string) models.Actor {
	t.Helper()
	return w.PersonIn(t, Market, name, roles...)
}

// PersonIn adds somebody with roles in a marketplace.
func (w *World) PersonIn(t testing.TB, marketplace, name string, roles ...string) models.Actor {
	t.Helper()
	by := models.Command("staff")
	p, err := w.Staff.Add(t.Context(), by, staff.NewAccount{Email: name + "@example.test", Name: name, Password: Password})
	check(t, err)
	for _, role := range roles {
		_, err := w.Staff.Grant(t.Context(), by, staff.NewGrant{Email: p.Email, Role: role, Marketplace: marketplace})
		check(t, err)
	}
	return staff.Actor(p)
}

// Ask has a moderator draw the next ticket and ask for its review's removal.
func (w *World) Ask(t testing.TB, moderator models.Actor) models.Proposal {
	t.Helper()
	p, err := w.TryAsk(t.Context(), moderator)
	check(t, err)
	return p
}

// TryAsk is Ask for when it may fail.
func (w *World) TryAsk(ctx context.Context, moderator models.Actor) (models.Proposal, error) {
	ticket, err := w.Desk.Next(ctx, moderator, Market)
	if err != nil {
		return models.Proposal{}, err
	}
	var r models.Review
	if err := w.DB.WithContext(ctx).Where("marketplace_id = ? AND id = ?", Market, ticket.ReviewID).Take(&r).Error; err != nil {
		return models.Proposal{}, err
	}
	return w.Desk.Request(ctx, moderator, moderation.Ask{
		Marketplace: Market, Ticket: ticket.ID, Seen: r.Digest, Reason: "FAKE_EXPERIENCE", Justification: Justification,
		Evidence: []moderation.Evidence{{Kind: moderation.EvidenceOrder, Value: "look-up 17: no order"}},
	})
}

// Open has somebody open all the evidence of a request, as far as they may.
func (w *World) Open(ctx context.Context, by models.Actor, p models.Proposal) {
	var pieces int
	err := w.DB.WithContext(ctx).Raw("SELECT evidence FROM removal_requests WHERE marketplace_id = ? AND proposal_id = ?", p.MarketplaceID, p.ID).Scan(&pieces).Error
	for i := 0; err == nil && i < pieces; i++ {
		err = w.Desk.OpenEvidence(ctx, by, p.MarketplaceID, p.ID, i)
	}
}

// Approve has somebody open the evidence of a request and approve it as it stands.
func (w *World) Approve(ctx context.Context, by models.Actor, p models.Proposal) error {
	w.Open(ctx, by, p)
	_, err := w.Desk.Approve(ctx, by, p.MarketplaceID, p.ID, p.Digest, "Checked the order look-up: right.")
	return err
}

// Status reads a review's status as the database has it.
func (w *World) Status(t testing.TB, r models.Review) string {
	t.Helper()
	var status string
	check(t, w.DB.Raw("SELECT status FROM reviews WHERE marketplace_id = ? AND id = ?", r.MarketplaceID, r.ID).Scan(&status).Error)
	return status
}

// Entries counts the ledger's entries of an act with an outcome.
func (w *World) Entries(t testing.TB, act, outcome string) int {
	t.Helper()
	var n int64
	check(t, w.DB.Model(&models.LedgerEntry{}).Where("act = ? AND outcome = ?", act, outcome).Count(&n).Error)
	return int(n)
}

// Code is the stable code of an error, "" for none.
func Code(err error) string {
	if err == nil {
		return ""
	}
	return models.AsError(err).Code
}
