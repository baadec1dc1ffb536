package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app"
	"evenhand/app/apptest"
	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

var (
	benchScale  = flag.Float64("approve.scale", 1, "how many times the usual number of approvals to measure")
	benchRounds = flag.Int("approve.rounds", 2, "how often plain SQL and the product take turns")
)

// BenchmarkApprove measures moderation.Approve, with everything that belongs to it, beside the same rows written by
// plain SQL on the same server under the same triggers: by pgbench on PostgreSQL, by database/sql on SQLite. The two
// take turns. scripts/bench-approve runs it with fsync on.
func BenchmarkApprove(b *testing.B) {
	for _, c := range []struct {
		name    string
		open    func(testing.TB) *dbtest.DB
		plain   plain
		clients int
		each    int // approvals by each client
	}{
		{"postgres", dbtest.Postgres, pgbench, 1, 500}, {"postgres", dbtest.Postgres, pgbench, 8, 500}, {"postgres", dbtest.Postgres, pgbench, 32, 250},
		{"sqlite", dbtest.SQLite, databaseSQL, 1, 400}, {"sqlite", dbtest.SQLite, databaseSQL, 8, 100}, {"sqlite", dbtest.SQLite, databaseSQL, 32, 30},
	} {
		b.Run(fmt.Sprintf("%s/clients=%d", c.name, c.clients), func(b *testing.B) {
			besidePlain(b, c.open(b), c.plain, c.clients, max(1, int(float64(c.each)**benchScale)))
		})
	}
}

// plain approves n requests by each of so many clients, with the marketplace's rows numbered from base, and returns
// how many a second.
type plain func(b *testing.B, m *market, base, clients, n int) float64

// besidePlain has both approve the same number of requests. One turn is one measurement, so b.N isn't used.
func besidePlain(b *testing.B, db *dbtest.DB, sql plain, clients, n int) {
	m := newMarket(b, db, 2**benchRounds*clients*n)
	covered := m.sequence(b)
	var ours, theirs float64
	for i := range *benchRounds {
		base := firstNumber + 2*i*clients*n
		theirs += sql(b, m, base, clients, n)
		m.settle(b) // what plain SQL kept the sequencer from isn't the product's to wait for
		ours += m.approveAll(b, base+clients*n, clients, n)
	}
	b.ReportMetric(ours/float64(*benchRounds), "approvals/s")
	b.ReportMetric(theirs/float64(*benchRounds), "plain-SQL/s")
	b.ReportMetric(ours/theirs, "ratio")
	half, most := covered()
	b.ReportMetric(half, "ms-to-checkpoint(p50)")
	b.ReportMetric(most, "ms-to-checkpoint(p99)")
	b.ReportMetric(0, "ns/op")
}

// market is a marketplace with many open requests, and people who may approve them.
type market struct {
	*apptest.World
	app       *app.App // over a pool as the server has it
	approvers []models.Actor
	digests   map[int][]byte

	mu   sync.Mutex
	told map[string]time.Time // when the approval of a request came back
}

// Reviews, tickets and requests have ids that end in a number of twelve digits, so that plain SQL can name them.
const firstNumber = 100_000_000_000

func numberedID(n int) string { return fmt.Sprintf("00000000-0000-7000-8000-%012d", n) }

const benchNote = "Checked the order look-up: right."

func newMarket(b *testing.B, db *dbtest.DB, requests int) *market {
	b.Helper()
	m := &market{World: apptest.New(b, db), digests: map[int][]byte{}, told: map[string]time.Time{}}
	pool, err := models.Open(db.URL)
	check(b, err)
	b.Cleanup(func() { _ = models.Close(pool) })
	m.app, err = app.New(pool, app.Options{SealKey: apptest.SealKey, Passwords: apptest.FastPasswords})
	check(b, err)
	for i := range 8 {
		m.approvers = append(m.approvers, m.Person(b, fmt.Sprintf("approver-%d", i), models.RoleSupervisor))
	}
	asker := m.Person(b, "moor", models.RoleModerator)
	for from := 0; from < requests; from += 2000 {
		m.open(b, asker, firstNumber+from, min(2000, requests-from))
	}
	owner := db.Owner(b)
	check(b, owner.Exec("ANALYZE").Error)
	if models.IsPostgres(owner) {
		check(b, owner.Exec("CHECKPOINT").Error)
	}
	return m
}

