package models

import "gorm.io/gorm"

// DayOf is the SQL for the UTC day of a time column, as YYYY-MM-DD: what the two dialects spell differently.
func DayOf(db *gorm.DB, column string) string {
	if IsPostgres(db) {
		return "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
	}
	return "substr(" + column + ", 1, 10)"
}
