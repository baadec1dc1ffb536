package handlers_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// The size of the marketplace that pages are measured on, and how it is done.
const (
	benchClients = 8
	benchSpan    = 3 * time.Second
	benchRounds  = 3
)

// BenchmarkPages measures the busiest pages of a desk with 1,000,000 reviews and 100,000 removals, each beside an empty
// page of the same server under the same load: eight clients that ask again as soon as they are answered. The two take
// turns. scripts/bench-pages prints it as a table.
func BenchmarkPages(b *testing.B) {
	db := dbtest.Postgres(b)
	reviews, removals := 1_000_000, 100_000
	if os.Getenv("EVENHAND_SOAK") == "small" {
		reviews, removals = 20_000, 2_000
	}
	s := open(b, db)
	s.FillLarge(b, reviews, removals)
	d := makeDay(b, s)
	for _, p := range d.pages {
		b.Run(p.name, func(b *testing.B) {
			var page, empty []time.Duration
			for range benchRounds {
				page = append(page, s.load(b, p.as, p.path)...)
				empty = append(empty, s.load(b, d.nobody, "/")...)
			}
			p50, p99 := quantiles(page)
			e50, e99 := quantiles(empty)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(p50, "ms(p50)")
			b.ReportMetric(p99, "ms(p99)")
			b.ReportMetric(e50, "ms-empty(p50)")
			b.ReportMetric(e99, "ms-empty(p99)")
		})
	}
}

// quantiles are the median and the 99th percentile, in milliseconds.
func quantiles(took []time.Duration) (p50, p99 float64) {
	slices.Sort(took)
	ms := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	return ms(.5), ms(.99)
}

// page is one that somebody opens all day.
type page struct {
	name, path string
	as         *http.Client
}

// day is what a desk's people do on the pages, with what they need to do it: tickets that wait, a request.
type day struct {
	pages  []page
	nobody *http.Client
}

func makeDay(b *testing.B, s *site) day {
	b.Helper()
	for range 200 {
		s.Review(b, s.NewSeller(b, models.NewID()), 1)
	}
	moderator, supervisor := s.Person(b, "mod", models.RoleModerator), s.Person(b, "sup", models.RoleSupervisor)
	auditor, nobody := s.Person(b, "aud", models.RoleAuditor), s.Person(b, "nobody")
	asked := s.Ask(b, moderator)
	ticket, err := s.Desk.Next(b.Context(), moderator, apptest.Market)
	if err != nil {
		b.Fatal(err)
	}
	mod, sup, aud := s.client(b, moderator), s.client(b, supervisor), s.client(b, auditor)
	m := "/m/" + apptest.Market
	return day{nobody: s.client(b, nobody), pages: []page{
		{"desk", m + "/desk", mod},
		{"ticket", m + "/tickets/" + ticket.ID, mod},
		{"own_requests", m + "/requests", mod},
		{"inbox", m + "/approvals", sup},
		{"proposal", m + "/proposals/" + asked.ID, sup},
		{"removals", m + "/removals", aud},
		{"removals_of_a_seller", m + "/removals?seller=S-0", aud},
		{"a_review", m + "/reviews/" + apptest.LargeID(apptest.LargeReview, 40), aud},
		{"a_moderator", m + "/moderators/" + apptest.LargeID(apptest.LargeStaff, 0), aud},
		{"record", m + "/record", aud},
	}}
}

// client is a signed-in person's, for many requests at once.
func (s *site) client(b *testing.B, who models.Actor) *http.Client {
	b.Helper()
	br := s.as(b, who)
	br.http.Transport = &http.Transport{MaxIdleConnsPerHost: benchClients}
	return br.http
}

// load has eight clients open a page for a while, and returns how long each answer took.
func (s *site) load(b *testing.B, as *http.Client, path string) []time.Duration {
	b.Helper()
	var mu sync.Mutex
	var all []time.Duration
	var clients sync.WaitGroup
	end := time.Now().Add(benchSpan)
	for range benchClients {
		clients.Go(func() {
			var took []time.Duration
			for time.Now().Before(end) {
				begin := time.Now()
				if err := openPage(b, as, s.url+path); err != nil {
					b.Error(err)
					return
				}
				took = append(took, time.Since(begin))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	clients.Wait()
	if len(all) == 0 {
		b.FailNow()
	}
	return all
}

func openPage(b *testing.B, as *http.Client, url string) error {
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := as.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, res.Status)
	}
	return nil
}
