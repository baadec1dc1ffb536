package models

import "time"

// LedgerLeaf gives an entry its number in the log. Hash is the hash of its body as it was numbered.
type LedgerLeaf struct {
	Idx     int64
	EntryID string
	Hash    []byte
}

// TableName spells the plural.
func (LedgerLeaf) TableName() string { return "ledger_leaves" }

// LedgerTile is a full tile: 256 hashes of one level, and the hash of the subtree over them.
type LedgerTile struct {
	Level  int
	N      int64
	Root   []byte
	Hashes []byte
}

// LedgerCheckpoint is a signed statement of what the first Size entries are.
type LedgerCheckpoint struct {
	Size int64
	At   time.Time
	Root []byte
	Note string
}

// LedgerCosignature is a witness's signature under a checkpoint.
type LedgerCosignature struct {
	Size    int64
	Witness string
	At      time.Time
	Line    string
}
