package demo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"evenhand/app"
	"evenhand/demo"
	"evenhand/models"
	"evenhand/signals"
	"evenhand/staff"
)

// board is what the demo's auditor sees.
func board(t *testing.T, a *app.App) signals.Board {
	t.Helper()
	var m models.Marketplace
	if err := a.DB.Where("id = ?", "demo").Take(&m).Error; err != nil {
		t.Fatal(err)
	}
	auditor, err := staff.ByEmail(a.DB, "auditor@example.test")
	if err != nil {
		t.Fatal(err)
	}
	b, err := a.Board.Board(t.Context(), staff.Actor(auditor), m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// seeds are how many marketplaces are tried; the race detector has nothing to find in a second one.
func seeds() int {
	switch {
	case os.Getenv("EVENHAND_SOAK") != "":
		return 20
	case raceDetector:
		return 1
	}
	return 2
}

// The planted pairs come first and are alarmed, and nobody else is.
func TestBoardFindsWhoFavours(t *testing.T) {
	for seed := 1; seed <= seeds(); seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			d, err := demo.Prepare(t.Context(), filepath.Join(t.TempDir(), "demo"), demo.Options{Seed: uint64(seed), Now: ends})
			if err != nil {
				t.Fatal(err)
			}
			b := board(t, openAt(t, d, func() time.Time { return ends }))
			for i, c := range b.Report.Cells[:4] {
				pair := demo.Pair{Moderator: b.Moderators[c.Row], Seller: b.Sellers[c.Col]}
				planted := slices.Contains(d.Planted, pair)
				t.Logf("%d planted %-5v %v: %d of %v, expected %.1f; p %.2g, q %.2g, score %.1f; spread %.2f", i+1, planted, pair, c.Observed, c.Exposure, c.Expected, c.P, c.Q, c.Score, b.Report.Spread)
				if first := i < len(d.Planted); first != planted || first != c.Alarm {
					t.Errorf("place %d of the board: planted %v, alarm %v", i+1, planted, c.Alarm)
				}
			}
			if b.Report.Alarms != len(d.Planted) {
				t.Errorf("%d alarms; want %d", b.Report.Alarms, len(d.Planted))
			}
		})
	}
}
