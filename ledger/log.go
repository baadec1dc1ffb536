package ledger

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"

	"evenhand/models"
)

// lastCheckpoint is the newest checkpoint; one of size 0, unsigned, where there is none yet.
func lastCheckpoint(db *gorm.DB) (models.LedgerCheckpoint, error) {
	var c []models.LedgerCheckpoint
	err := db.Order("size DESC").Limit(1).Find(&c).Error
	if err != nil || len(c) == 0 {
		return models.LedgerCheckpoint{Root: emptyRoot[:]}, err
	}
	return c[0], nil
}

// loadTree reads the right edge of the tree of that size from leaves and full tiles.
func loadTree(db *gorm.DB, size int64) (tree, error) {
	t := tree{size: size}
	for level, n := 0, size; n > 0; level, n = level+1, n>>tileHeight {
		hashes, err := tileHashes(db, level, n>>tileHeight, int(n%tileWidth))
		if err != nil {
			return tree{}, err
		}
		t.edge = append(t.edge, hashes)
	}
	return t, nil
}

// tileHashes reads the first width hashes of tile n of a level. What isn't there is an error.
func tileHashes(db *gorm.DB, level int, n int64, width int) ([]tlog.Hash, error) {
	if width == 0 {
		return nil, nil
	}
	if width == tileWidth {
		return fullTile(db, level, n)
	}
	var raw [][]byte
	q := db.Table("ledger_leaves").Select("hash").Order("idx").Where("idx >= ? AND idx < ?", n*tileWidth, n*tileWidth+int64(width))
	if level > 0 {
		q = db.Table("ledger_tiles").Select("root").Order("n").Where("level = ? AND n >= ? AND n < ?", level-1, n*tileWidth, n*tileWidth+int64(width))
	}
	rows, err := q.Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h []byte
		if err := rows.Scan(&h); err != nil {
			return nil, err
		}
		raw = append(raw, h)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(raw) != width {
		return nil, missingTile(level, n, width, len(raw))
	}
	out := make([]tlog.Hash, width)
	for i, h := range raw {
		if len(h) != tlog.HashSize {
			return nil, fmt.Errorf("tile %d/%d: hash %d has %d bytes", level, n, i, len(h))
		}
		out[i] = tlog.Hash(h)
	}
	return out, nil
}

// fullTile reads a tile that is stored whole.
func fullTile(db *gorm.DB, level int, n int64) ([]tlog.Hash, error) {
	var t []models.LedgerTile
	if err := db.Select("hashes").Where("level = ? AND n = ?", level, n).Limit(1).Find(&t).Error; err != nil {
		return nil, err
	}
	if len(t) == 0 {
		return nil, missingTile(level, n, tileWidth, 0)
	}
	if len(t[0].Hashes) != tileWidth*tlog.HashSize {
		return nil, fmt.Errorf("tile %d/%d is half written: it has %d bytes, not %d", level, n, len(t[0].Hashes), tileWidth*tlog.HashSize)
	}
	return splitHashes(t[0].Hashes), nil
}

func missingTile(level int, n int64, width, have int) error {
	return fmt.Errorf("%w: tile %d/%d has %d of %d hashes", errMissingTile, level, n, have, width)
}

var errMissingTile = errors.New("the log is incomplete")

func splitHashes(b []byte) []tlog.Hash {
	out := make([]tlog.Hash, len(b)/tlog.HashSize)
	for i := range out {
		out[i] = tlog.Hash(b[i*tlog.HashSize:])
	}
	return out
}

func joinHashes(hashes []tlog.Hash) []byte {
	out := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		out = append(out, h[:]...)
	}
	return out
}
