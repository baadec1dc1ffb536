package ledger

import (
	"golang.org/x/mod/sumdb/tlog"
)

// A tile holds 256 hashes (C2SP tlog-tiles, https://c2sp.org/tlog-tiles).
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// tree is the right edge of an RFC 6962 Merkle tree, which is all that it takes to append to it and to know its root:
// for each level of tiles, the hashes of the tile that isn't full yet. Level 0 holds hashes of leaves, each further
// level the roots of the full tiles below.
type tree struct {
	size  int64
	edge  [][]tlog.Hash
	peaks []peaks // of each level of the edge
}

// peaks are the roots of the complete subtrees over the hashes of a tile that isn't full, from left to right, each
// larger than the next. They are computed when they are asked for, each once.
type peaks struct {
	over  int // so many hashes
	roots []tlog.Hash
}

func (p *peaks) of(hashes []tlog.Hash) []tlog.Hash {
	for ; p.over < len(hashes); p.over++ {
		h := hashes[p.over]
		for n := p.over; n&1 == 1; n >>= 1 {
			last := len(p.roots) - 1
			h = tlog.NodeHash(p.roots[last], h)
			p.roots = p.roots[:last]
		}
		p.roots = append(p.roots, h)
	}
	return p.roots
}

// peaksOf are the peaks of a level of the edge.
func (t *tree) peaksOf(level int) []tlog.Hash {
	for len(t.peaks) < len(t.edge) {
		t.peaks = append(t.peaks, peaks{})
	}
	return t.peaks[level].of(t.edge[level])
}

// tile is a tile that append has just filled.
type tile struct {
	level  int
	n      int64
	root   tlog.Hash
	hashes []tlog.Hash
}

// append adds a leaf and returns the tiles that it fills, lowest first.
func (t *tree) append(leaf tlog.Hash) []tile {
	var full []tile
	t.size++
	h := leaf
	for level := 0; ; level++ {
		if level == len(t.edge) {
			t.edge = append(t.edge, nil)
		}
		t.edge[level] = append(t.edge[level], h)
		if len(t.edge[level]) < tileWidth {
			return full
		}
		hashes := t.edge[level]
		h = t.peaksOf(level)[0]
		t.edge[level], t.peaks[level] = nil, peaks{}
		full = append(full, tile{level: level, n: t.size>>(tileHeight*(level+1)) - 1, root: h, hashes: hashes})
	}
}

// root is the Merkle tree hash of RFC 6962 section 2.1 over everything appended.
func (t *tree) root() tlog.Hash {
	if t.size == 0 {
		return emptyRoot
	}
	var subtrees []tlog.Hash // complete ones, from left to right, each larger than the next
	for level := len(t.edge) - 1; level >= 0; level-- {
		subtrees = append(subtrees, t.peaksOf(level)...)
	}
	h := subtrees[len(subtrees)-1]
	for i := len(subtrees) - 2; i >= 0; i-- {
		h = tlog.NodeHash(subtrees[i], h)
	}
	return h
}

// emptyRoot is SHA-256 of nothing, as RFC 6962 has it.
var emptyRoot = func() tlog.Hash {
	h, err := tlog.TreeHash(0, nil)
	if err != nil {
		panic(err) // never: an empty tree reads no hashes
	}
	return h
}()
