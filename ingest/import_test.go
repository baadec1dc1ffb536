package ingest_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenhand/app/apptest"
	"evenhand/ingest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// The files of a small Olist folder: three orders, of which the last has no items.
var olistFiles = map[string][]string{
	"olist_order_reviews_dataset.csv": {
		"review_id,order_id,review_score,review_comment_title,review_comment_message,review_creation_date,review_answer_timestamp",
		`r1,o1,1,"Não chegou, ainda ","Duas linhas
&amp; ""aspas""",2018-08-15 00:00:00,2018-08-15 04:10:37`,
		"r2,o2,5,,,2018-01-18 00:00:00,2018-01-18 19:12:30",
		"r1,o2,2,,,2018-01-19 00:00:00,2018-01-18 19:12:30",
		"r3,o3,4,,,2018-01-18 00:00:00,2018-01-18 19:12:30",
	},
	"olist_orders_dataset.csv": {
		"order_id,customer_id,order_status,order_purchase_timestamp",
		"o1,c1,delivered,2017-07-09 21:57:05", "o2,c2,shipped,2017-07-09 21:57:05", "o3,c3,canceled,2017-07-09 21:57:05",
	},
	"olist_order_items_dataset.csv": {
		"order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value",
		"o1,10,p2,s2,x,1,1", "o1,2,p1,s1,x,1,1", "o2,1,p2,s2,x,1,1",
	},
	"olist_products_dataset.csv":            {"product_id,product_category_name", "p1,beleza_saude", "p2,pc_gamer"},
	"olist_sellers_dataset.csv":             {"seller_id,seller_zip_code_prefix,seller_city,seller_state", "s1,1,sao paulo,SP"},
	"product_category_name_translation.csv": {"\ufeffproduct_category_name,product_category_name_english", "beleza_saude,health_beauty"},
}

// olistFolder writes the small folder, with some files replaced; nil leaves one out.
func olistFolder(t testing.TB, other map[string][]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range olistFiles {
		if o, ok := other[name]; ok {
			content = o
		}
		if content != nil {
			lines(t, dir, name, content...)
		}
	}
	return dir
}

// reviewLines are a header and so many good reviews of order o1.
func reviewLines(n int) []string {
	out := olistFiles["olist_order_reviews_dataset.csv"][:1:1]
	for i := range n {
		out = append(out, fmt.Sprintf("n%04d,o1,%d,,text %d,2018-01-18 00:00:00,x", i, 1+i%5, i))
	}
	return out
}

func TestOlistJoins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		got := w.mustImport(t, options{market: apptest.Market, format: "olist", flag: true}, olistFolder(t, nil))
		if diff := cmp.Diff(ingest.Counts{Read: 4, Imported: 3, Rejected: 1}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if r := w.rejects[0]; r.Line != 6 || !strings.Contains(r.Reason, "o3 has no items") || r.File != "olist_order_reviews_dataset.csv" {
			t.Errorf("rejected %+v", r)
		}
		type row struct {
			External, Seller, Name, Customer, Category, Queue, Title, Body string
			Verified                                                       bool
			Rating                                                         int
		}
		var rows []row
		err := db.Raw(`SELECT r.external_id AS external, s.external_id AS seller, s.name, c.external_id AS customer, p.category,
				coalesce(t.queue, '') AS queue, r.title, r.body, r.verified, r.rating
			FROM reviews r JOIN sellers s ON s.id = r.seller_id JOIN customers c ON c.id = r.customer_id JOIN products p ON p.id = r.product_id
			LEFT JOIN tickets t ON t.review_id = r.id ORDER BY r.external_id`).Scan(&rows).Error
		if err != nil {
			t.Fatal(err)
		}
		want := []row{
			{"r1:o1", "s1", "sao paulo/SP s1", "c1", "health_beauty", "health_beauty", "Não chegou, ainda ", "Duas linhas\n&amp; \"aspas\"", true, 1},
			{"r1:o2", "s2", "seller s2", "c2", "pc_gamer", "pc_gamer", "", "", false, 2},
			{"r2:o2", "s2", "seller s2", "c2", "pc_gamer", "", "", "", false, 5},
		}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		w.agrees(t)
	})
}

func TestMarketplaceIsAddedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		before := w.Entries(t, "marketplace.add", "done")
		for range 2 {
			w.mustImport(t, options{market: "new-one", format: "olist"}, olistFolder(t, nil))
		}
		if n := w.Entries(t, "marketplace.add", "done") - before; n != 1 {
			t.Errorf("%d entries for adding the marketplace", n)
		}
		for _, id := range []string{"", "-x", "Olist", "a b", strings.Repeat("a", 41)} {
			if _, err := w.bring(t.Context(), options{market: id, format: "olist"}, olistFolder(t, nil)); apptest.Code(err) != "invalid_marketplace" {
				t.Errorf("marketplace %q: %v", id, err)
			}
		}
		w.agrees(t)
	})
}

func amazonLine(reviewer, asin string, rating int, text string, at int64) string {
	return fmt.Sprintf(`{"overall": %d.0, "verified": true, "reviewerID": %q, "asin": %q, "reviewText": %q, "summary": "s", "unixReviewTime": %d}`, rating, reviewer, asin, text, at)
}

func TestAmazonOfBothYears(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		path := lines(t, t.TempDir(), "reviews.jsonl",
			amazonLine("R1", "B1", 5, "good", 1_472_688_000),
			`{"rating": 2.0, "title": "s", "text": "so, so", "asin": "B2", "parent_asin": "B1", "user_id": "R2", "timestamp": 1588687728923, "verified_purchase": false}`,
			amazonLine("R1", "B1", 5, "good", 1_472_688_000),
			amazonLine("R1", "B1", 4, "good", 1_472_688_000),
		)
		if diff := cmp.Diff(ingest.Counts{Read: 4, Imported: 3, Unchanged: 1}, w.mustImport(t, asAmazon, path)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		var posted []models.Review
		db.Where("rating = 2").Find(&posted)
		if len(posted) != 1 || posted[0].PostedAt.UnixMilli() != 1588687728923 || *posted[0].Verified || posted[0].Body != "so, so" {
			t.Errorf("the review of 2023: %+v", posted)
		}
		w.agrees(t)
	})
}

// edited is the small folder with other words in the first review.
func editedFolder(t testing.TB) string {
	content := append([]string{}, olistFiles["olist_order_reviews_dataset.csv"]...)
	content[1] = "r1,o1,3,Chegou,Tudo bem,2018-08-16 00:00:00,2018-08-15 04:10:37"
	return olistFolder(t, map[string][]string{"olist_order_reviews_dataset.csv": content})
}

func TestEdit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		first := olistFolder(t, map[string][]string{"olist_order_reviews_dataset.csv": olistFiles["olist_order_reviews_dataset.csv"][:2]})
		w.mustImport(t, options{market: apptest.Market, format: "olist", flag: true}, first)
		p := w.Ask(t, w.Person(t, "mod", models.RoleModerator))
		if diff := cmp.Diff(ingest.Counts{Read: 4, Imported: 3, Rejected: 1}, w.mustImport(t, asOlist, editedFolder(t))); diff != "" {
			t.Errorf("an edit and two new ones (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(ingest.Counts{Read: 4, Unchanged: 3, Rejected: 1}, w.mustImport(t, asOlist, editedFolder(t))); diff != "" {
			t.Errorf("again (-want +got):\n%s", diff)
		}
		var state string
		db.Raw("SELECT state FROM proposals WHERE id = ?", p.ID).Scan(&state)
		if state != models.ProposalVoid {
			t.Errorf("what was asked about the old text is %s", state)
		}
		var r models.Review
		db.Where("external_id = 'r1:o1'").Take(&r)
		if r.Version != 2 || r.Rating != 3 || r.Body != "Tudo bem" || r.PostedAt.Day() != 16 {
			t.Errorf("the edited review: %+v", r)
		}
		var old models.ReviewVersion
		db.Where("review_id = ?", r.ID).Take(&old)
		if old.Version != 1 || old.Rating != 1 || old.PostedAt.Day() != 15 || w.Entries(t, "review.edit", "done") != 1 {
			t.Errorf("the replaced text: %+v", old)
		}
		w.mustImport(t, asOlist, olistFolder(t, nil)) // and back again
		w.agrees(t)
	})
}

