package ledger

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"

	"evenhand/models"
)

// maxBody is how many bytes an entry has at most: what a bundle of C2SP tlog-tiles can hold.
const maxBody = 65535

// Inclusion is all that it takes to check that a checkpoint includes an entry: with the log's public key, and nothing
// else of ours (RFC 6962 section 2.1.1).
type Inclusion struct {
	EntryID string
	Body    string // what the entry says; the leaf's hash is SHA-256(0x00 ‖ body)
	Index   int64
	Path    []tlog.Hash // from the leaf's sibling up
	Size    int64
	Root    tlog.Hash
	Note    string // the signed checkpoint
}

// Inclusion proves that the newest checkpoint includes an entry. The proof is checked before it is given out. What it is
// made of is only ever added to, so it takes no transaction.
func (l *Log) Inclusion(ctx context.Context, id string) (Inclusion, error) {
	p := Inclusion{EntryID: id}
	c, err := l.Checkpoint(ctx)
	if err != nil {
		return p, err
	}
	db := l.db.WithContext(ctx)
	var at []struct {
		Idx  int64
		Body string
	}
	err = db.Raw("SELECT l.idx, e.body FROM ledger_leaves l JOIN ledger_entries e ON e.id = l.entry_id WHERE l.entry_id = ? AND l.idx < ?", id, c.Size).Scan(&at).Error
	if err != nil {
		return p, models.Translate(err)
	}
	if len(at) == 0 {
		return p, models.E(models.NotFound, "no_checkpoint_yet", "No checkpoint includes this entry yet. One should within a second; if not, the page on the log says why.")
	}
	p.Body, p.Index, p.Size, p.Root, p.Note = at[0].Body, at[0].Idx, c.Size, tlog.Hash(c.Root), c.Note
	err = l.edges.anew(func() error {
		if p.Path, err = tlog.ProveRecord(c.Size, p.Index, hashReader(db, c, l.edges)); err != nil {
			return err
		}
		return tlog.CheckRecord(p.Path, c.Size, p.Root, p.Index, tlog.RecordHash([]byte(p.Body)))
	})
	return p, models.Translate(err)
}

// Consistency proves that the first old entries of the newest checkpoint are those of an older one
// (RFC 6962 section 2.1.2).
func (l *Log) Consistency(ctx context.Context, old int64) (models.LedgerCheckpoint, []tlog.Hash, error) {
	c, err := l.Checkpoint(ctx)
	if err != nil || old == 0 {
		return c, nil, err
	}
	if old < 0 || old > c.Size {
		return c, nil, models.InvalidField("old", "The log has %d entries, so it has no tree of %d.", c.Size, old)
	}
	var path []tlog.Hash
	err = l.edges.anew(func() error {
		path, err = tlog.ProveTree(c.Size, old, hashReader(l.db.WithContext(ctx), c, l.edges))
		return err
	})
	return c, path, models.Translate(err)
}

// hashReader reads the hashes of the tree that a checkpoint is of, and checks them against its root.
func hashReader(db *gorm.DB, c models.LedgerCheckpoint, e *edges) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: tlog.Hash(c.Root)}, tiles{db, e})
}

// edges remembers partial tiles, which take hundreds of rows to put together. What a tile of some width holds never
// changes, and every proof checks it against the root anew, so nothing here can grow stale.
type edges struct {
	mu   sync.Mutex
	kept map[tlog.Tile][]byte
}

// mostEdges bounds what is remembered: the edges of a few sizes of the tree, 8 KB each at most.
const mostEdges = 64

func (e *edges) get(t tlog.Tile) ([]byte, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	data, ok := e.kept[t]
	return data, ok
}

func (e *edges) put(t tlog.Tile, data []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.kept == nil || len(e.kept) >= mostEdges {
		e.kept = map[tlog.Tile][]byte{}
	}
	e.kept[t] = data
}

// anew makes a proof, and where that fails makes it again from the database alone: what was remembered may be of a
// log that was damaged then, or that has been put right since.
func (e *edges) anew(prove func() error) error {
	err := prove()
	if err == nil {
		return nil
	}
	e.mu.Lock()
	e.kept = nil
	e.mu.Unlock()
	return prove()
}

// tiles is the database as x/mod's reader of tiles.
type tiles struct {
	db    *gorm.DB
	edges *edges
}

func (tiles) Height() int { return tileHeight }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(wanted))
	for i, w := range wanted {
		if data, ok := t.edges.get(w); ok {
			out[i] = data
			continue
		}
		hashes, err := tileHashes(t.db, w.L, w.N, w.W)
		if err != nil {
			return nil, err
		}
		out[i] = joinHashes(hashes)
		if w.W < tileWidth {
			t.edges.put(w, out[i])
		}
	}
	return out, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// Tile is a tile of the log as C2SP tlog-tiles serves it: width hashes of 32 bytes. One that isn't there, or not yet
// as wide, isn't found.
func (l *Log) Tile(ctx context.Context, level int, n int64, width int) ([]byte, error) {
	if err := l.has(ctx, level, n, width); err != nil {
		return nil, err
	}
	hashes, err := tileHashes(l.db.WithContext(ctx), level, n, width)
	return joinHashes(hashes), models.Translate(err)
}

// Bundle is the bodies of width entries from 256·n on, each behind its length as a big-endian uint16 (C2SP tlog-tiles).
func (l *Log) Bundle(ctx context.Context, n int64, width int) ([]byte, error) {
	if err := l.has(ctx, 0, n, width); err != nil {
		return nil, err
	}
	var bodies []string
	err := l.db.WithContext(ctx).Raw("SELECT e.body FROM ledger_leaves l JOIN ledger_entries e ON e.id = l.entry_id WHERE l.idx >= ? AND l.idx < ? ORDER BY l.idx",
		n*tileWidth, n*tileWidth+int64(width)).Scan(&bodies).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	if len(bodies) != width {
		return nil, missingTile(0, n, width, len(bodies))
	}
	var out []byte
	for i, b := range bodies {
		if len(b) > maxBody {
			return nil, fmt.Errorf("entry %d has %d bytes, and a bundle takes %d", n*tileWidth+int64(i), len(b), maxBody)
		}
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(b))), b...)
	}
	return out, nil
}

// has refuses a tile that the newest checkpoint doesn't cover.
func (l *Log) has(ctx context.Context, level int, n int64, width int) error {
	c, err := l.Checkpoint(ctx)
	if err != nil {
		return err
	}
	if most := c.Size >> (tileHeight * level); n > most || n<<tileHeight+int64(width) > most {
		return models.E(models.NotFound, "no_tile", "The log has %d entries; there is no such tile.", c.Size)
	}
	return nil
}
