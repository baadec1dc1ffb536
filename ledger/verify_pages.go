package ledger

import (
	"context"
	"errors"

	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"

	"evenhand/models"
)

// page is a stretch of the log as the database has it.
type page struct {
	from        int64 // the number that its first leaf should have
	leaves      []leafRow
	tiles       map[tileAt]models.LedgerTile // that fill up in this stretch
	checkpoints []models.LedgerCheckpoint    // whose size is in (from, from+len(leaves)]
	signed      []signed                     // what each of them says
	unstored    bool                         // it comes from an export, which has no tiles
	all         int64                        // with the last page, how many entries there are; -1 where that isn't known
	err         error
}

// signed is what the signature under a checkpoint stands for, or why it stands for nothing.
type signed struct {
	Checkpoint
	err error
}

// tileAt is where a tile is.
type tileAt struct {
	level int
	n     int64
}

// leafRow is a number in the log with the entry that has it; without one, entry is nil.
type leafRow struct {
	idx   int64
	id    string
	hash  []byte
	entry *models.LedgerEntry
}

// pageSize is how many entries are held in memory at once, three times: one page is read while the one before is
// opened, and the one before that is checked. It is a multiple of a tile's width.
const pageSize = 16 * tileWidth

// pagesOf reads the log from its beginning, entries ahead on a view of their own where there is one, and opens its
// checkpoints on the way, which costs as much as the reading. The channel closes after the last page, or the first that
// fails.
func pagesOf(ctx context.Context, tx, ahead *gorm.DB, public Public) <-chan page {
	read, out := make(chan page), make(chan page)
	go func() {
		defer close(read)
		s := newSource(ctx, tx, ahead)
		defer s.stop()
		for from := int64(0); ; from += pageSize {
			p := s.page(ctx, from)
			if give(ctx, read, p) != nil || p.err != nil || len(p.leaves) < pageSize {
				return
			}
		}
	}()
	go func() {
		defer close(out)
		for p := range read {
			for _, c := range p.checkpoints {
				said, err := public.Open(c.Note)
				p.signed = append(p.signed, signed{said, err})
			}
			_ = give(ctx, out, p)
		}
	}()
	return out
}

func give[T any](ctx context.Context, to chan<- T, v T) error {
	select {
	case to <- v:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func readPage(tx *gorm.DB, from int64) page {
	p := page{from: from}
	p.err = errors.Join(p.readLeaves(tx), p.readRest(tx))
	return p
}

// readRest reads what else there is of a stretch of the log.
func (p *page) readRest(tx *gorm.DB) error {
	p.tiles = map[tileAt]models.LedgerTile{}
	return errors.Join(
		p.readTiles(tx),
		tx.Where("size > ? AND size <= ?", p.from, p.from+pageSize).Order("size").Find(&p.checkpoints).Error,
	)
}

// readNumbers reads the leaves alone.
func (p *page) readNumbers(tx *gorm.DB) error {
	p.leaves = make([]leafRow, 0, pageSize)
	var l leafRow
	var kept hashes
	return models.Stream(tx.Statement.Context, tx, []any{&l.idx, &l.id, &l.hash}, func() error {
		p.leaves = append(p.leaves, leafRow{idx: l.idx, id: l.id, hash: kept.keep(l.hash)})
		return nil
	}, "SELECT idx, entry_id, hash FROM ledger_leaves WHERE idx >= ? AND idx < ? ORDER BY idx", p.from, p.from+pageSize)
}

// hashes keep what a stream gives, many in one piece of memory.
type hashes []byte

func (h *hashes) keep(b []byte) []byte {
	if cap(*h)-len(*h) < len(b) {
		*h = make([]byte, 0, max(len(b), tileWidth*tlog.HashSize))
	}
	from := len(*h)
	*h = append(*h, b...)
	return (*h)[from:len(*h):len(*h)]
}

func (p *page) readTiles(tx *gorm.DB) error {
	for level := 0; level < 64/tileHeight; level++ {
		shift := tileHeight * (level + 1)
		first, end := p.from>>shift, (p.from+pageSize)>>shift
		if first == end {
			continue
		}
		var found []models.LedgerTile
		if err := tx.Where("level = ? AND n >= ? AND n < ?", level, first, end).Find(&found).Error; err != nil {
			return err
		}
		for _, t := range found {
			p.tiles[tileAt{t.Level, t.N}] = t
		}
	}
	return nil
}

// readLeaves goes by rows rather than through gorm's reflection: it is what verify spends its time on.
func (p *page) readLeaves(tx *gorm.DB) error {
	p.leaves = make([]leafRow, 0, pageSize)
	var l leafRow
	var kept hashes
	var e models.LedgerEntry
	entries := make([]models.LedgerEntry, 0, pageSize)
	into := []any{
		&l.idx, &l.id, &l.hash, &e.MarketplaceID, &e.At, &e.ActorKind, &e.ActorID, &e.Act, &e.SubjectType, &e.SubjectID,
		&e.Outcome, &e.Code, &e.Body, &e.Hash,
	}
	return models.Stream(tx.Statement.Context, tx, into, func() error {
		row := l
		row.hash = kept.keep(l.hash)
		if e.Hash != nil { // there is an entry
			e.ID = l.id
			entries = append(entries, e)
			row.entry = &entries[len(entries)-1]
			row.entry.Hash = kept.keep(e.Hash)
		}
		p.leaves = append(p.leaves, row)
		return nil
	}, `SELECT l.idx, l.entry_id, l.hash, e.marketplace_id, e.at, e.actor_kind, e.actor_id, e.act, e.subject_type, e.subject_id,
		e.outcome, e.code, e.body, e.hash
		FROM ledger_leaves l LEFT JOIN ledger_entries e ON e.id = l.entry_id WHERE l.idx >= ? AND l.idx < ? ORDER BY l.idx`, p.from, p.from+pageSize)
}
