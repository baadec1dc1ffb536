package ingest_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/erasure"
	"evenhand/ingest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// erase has two administrators erase a customer.
func (w *world) erase(t testing.TB, customer string) {
	t.Helper()
	asker, approver := w.Person(t, "a"+models.NewID(), models.RoleAdministrator), w.Person(t, "b"+models.NewID(), models.RoleAdministrator)
	p, err := w.Erase.Request(t.Context(), asker, erasure.Ask{
		Marketplace: apptest.Market, Customer: customer, Reference: "DSR-1", Justification: "The author asked in writing; support has checked who they are.",
	})
	if err == nil {
		_, err = w.Erase.Approve(t.Context(), approver, apptest.Market, p.ID, p.Digest, "Compared with the case: right.")
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) number(t testing.TB, query string) int {
	t.Helper()
	var n int
	if err := w.DB.Raw(query).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatWasErasedDoesNotComeBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		folder := olistFolder(t, nil)
		w.mustImport(t, asOlist, folder)
		w.erase(t, "c1")
		customers := w.number(t, "SELECT count(*) FROM customers")
		for name, other := range map[string]map[string][]string{
			"the same file": nil,
			"another text of the author's": {"olist_order_reviews_dataset.csv": {
				olistFiles["olist_order_reviews_dataset.csv"][0], `r1,o1,5,,"It is all right now",2018-08-15 00:00:00,2018-08-15 04:10:37`}},
		} {
			for _, flag := range []bool{false, true} {
				n := w.mustImport(t, options{market: apptest.Market, format: "olist", flag: flag}, olistFolder(t, other))
				if n.Imported != 0 || n.Unchanged == 0 {
					t.Errorf("%s: %+v", name, n)
				}
			}
		}
		if got := w.number(t, "SELECT count(*) FROM reviews WHERE erased_at IS NOT NULL AND title = '' AND body = '' AND version = 1"); got != 1 {
			t.Errorf("%d reviews are erased; want 1", got)
		}
		if got := w.number(t, "SELECT count(*) FROM tickets t JOIN reviews r ON r.id = t.review_id WHERE r.erased_at IS NOT NULL"); got != 0 {
			t.Errorf("%d tickets for what was erased", got)
		}
		if got := w.number(t, "SELECT count(*) FROM customers"); got != customers {
			t.Errorf("%d customers; want %d", got, customers)
		}
		w.agrees(t)
	})
}

// between runs fn when the first of its batches has been read.
type between struct {
	ingest.Source
	records []ingest.Record
	fn      func()
}

func (b between) Records(context.Context) iter.Seq2[ingest.Record, error] {
	return func(yield func(ingest.Record, error) bool) {
		for i, r := range b.records {
			if i == 600 { // the first batch of 500 is in
				b.fn()
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// An import that has met a customer before goes on after their erasure: what is new of them is a new customer's.
func TestErasureDuringAnImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		src := between{fn: func() { w.erase(t, "walter") }}
		for i := range 1100 {
			src.records = append(src.records, ingest.Record{Review: ingest.Review{
				ID: fmt.Sprintf("r%04d", i), SellerID: "s", ProductID: "p", CustomerID: "walter", Rating: 4, Body: "text", PostedAt: w.Now(),
			}})
		}
		n, err := w.Intake.Run(t.Context(), models.Command("import"), ingest.Options{Marketplace: apptest.Market, Format: "test"}, src)
		if err != nil || n.Imported != 1100 {
			t.Fatalf("%+v, %v", n, err)
		}
		erased, living := w.number(t, "SELECT count(*) FROM reviews WHERE erased_at IS NOT NULL"), w.number(t, "SELECT count(*) FROM reviews WHERE erased_at IS NULL")
		if erased != 500 || living != 600 || w.number(t, "SELECT count(*) FROM customers WHERE external_id = 'walter'") != 1 {
			t.Errorf("%d reviews are erased, %d aren't", erased, living)
		}
		w.agrees(t)
	})
}

// Erasure and import of the same customer's new reviews at the same moment, in small batches: each review is either
// erased with its author or a new customer's.
func TestErasureRacesWithAnImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		bring := func(from, n int) error {
			var records []ingest.Record
			for i := range n {
				records = append(records, ingest.Record{Review: ingest.Review{
					ID: fmt.Sprintf("r%04d", from+i), SellerID: "s", ProductID: "p", CustomerID: "walter", Rating: 2, Body: "text", PostedAt: w.Now(),
				}})
			}
			_, err := w.Intake.Run(t.Context(), models.Command("import"), ingest.Options{Marketplace: apptest.Market, Format: "test"}, between{records: records})
			return err
		}
		if err := bring(0, 5); err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() {
			for i := range 20 {
				if err := bring(5+10*i, 10); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		w.erase(t, "walter")
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := w.number(t, "SELECT count(*) FROM reviews"); got != 205 {
			t.Errorf("%d reviews; want 205", got)
		}
		w.agrees(t)
	})
}

func TestACustomerWhoLooksErasedIsRejected(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		path := lines(t, t.TempDir(), "x.jsonl", `{"rating": 1, "title": "Broke", "text": "Broke.", "asin": "B1", "parent_asin": "B1", "user_id": "erased:u1", "timestamp": 1700000000000}`)
		n := w.mustImport(t, asAmazon, path)
		if n.Rejected != 1 || !strings.Contains(w.rejects[0].Reason, "erased customer") {
			t.Errorf("%+v, %+v", n, w.rejects)
		}
	})
}
