package demo

import (
	"context"
	"os"

	"gorm.io/gorm"

	"evenhand/models"
)

// openMemory gives an empty database in memory, with the schema. It has one connection, which it lives in: with files
// every one of the thousands of transactions would be written and waited for.
func openMemory(ctx context.Context) (*gorm.DB, error) {
	db, err := models.Open("sqlite::memory:")
	if err != nil {
		return nil, err
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	pool.SetConnMaxIdleTime(0)
	return db, models.Ready(ctx, db)
}

// writeTo writes the database into a file, which is empty or isn't there, and waits until it is on disk.
func writeTo(ctx context.Context, db *gorm.DB, file string) error {
	if err := db.WithContext(ctx).Exec("VACUUM INTO ?", file).Error; err != nil {
		return models.Translate(err)
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