// open brings in reviews with a request each, sealed as the product seals them. Only their entries in the ledger are
// left out, all but the import's.
func (m *market) open(b *testing.B, asker models.Actor, from, n int) {
	b.Helper()
	seal, err := approval.NewSealer(apptest.SealKey)
	check(b, err)
	entry := &ledger.Entry{Marketplace: apptest.Market, Act: "reviews.import", SubjectType: "marketplace", SubjectID: apptest.Market}
	check(b, m.Ledger.Act(b.Context(), models.Command("import"), entry, func(tx *gorm.DB) error {
		var reviews []models.Review
		var tickets []models.Ticket
		var proposals []models.Proposal
		var lists []models.RemovalRequest
		for i := from; i < from+n; i++ {
			r, err := m.numberedReview(entry, i)
			if err != nil {
				return err
			}
			p, err := numberedRequest(seal, asker, r)
			if err != nil {
				return err
			}
			m.digests[i] = p.Digest
			reviews, proposals = append(reviews, r), append(proposals, p)
			tickets = append(tickets, models.Ticket{
				MarketplaceID: r.MarketplaceID, ID: r.ID, ReviewID: r.ID, SellerID: r.SellerID, Queue: "kitchen",
				State: models.TicketWaiting, OpenedAt: entry.At, DueAt: entry.At.Add(24 * time.Hour),
			})
			lists = append(lists, models.RemovalRequest{
				MarketplaceID: r.MarketplaceID, ProposalID: p.ID, ReviewID: r.ID, ReviewVersion: r.Version, SellerID: r.SellerID, TicketID: r.ID,
				RequesterID: asker.ID, ReasonCode: "FAKE_EXPERIENCE", ReasonVersion: 1, Rating: r.Rating, CreatedAt: p.CreatedAt,
			})
		}
		for _, rows := range []any{&reviews, &tickets, &proposals, &lists} {
			if err := tx.CreateInBatches(rows, 500).Error; err != nil {
				return err
			}
		}
		return nil
	}))
}

func (m *market) numberedReview(entry *ledger.Entry, i int) (models.Review, error) {
	r := models.Review{
		MarketplaceID: apptest.Market, ID: numberedID(i), ExternalID: fmt.Sprint("review-", i), SellerID: m.Seller.ID, ProductID: m.Product.ID,
		CustomerID: m.Customer.ID, OrderRef: "order-1", Rating: 1, Title: "Stopped working", Body: "Stopped working after two weeks. Nobody answers.",
		PostedAt: entry.At.Add(-72 * time.Hour), Version: 1, Salt: ledger.NewSalt(), Status: models.ReviewPublished, IntakeID: entry.ID,
		CreatedAt: entry.At, UpdatedAt: entry.At,
	}
	var err error
	r.Digest, err = ledger.Commit(r.Salt, r.Content())
	return r, err
}

func numberedRequest(seal approval.Sealer, asker models.Actor, r models.Review) (models.Proposal, error) {
	p := models.Proposal{
		MarketplaceID: r.MarketplaceID, ID: r.ID, Kind: models.KindRemoveReview, SubjectType: "review", SubjectID: r.ID, SubjectVersion: r.Version,
		RequesterID: asker.ID, State: models.ProposalOpen, Quorum: 1, CreatedAt: r.CreatedAt, ExpiresAt: r.CreatedAt.Add(72 * time.Hour),
	}
	payload, err := ledger.Canonical(moderation.Removal{
		Review: r.ID, ReviewVersion: r.Version, ReviewDigest: hex.EncodeToString(r.Digest), Remedy: "remove", Reason: "FAKE_EXPERIENCE", ReasonVersion: 1,
		Justification: apptest.Justification, Evidence: []moderation.Evidence{{Kind: moderation.EvidenceOrder, Value: "look-up 17: no order"}},
		Ticket: r.ID, Salt: hex.EncodeToString(ledger.NewSalt()),
	})
	if err != nil {
		return p, err
	}
	p.Payload = string(payload)
	if p.Digest, err = approval.Digest(p); err != nil {
		return p, err
	}
	p.Seal, err = seal.SealProposal(p)
	return p, err
}

// approveAll is the product's turn.
func (m *market) approveAll(b *testing.B, base, clients, n int) float64 {
	b.Helper()
	return perSecond(b, clients, n, func(ctx context.Context, client, i int) error {
		k := base + client*n + i
		who := m.approvers[rand.IntN(len(m.approvers))]
		_, err := m.app.Desk.Approve(ctx, who, apptest.Market, numberedID(k), m.digests[k], benchNote)
		m.mu.Lock()
		m.told[numberedID(k)] = time.Now()
		m.mu.Unlock()
		return err
	})
}

// perSecond has each client do fn n times, and returns how many times a second that was.
func perSecond(b *testing.B, clients, n int, fn func(ctx context.Context, client, i int) error) float64 {
	b.Helper()
	var wg sync.WaitGroup
	start := time.Now()
	for client := range clients {
		wg.Go(func() {
			for i := range n {
				if err := fn(b.Context(), client, i); err != nil {
					b.Errorf("client %d, approval %d: %v", client, i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(clients*n) / time.Since(start).Seconds()
}

// benchEntry is the body of an entry as the product would write it, and its hash.
func benchEntry(who models.Actor) (string, string) {
	body := `{"act":"removal.approve","actor":{"id":"` + who.ID + `","kind":"person"},"at":"2026-01-01T00:00:00.000000Z","code":"","data":{"digest":"` +
		hex.EncodeToString(make([]byte, sha256.Size)) + `","state":"effective","subject":"` + who.ID + `"},"id":"` + who.ID + `","marketplace":"` + apptest.Market +
		`","outcome":"done","subject":{"id":"` + who.ID + `","type":"proposal"},"v":1}`
	return body, hex.EncodeToString(ledger.LeafHash([]byte(body)))
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