func TestRemovedReviewStaysRemoved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		flag := options{market: apptest.Market, format: "olist", flag: true}
		first := olistFolder(t, map[string][]string{"olist_order_reviews_dataset.csv": olistFiles["olist_order_reviews_dataset.csv"][:2]})
		w.mustImport(t, flag, first)
		p := w.Ask(t, w.Person(t, "mod", models.RoleModerator))
		if err := w.Approve(t.Context(), w.Person(t, "sup", models.RoleSupervisor), p); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{first, editedFolder(t), olistFolder(t, nil)} {
			w.mustImport(t, flag, dir)
			var r models.Review
			db.Where("external_id = 'r1:o1'").Take(&r)
			if r.Status != models.ReviewRemoved {
				t.Errorf("after bringing it in again the review is %s", r.Status)
			}
		}
		var tickets int64
		db.Model(&models.Ticket{}).Joins("JOIN reviews r ON r.id = review_id").Where("r.external_id = 'r1:o1'").Count(&tickets)
		if tickets != 1 {
			t.Errorf("the removed review has %d tickets", tickets)
		}
		w.agrees(t)
	})
}

func TestWhoseReviewOfWhatCannotChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		w.mustImport(t, asOlist, olistFolder(t, nil))
		items := append([]string{}, olistFiles["olist_order_items_dataset.csv"]...)
		items[2] = "o1,2,p1,s2,x,1,1"
		got := w.mustImport(t, asOlist, olistFolder(t, map[string][]string{"olist_order_items_dataset.csv": items}))
		if diff := cmp.Diff(ingest.Counts{Read: 4, Unchanged: 2, Rejected: 2}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if !strings.Contains(w.rejects[1].Reason+w.rejects[0].Reason, "the seller is s2, but s1") {
			t.Errorf("rejected %+v", w.rejects)
		}
		w.agrees(t)
	})
}

func TestTwoImportsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		const n = 1200
		dir := olistFolder(t, map[string][]string{"olist_order_reviews_dataset.csv": reviewLines(n)})
		o := options{market: "both", format: "olist", flag: true}
		var wait sync.WaitGroup
		counts, errs := [3]ingest.Counts{}, [3]error{}
		for i := range counts {
			wait.Go(func() { counts[i], errs[i] = (&world{World: w.World}).bring(t.Context(), o, dir) })
		}
		wait.Wait()
		imported := 0
		for i, c := range counts {
			if errs[i] != nil || c.Read != n || c.Imported+c.Unchanged != n {
				t.Errorf("import %d: %+v, %v", i, c, errs[i])
			}
			imported += c.Imported
		}
		var reviews, tickets int64
		db.Raw("SELECT count(*) FROM reviews").Scan(&reviews)
		db.Raw("SELECT count(*) FROM tickets").Scan(&tickets)
		if imported != n || reviews != n || tickets != 2*n/5 {
			t.Errorf("%d imported, %d reviews, %d tickets", imported, reviews, tickets)
		}
		w.agrees(t)
	})
}

// stopping ends its context after so many records.
type stopping struct {
	ingest.Source
	after int
	stop  context.CancelFunc
}

func (s stopping) Records(ctx context.Context) iter.Seq2[ingest.Record, error] {
	return func(yield func(ingest.Record, error) bool) {
		n := 0
		for rec, err := range s.Source.Records(ctx) {
			if n++; n == s.after {
				s.stop()
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

func TestStoppedImportGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		const n = 1100
		dir := olistFolder(t, map[string][]string{"olist_order_reviews_dataset.csv": reviewLines(n)})
		for _, after := range []int{1, 700, 1099} {
			ctx, cancel := context.WithCancel(t.Context())
			src, err := ingest.Open("olist", []string{dir}, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.Intake.Run(ctx, models.Command("import"), ingest.Options{Marketplace: "stop", Format: "olist"}, stopping{src, after, cancel})
			if err == nil {
				t.Errorf("stopped after %d records, it said nothing", after)
			}
			w.agrees(t)
		}
		if got := w.mustImport(t, options{market: "stop", format: "olist"}, dir); got.Imported+got.Unchanged != n || got.Unchanged != 1000 {
			t.Errorf("going on: %+v", got)
		}
		w.agrees(t)
	})
}

func TestRejectsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rejects.csv")
	r := ingest.NewRejects(path)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Fatal("there is a file without a reject")
	}
	for _, rec := range []ingest.Record{{File: "=a.csv", Line: 7, Reason: "r", Excerpt: `@x,"y"`}, {File: "b", Line: 8, Reason: "s", Excerpt: "plain"}} {
		if err := r.Add(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	b, _ := os.ReadFile(path)
	want := "file,line,reason,record-excerpt\n'=a.csv,7,r,\"'@x,\"\"y\"\"\"\nb,8,s,plain\n"
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
