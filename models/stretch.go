package models

import (
	"fmt"

	"gorm.io/gorm"
)

// Stretches are a table's rows as they lie on the disk, a few megabytes at a time: reading on is much cheaper than looking
// rows up. On SQLite there are none, and for it it makes no odds.
type Stretches struct {
	next, end int64 // blocks
}

// blocksInStretch are 2 MB.
const blocksInStretch = 256

// scansRanges is the version of PostgreSQL since which it goes to a range of blocks straight.
const scansRanges = 140000

// StretchesOf counts a table's on a snapshot that has begun.
func StretchesOf(tx *gorm.DB, table string) (Stretches, error) {
	var s Stretches
	if !IsPostgres(tx) {
		return s, nil
	}
	err := tx.Raw(`SELECT CASE WHEN CAST(current_setting('server_version_num') AS integer) < ? THEN 0
		ELSE pg_relation_size(CAST(? AS regclass)) / CAST(current_setting('block_size') AS bigint) END`, scansRanges, table).Scan(&s.end).Error
	return s, err
}

// Next is the SQL for the rows of the next one, "" when there is none left.
func (s *Stretches) Next() string {
	if s.next >= s.end {
		return ""
	}
	from := s.next
	s.next += blocksInStretch
	return fmt.Sprintf("ctid >= '(%d,0)' AND ctid < '(%d,0)'", from, s.next)
}

// Stop has no more of them read.
func (s *Stretches) Stop() { s.next = s.end }
