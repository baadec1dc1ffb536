package ingest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/ingest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// world is an app that keeps its last import's rejects.
type world struct {
	*apptest.World
	rejects []ingest.Record
}

func newWorld(t testing.TB, db *dbtest.DB) *world {
	t.Helper()
	return &world{World: apptest.New(t, db)}
}

type options struct {
	market, format string
	flag           bool
}

var (
	asOlist  = options{market: apptest.Market, format: "olist"}
	asAmazon = options{market: apptest.Market, format: "amazon"}
)

// bring imports; rejects come into w.rejects.
func (w *world) bring(ctx context.Context, o options, paths ...string) (ingest.Counts, error) {
	src, err := ingest.Open(o.format, paths, nil)
	if err != nil {
		return ingest.Counts{}, err
	}
	w.rejects = nil
	return w.Intake.Run(ctx, models.Command("import"), ingest.Options{
		Marketplace: o.market, Format: o.format, FlagNegative: o.flag,
		Reject: func(r ingest.Record) error { w.rejects = append(w.rejects, r); return nil },
	}, src)
}

func (w *world) mustImport(t testing.TB, o options, paths ...string) ingest.Counts {
	t.Helper()
	n, err := w.bring(t.Context(), o, paths...)
	if err != nil {
		t.Fatal(err)
	}
	if n.Read != n.Imported+n.Unchanged+n.Rejected || n.Rejected != len(w.rejects) {
		t.Errorf("the counts %+v don't add up with %d rejects", n, len(w.rejects))
	}
	return n
}

// agrees fails the test unless record and database agree.
func (w *world) agrees(t testing.TB) {
	t.Helper()
	if got := w.disagreement(t); got != "" {
		t.Errorf("verify: %s", got)
	}
}

func (w *world) disagreement(t testing.TB) string {
	t.Helper()
	r, err := w.Verify(t.Context(), w.DB.DB)
	if err != nil {
		t.Fatal(err)
	}
	return r.Disagreement
}

// lines writes a file of lines and returns its path.
func lines(t testing.TB, dir, name string, content ...string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(strings.Join(content, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
