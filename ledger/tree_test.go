package ledger

import (
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// The edge gives the same roots as x/mod's reader over all stored hashes, and its tiles are the ones that x/mod reads.
func TestTreeIsTheOneOfRFC6962(t *testing.T) {
	const most = 66_000 // past 256², where a tile of level 1 fills
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	var own tree
	if own.root() != emptyRoot {
		t.Error("the empty tree has another root")
	}
	tiles := 0
	for i := range int64(most) {
		leaf := tlog.RecordHash(fmt.Appendf(nil, "entry %d", i))
		more, err := tlog.StoredHashesForRecordHash(i, leaf, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
		for _, full := range own.append(leaf) {
			tiles++
			want, err := tlog.ReadTileData(tlog.Tile{H: tileHeight, L: full.level, N: full.n, W: tileWidth}, reader)
			if err != nil || string(want) != string(joinHashes(full.hashes)) {
				t.Fatalf("tile %d/%d differs (%v)", full.level, full.n, err)
			}
		}
		if i < 600 || i%997 == 0 || i > most-5 {
			want, err := tlog.TreeHash(i+1, reader)
			if err != nil || own.root() != want {
				t.Fatalf("root of %d entries: %v, want %v (%v)", i+1, own.root(), want, err)
			}
		}
	}
	if tiles != most/256+most/65536 {
		t.Errorf("%d tiles", tiles)
	}
}
