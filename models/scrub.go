package models

import (
	"context"

	"gorm.io/gorm"
)

// Scrub makes sure that what has been erased is gone from SQLite's files, too. secure_delete overwrites it where it
// stood, but pages that were split earlier may hold stale copies, and the log holds the pages as they were: so the file
// is written anew and the log cut. It takes as long as writing the file, and a second file's room. On PostgreSQL there
// is nothing an application's account could do: vacuuming, archives of the log and backups are the owner's.
func Scrub(ctx context.Context, db *gorm.DB) error {
	if IsPostgres(db) {
		return nil
	}
	unscrubbed := func(err error) error {
		return &Error{Kind: Unavailable, Code: "not_scrubbed", Err: err,
			Detail: "The erasure took effect and is on record, but old pages of the file may still hold the text: run VACUUM on it when it is less busy."}
	}
	if err := db.WithContext(ctx).Exec("VACUUM").Error; err != nil {
		return unscrubbed(err)
	}
	var log struct{ Busy, Log, Checkpointed int }
	if err := db.WithContext(ctx).Raw("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&log).Error; err != nil || log.Busy != 0 {
		return unscrubbed(err)
	}
	return nil
}
