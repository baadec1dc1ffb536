package models

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// DayOf is the SQL for the UTC day of a time column, as YYYY-MM-DD: what the two dialects spell differently.
func DayOf(db *gorm.DB, column string) string {
	if IsPostgres(db) {
		return "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
	}
	return "substr(" + column + ", 1, 10)"
}

// NearEnd is the SQL for that the time given as its argument is in the last part (a third is 3) of a proposal's time, and
// at least in the last hours of it.
func NearEnd(db *gorm.DB, proposal string, part int, hours time.Duration) string {
	if IsPostgres(db) {
		return fmt.Sprintf("(%[1]s.expires_at - greatest((%[1]s.expires_at - %[1]s.created_at) / %[2]d, %[3]d * interval '1 second') <= ?)",
			proposal, part, int(hours.Seconds()))
	}
	return fmt.Sprintf("((julianday(%[1]s.expires_at) - julianday(?)) * 86400 <= max((julianday(%[1]s.expires_at) - julianday(%[1]s.created_at)) * 86400 / %[2]d, %[3]d))",
		proposal, part, int(hours.Seconds()))
}
