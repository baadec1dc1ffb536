package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app"
	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

// workdays is how many entries the experiment with verify makes: a million in the long run.
func workdays() int {
	if n, err := strconv.Atoi(os.Getenv("EVENHAND_N")); err == nil {
		return n
	}
	if os.Getenv("EVENHAND_SOAK") != "" {
		return 1_000_000
	}
	return 1500
}

// Verify holds a long history of ordinary work against the record: tickets drawn, most reviews kept, a third of them
// asked to be removed and approved. TestSoakVerify of scripts/soak makes a million entries so.
func TestSoakVerify(t *testing.T) {
	open := map[string]func(testing.TB) *dbtest.DB{"postgres": dbtest.Postgres}
	if workdays() < 10_000 {
		open["sqlite"] = dbtest.SQLite
	}
	for name, open := range open {
		t.Run(name, func(t *testing.T) {
			w := apptest.New(t, open(t))
			work(t, w, workdays())
			w.Clock.Wind(models.Now().Sub(w.Now())) // the work was done by the clock on the wall
			must(t, w.Sequencer.Drain(t.Context()))
			must(t, w.DB.Owner(t).Exec("ANALYZE").Error)
			begin := time.Now()
			r, err := w.Verify(t.Context(), w.DB.DB)
			if err != nil || r.Disagreement != "" {
				t.Fatalf("%s, %v", r.Disagreement, err)
			}
			t.Logf("%d entries under %d checkpoints, %d checks: verified in %.2f s", r.Entries, r.Checkpoints, r.Checks, time.Since(begin).Seconds())
		})
	}
}

// work has eight moderators and eight supervisors make entries.
func work(t *testing.T, w *apptest.World, entries int) {
	t.Helper()
	pool, err := models.Open(w.DB.URL)
	must(t, err)
	t.Cleanup(func() { _ = models.Close(pool) })
	a, err := app.New(pool, app.Options{SealKey: apptest.SealKey, Passwords: apptest.FastPasswords})
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	var sequencing, working sync.WaitGroup
	sequencing.Go(func() { a.Sequencer.Run(ctx) })
	const people = 8
	var moderators, supervisors [people]models.Actor
	for i := range people {
		moderators[i] = w.Person(t, fmt.Sprint("moderator-", i), models.RoleModerator)
		supervisors[i] = w.Person(t, fmt.Sprint("supervisor-", i), models.RoleSupervisor)
	}
	reviews := entries * 10 / 23
	for from := 0; from < reviews; from += 1000 {
		bring(t, w, from, min(1000, reviews-from))
	}
	for i := range people {
		working.Go(func() {
			for n := range reviews / people {
				if err := oneTicket(ctx, a, moderators[i], supervisors[i], n%10 < 3); err != nil {
					t.Errorf("ticket %d: %v", n, err)
					return
				}
			}
		})
	}
	working.Wait()
	stop()
	sequencing.Wait()
}

func oneTicket(ctx context.Context, a *app.App, moderator, supervisor models.Actor, remove bool) error {
	tk, err := a.Desk.Next(ctx, moderator, apptest.Market)
	if err != nil {
		return err
	}
	var r models.Review
	if err := a.DB.WithContext(ctx).Where("marketplace_id = ? AND id = ?", apptest.Market, tk.ReviewID).Take(&r).Error; err != nil {
		return err
	}
	if !remove {
		return a.Desk.Keep(ctx, moderator, apptest.Market, tk.ID, r.Digest)
	}
	p, err := a.Desk.Request(ctx, moderator, moderation.Ask{
		Marketplace: apptest.Market, Ticket: tk.ID, Seen: r.Digest, Reason: "FAKE_EXPERIENCE", Justification: apptest.Justification,
		Evidence: []moderation.Evidence{{Kind: moderation.EvidenceOrder, Value: "look-up 17: no order"}},
	})
	if err != nil {
		return err
	}
	if err := a.Desk.OpenEvidence(ctx, supervisor, apptest.Market, p.ID, 0); err != nil {
		return err
	}
	_, err = a.Desk.Approve(ctx, supervisor, apptest.Market, p.ID, p.Digest, "Checked the order look-up: right.")
	return err
}

// bring imports n flagged reviews under one entry.
func bring(t *testing.T, w *apptest.World, from, n int) {
	t.Helper()
	entry := &ledger.Entry{Marketplace: apptest.Market, Act: "reviews.import", SubjectType: "marketplace", SubjectID: apptest.Market}
	must(t, w.Ledger.Act(t.Context(), models.Command("import"), entry, func(tx *gorm.DB) error {
		root := sha256.New()
		var reviews []models.Review
		var flagged []models.Flagged
		for i := from; i < from+n; i++ {
			r := models.Review{
				MarketplaceID: apptest.Market, ID: models.NewID(), SellerID: w.Seller.ID, ProductID: w.Product.ID, CustomerID: w.Customer.ID,
				ExternalID: fmt.Sprint("review-", i), Rating: 1 + i%2, Title: "Stopped working", Body: "Stopped working after two weeks. Nobody answers.",
				PostedAt: models.At(w.Now().Add(-72 * time.Hour)), Version: 1, Salt: ledger.NewSalt(), Status: models.ReviewPublished,
				IntakeID: entry.ID, CreatedAt: w.Now(), UpdatedAt: w.Now(),
			}
			var err error
			if r.Digest, err = ledger.Commit(r.Salt, r.Content()); err != nil {
				return err
			}
			root.Write(r.Digest)
			reviews = append(reviews, r)
			flagged = append(flagged, models.Flagged{Review: r, Source: models.FlagSeller, Text: "not a customer"})
		}
		entry.Set("format", "test")
		entry.Set("count", n)
		entry.Set("root", hex.EncodeToString(root.Sum(nil)))
		if err := tx.CreateInBatches(reviews, 500).Error; err != nil {
			return err
		}
		_, err := w.Desk.Flag(tx, w.Now(), flagged)
		return err
	}))
}
