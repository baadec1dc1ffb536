package ingest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenhand/app/apptest"
	"evenhand/ingest"
	"evenhand/models/dbtest"
)

// sample finds a folder of real reviews, which are no part of the project.
func sample(t *testing.T, name string) string {
	t.Helper()
	if dbtest.UnderRace {
		t.Skip("the samples are read without the race detector, under which they take minutes: scripts/test does both")
	}
	dir := filepath.Join("..", "..", "shared", "data", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no sample of real reviews: %s isn't there", dir)
	}
	return dir
}

func TestSamples(t *testing.T) {
	for _, s := range []struct {
		format       string
		first, again ingest.Counts
	}{
		{"olist", ingest.Counts{Read: 8225, Imported: 7447, Rejected: 778}, ingest.Counts{Read: 8225, Unchanged: 7447, Rejected: 778}},
		{"amazon", ingest.Counts{Read: 5269, Imported: 4219, Unchanged: 1050}, ingest.Counts{Read: 5269, Unchanged: 5269}},
	} {
		t.Run(s.format, func(t *testing.T) {
			dir := sample(t, s.format)
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				w := newWorld(t, db)
				got := w.mustImport(t, options{market: s.format, format: s.format}, dir)
				if diff := cmp.Diff(s.first, got); diff != "" {
					t.Errorf("the first import (-want +got):\n%s", diff)
				}
				entries := w.Entries(t, "reviews.import", "done")
				if diff := cmp.Diff(s.again, w.mustImport(t, options{market: s.format, format: s.format}, dir)); diff != "" {
					t.Errorf("the second import (-want +got):\n%s", diff)
				}
				if n := w.Entries(t, "reviews.import", "done"); n != entries {
					t.Errorf("importing nothing new wrote %d entries", n-entries)
				}
				w.agrees(t)
			})
		})
	}
}

func TestSampleFlagsEachNegativeReviewOnce(t *testing.T) {
	dir := sample(t, "olist")
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := newWorld(t, db)
		w.mustImport(t, options{market: apptest.Market, format: "olist"}, dir)
		flag := options{market: apptest.Market, format: "olist", flag: true}
		w.mustImport(t, flag, dir)
		w.mustImport(t, flag, dir)
		var tickets, negative int64
		db.Raw("SELECT count(*) FROM tickets").Scan(&tickets)
		db.Raw("SELECT count(*) FROM reviews WHERE rating <= 2").Scan(&negative)
		if tickets != negative || negative == 0 {
			t.Errorf("%d tickets for %d negative reviews", tickets, negative)
		}
		w.agrees(t)
	})
}
