package models_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/models/dbtest"
)

type streamed struct {
	ID, Name string
	Most     int
	Hours    int64
	Drawn    bool
	At       time.Time
	Blob     []byte
	Maybe    *time.Time
}

// A stream gives on a view what it gives on a pool, of values and of NULLs, and leaves its connection fit for more.
func TestStream(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		at := time.Date(1999, 12, 31, 23, 59, 59, 123456000, time.UTC)
		id := "01a20b1d-473e-7324-807f-60c69726ba8a"
		must(t, db.Create(&models.Marketplace{ID: "m", Name: "ﬁsh & \"chips\"", NegativeAtOrBelow: 2, ProposalTTLHours: 720, LeaseMinutes: 1, CreatedAt: at}).Error)
		must(t, db.Create(&models.Seller{MarketplaceID: "m", ID: id, ExternalID: "s", Name: "s", CreatedAt: at}).Error)
		const query = `SELECT s.id, m.name, m.negative_at_or_below, m.proposal_ttl_hours, m.approvers_drawn, m.created_at, c.salt, m.created_at
			  FROM marketplaces m JOIN sellers s ON s.marketplace_id = m.id LEFT JOIN reviews c ON c.marketplace_id = m.id WHERE m.id IN ?
			UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, c.salt, NULL FROM marketplaces m LEFT JOIN reviews c ON c.marketplace_id = m.id WHERE m.id = ?`
		read := func(db *gorm.DB) []streamed {
			var row streamed
			var rows []streamed
			into := []any{&row.ID, &row.Name, &row.Most, &row.Hours, &row.Drawn, &row.At, &row.Blob, &row.Maybe}
			must(t, models.Stream(t.Context(), db, into, func() error {
				row.At, row.Blob = row.At.UTC(), bytes.Clone(row.Blob)
				rows = append(rows, row)
				return nil
			}, query, []string{"m", "other"}, "m"))
			return rows
		}
		want := []streamed{{ID: id, Name: "ﬁsh & \"chips\"", Most: 2, Hours: 720, Drawn: read(db.DB)[0].Drawn, At: at, Maybe: &at}, {}}
		must(t, models.Views(t.Context(), db.DB, 2, func(views []*gorm.DB) error {
			for _, on := range []*gorm.DB{db.DB, views[0], views[len(views)-1]} {
				stop := errors.New("enough")
				err := models.Stream(t.Context(), on, []any{new(string)}, func() error { return stop }, "SELECT name FROM marketplaces")
				if !errors.Is(err, stop) {
					t.Errorf("a stream that is stopped says %v", err)
				}
				if diff := cmp.Diff(want, read(on)); diff != "" {
					t.Errorf("%T: %s", on.Statement.ConnPool, diff)
				}
			}
			return nil
		}))
		if err := models.Stream(t.Context(), db.DB, []any{new(float32)}, func() error { return nil }, "SELECT 1"); err == nil {
			t.Error("a stream reads into what it doesn't know")
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
