package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"runtime/debug"
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

// long is how many entries the history has that verify is measured on: a million in the long run.
func long() int {
	if n, err := strconv.Atoi(os.Getenv("EVENHAND_N")); err == nil {
		return n
	}
	if os.Getenv("EVENHAND_SOAK") != "" {
		return 1_000_000
	}
	if dbtest.UnderRace {
		return 300
	}
	return 3000
}

// A day's work makes so many entries at most; a long history is the same day again and again.
const workday = 4000

// Verify holds a long history of ordinary work against the record: tickets drawn, most reviews kept, a third of them
// asked to be removed, and most of those approved. TestSoakVerify of scripts/soak does so with a million entries, on both
// databases, and says what it took:
//
//	scripts/soak SoakVerify
//	EVENHAND_N=100000 scripts/postgres go test ./app -run SoakVerify/postgres -v
func TestSoakVerify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		day := min(long()/2, workday)
		since := work(t, w, day)
		var made int64
		must(t, w.DB.Model(&models.LedgerEntry{}).Count(&made).Error)
		w.RepeatDays(t, since, max(1, (long()-1)/int(made)))
		if long() > 10_000 {
			defer debug.SetGCPercent(debug.SetGCPercent(800)) // as the command has it
		}
		for range rounds() {
			begin := time.Now()
			used := usageOf(t, w)
			r, err := w.Verify(t.Context(), w.DB.DB)
			if err != nil || r.Disagreement != "" {
				t.Fatalf("%s, %v", r.Disagreement, err)
			}
			t.Logf("%d entries under %d checkpoints, %d checks: verified in %.2f s, %s", r.Entries, r.Checkpoints, r.Checks, time.Since(begin).Seconds(), usageOf(t, w).since(used))
		}
	})
}

// rounds is how often verify is measured on one history.
func rounds() int {
	if long() < 10_000 {
		return 1
	}
	return 5
}

// work has eight moderators and eight supervisors make entries, and gives the moment when they began.
func work(t *testing.T, w *apptest.World, entries int) time.Time {
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
	time.Sleep(2 * time.Millisecond) // ids tell milliseconds apart
	since := time.Now()
	reviews := entries * 10 / 29
	for from := 0; from < reviews; from += 1000 {
		bring(t, w, from, min(1000, reviews-from))
	}
	for i := range people {
		working.Go(func() {
			for n := range reviews / people {
				if err := oneTicket(ctx, a, moderators[i], supervisors[i], n); err != nil {
					t.Errorf("ticket %d: %v", n, err)
					return
				}
			}
		})
	}
	working.Wait()
	stop()
	sequencing.Wait()
	return since
}

// oneTicket is drawn; now and then somebody skips one first. Of ten, seven reviews are kept, and three asked to be removed,
// which now and then is declined, or undone.
func oneTicket(ctx context.Context, a *app.App, moderator, supervisor models.Actor, n int) error {
	tk, err := a.Desk.Next(ctx, moderator, apptest.Market)
	if err != nil {
		return err
	}
	var r models.Review
	if err := a.DB.WithContext(ctx).Where("marketplace_id = ? AND id = ?", apptest.Market, tk.ReviewID).Take(&r).Error; err != nil {
		return err
	}
	switch {
	case n%20 == 19:
		return a.Desk.Skip(ctx, moderator, apptest.Market, tk.ID, "language", "")
	case n%10 >= 3:
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
	if n%20 == 11 {
		_, err = a.Desk.Decline(ctx, supervisor, apptest.Market, p.ID, p.Digest, "Checked the order look-up: there is an order.")
		return err
	}
	_, err = a.Desk.Approve(ctx, supervisor, apptest.Market, p.ID, p.Digest, "Checked the order look-up: right.")
	if err == nil && n%40 == 1 {
		err = a.Desk.Restore(ctx, supervisor, apptest.Market, r.ID, r.Version, "The author showed the invoice.")
	}
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
