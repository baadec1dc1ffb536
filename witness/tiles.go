package witness

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight     = 8 // C2SP tlog-tiles; x/mod writes it into its paths, tlog-tiles doesn't
	maxCheckpoint  = 128 << 10
	fullTileHashes = 1 << tileHeight
)

// tiles reads a log in the layout of C2SP tlog-tiles. What it returns isn't to be believed: tlog.TileHashReader
// holds it against the root of a checkpoint.
type tiles struct {
	ctx    context.Context // of one round; tlog's reader takes none
	client *http.Client
	prefix string
}

// missing is a 404.
type missing struct{ path string }

func (m *missing) Error() string { return m.path + ": 404" }

func (t *tiles) fetch(path string, most int64) ([]byte, error) {
	q, err := http.NewRequestWithContext(t.ctx, http.MethodGet, t.prefix+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	q.Header.Set("Cache-Control", "no-cache")
	res, err := t.client.Do(q)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNotFound {
		return nil, &missing{path}
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, res.Status)
	}
	b, err := readAll(res.Body, most)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

// Height implements tlog.TileReader.
func (t *tiles) Height() int { return tileHeight }

// SaveTiles implements tlog.TileReader: a round reads few tiles, and none are kept.
func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles implements tlog.TileReader.
func (t *tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(want))
	for i, tile := range want {
		b, err := t.read(tile)
		if err != nil {
			return nil, err
		}
		out[i] = b
	}
	return out, nil
}

// read fetches a tile. A log may have dropped a partial tile once the full one is there.
func (t *tiles) read(tile tlog.Tile) ([]byte, error) {
	size := tile.W * tlog.HashSize
	b, err := t.fetch(tilePath(tile), int64(size))
	var gone *missing
	if errors.As(err, &gone) && tile.W < fullTileHashes {
		full := tile
		full.W = fullTileHashes
		b, err = t.fetch(tilePath(full), fullTileHashes*tlog.HashSize)
		b = b[:min(len(b), size)]
	}
	if err != nil {
		return nil, err
	}
	if len(b) != size {
		return nil, fmt.Errorf("%s: %d bytes in place of %d", tilePath(tile), len(b), size)
	}
	return b, nil
}

// tilePath is the path in C2SP tlog-tiles: tile/L/N, where x/mod says tile/8/L/N.
func tilePath(t tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", tileHeight))
}
