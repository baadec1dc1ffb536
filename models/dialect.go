package models

import (
	"fmt"
	"strconv"
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

// DayKey is the SQL to group by the UTC day of a time column, and DayText that which writes such a group as YYYY-MM-DD:
// PostgreSQL writes slowly, so that it had better write once for each group.
func DayKey(db *gorm.DB, column string) string { return datePart(db, column, "day", 10) }

// DayText writes what DayKey made.
func DayText(db *gorm.DB, key string) string { return dateText(db, key, "YYYY-MM-DD") }

// MonthKey is DayKey for months, which MonthText writes as YYYY-MM.
func MonthKey(db *gorm.DB, column string) string { return datePart(db, column, "month", 7) }

// MonthText writes what MonthKey made.
func MonthText(db *gorm.DB, key string) string { return dateText(db, key, "YYYY-MM") }

func datePart(db *gorm.DB, column, unit string, length int) string {
	if IsPostgres(db) {
		return "date_trunc('" + unit + "', " + column + " AT TIME ZONE 'UTC')"
	}
	return "substr(" + column + ", 1, " + strconv.Itoa(length) + ")"
}

func dateText(db *gorm.DB, key, format string) string {
	if IsPostgres(db) {
		return "to_char(" + key + ", '" + format + "')"
	}
	return key
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

// EndingOf is the SQL for the last eight digits of an id, as pages show them and as the indexes for jumps have them.
func EndingOf(db *gorm.DB, column string) string {
	if IsPostgres(db) {
		return "right(CAST(" + column + " AS text), 8)"
	}
	return "substr(" + column + ", -8)"
}
