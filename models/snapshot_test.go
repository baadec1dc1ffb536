package models_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/models/dbtest"
)

// What is written meanwhile is on none of the views, and a pool that is used up gives fewer of them.
func TestViewsSeeOneMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		pool, err := db.DB.DB()
		if err != nil {
			t.Fatal(err)
		}
		for _, most := range []int{8, 3} { // one of them writes
			pool.SetMaxOpenConns(most)
			want := min(3, most-1)
			if !models.IsPostgres(db.DB) {
				want = 1
			}
			held, err := pool.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			err = models.Views(t.Context(), db.DB, 3, func(views []*gorm.DB) error {
				if err := held.Close(); err != nil {
					return err
				}
				var n int64 // SQLite's moment is that of the first read
				if err := views[0].Model(&models.Marketplace{}).Count(&n).Error; err != nil {
					return err
				}
				m := models.Marketplace{ID: models.NewID(), Name: "new", NegativeAtOrBelow: 2, ProposalTTLHours: 1, LeaseMinutes: 1, CreatedAt: time.Now()}
				if err := db.Create(&m).Error; err != nil {
					return err
				}
				if len(views) != want {
					t.Errorf("%d views of a pool of %d; want %d", len(views), most, want)
				}
				for i, view := range views {
					if err := view.Model(&models.Marketplace{}).Where("id = ?", m.ID).Count(&n).Error; err != nil || n != 0 {
						t.Errorf("view %d sees what was written after it: %d, %v", i, n, err)
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}
