package ledger

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"evenhand/models"
)

// walk recomputes the log from its first entry on.
type walk struct {
	public      Public
	tree        tree
	checkpoints int
	signedSize  int64     // of the last checkpoint passed
	signedAt    time.Time // of the same
	latest      time.Time // the latest date of an entry since then
	latestID    string
	clockSet    bool // an entry since then says that the clock was set back
	rules       []Rule
	ties        *ties // what the state is held against; nil for an export, which has none
	said        Said
	memory      []byte      // to write one entry in
	kept        *Checkpoint // the checkpoint from elsewhere that the log is held against, until it is passed
}

// hold takes a checkpoint kept elsewhere; size is that of the newest one here.
func (w *walk) hold(signed string, size int64) string {
	if signed == "" {
		return ""
	}
	c, err := w.public.Open(signed)
	if err != nil {
		return "the checkpoint to hold the log against can't be: " + err.Error()
	}
	if c.Size > size {
		return fmt.Sprintf("the log was truncated: the checkpoint kept elsewhere has %d entries, and the newest one here %d", c.Size, size)
	}
	if c.Size > 0 {
		w.kept = &c
	}
	return ""
}

// page goes over a stretch of the log.
func (w *walk) page(p page) string {
	for i := range p.leaves {
		l := &p.leaves[i]
		if finding := w.leaf(l); finding != "" {
			return finding
		}
		if finding := exchanged(p, i); finding != "" {
			return finding
		}
		for _, full := range w.tree.append(tlog.Hash(l.hash)) {
			if finding := tileDiffers(p.tiles, full); finding != "" && !p.unstored {
				return finding
			}
		}
		if w.kept != nil && w.kept.Size == w.tree.size {
			if w.kept.Root != w.tree.root() {
				return fmt.Sprintf("history was rewritten: the first %d entries aren't those of the checkpoint kept elsewhere", w.kept.Size)
			}
			w.kept = nil
		}
		for len(p.checkpoints) > 0 && p.checkpoints[0].Size == w.tree.size {
			if finding := w.checkpoint(p.checkpoints[0], p.signed[0]); finding != "" {
				return finding
			}
			p.checkpoints, p.signed = p.checkpoints[1:], p.signed[1:]
		}
	}
	return ""
}

// leaf holds a number against the entry that has it.
func (w *walk) leaf(l *leafRow) string {
	at := w.tree.size
	w.memory = append(w.memory[:0], leafPrefix)
	if l.entry != nil {
		w.memory = append(w.memory, l.entry.Body...)
	}
	hash := sha256.Sum256(w.memory)
	switch {
	case l.idx != at:
		return fmt.Sprintf("entry number %d is missing from the log: after %d comes %d", at, at-1, l.idx)
	case len(l.hash) != tlog.HashSize:
		return fmt.Sprintf("entry number %d has a hash of %d bytes", at, len(l.hash))
	case l.entry == nil:
		return fmt.Sprintf("entry %s, number %d in the log, is missing", l.id, at)
	case !bytes.Equal(hash[:], l.hash):
		return fmt.Sprintf("entry %s, number %d in the log: its body was changed since it was numbered", l.id, at)
	}
	if finding := sound(l.entry, hash[:], w.memory, &w.said); finding != "" {
		return fmt.Sprintf("entry %s, number %d in the log: %s", l.id, at, finding)
	}
	if w.ties != nil {
		w.ties.entry(&w.said)
	}
	w.clockSet = w.clockSet || setsClock(l.entry)
	for _, rule := range w.rules {
		if finding := rule.Entry(at, l.entry); finding != "" {
			return finding
		}
	}
	if l.entry.At.After(w.latest) {
		w.latest, w.latestID = l.entry.At, l.id
	}
	return ""
}

// exchanged holds a leaf against the tile that was stored when it was numbered: where they differ, this is the very
// entry that stands in another's place.
func exchanged(p page, i int) string {
	at := p.from + int64(i)
	hashes := p.tiles[tileAt{0, at / tileWidth}].Hashes
	if len(hashes) != tileWidth*tlog.HashSize { // there is none yet, or tileDiffers will say what is wrong with it
		return ""
	}
	k := int(at % tileWidth)
	was := hashes[k*tlog.HashSize : (k+1)*tlog.HashSize]
	if bytes.Equal(was, p.leaves[i].hash) {
		return ""
	}
	for _, other := range p.leaves {
		if bytes.Equal(other.hash, was) {
			return fmt.Sprintf("the log was reordered: entry number %d was number %d", other.idx, at)
		}
	}
	return fmt.Sprintf("entry number %d isn't the one that was numbered so: inserted or exchanged", at)
}

// tileDiffers holds a tile as stored against the one recomputed.
func tileDiffers(stored map[tileAt]models.LedgerTile, full tile) string {
	t, ok := stored[tileAt{full.level, full.n}]
	name := fmt.Sprintf("tile %d/%d of the log", full.level, full.n)
	switch {
	case !ok:
		return name + " is missing"
	case len(t.Hashes) != tileWidth*tlog.HashSize:
		return fmt.Sprintf("%s is half written: it has %d bytes", name, len(t.Hashes))
	case !bytes.Equal(t.Hashes, joinHashes(full.hashes)) || !bytes.Equal(t.Root, full.root[:]):
		return name + " isn't what the entries give"
	}
	return ""
}

// checkpoint holds a checkpoint against the tree as it is at its size.
func (w *walk) checkpoint(c models.LedgerCheckpoint, signed signed) string {
	root := w.tree.root()
	switch {
	case signed.err != nil:
		return fmt.Sprintf("the checkpoint of %d entries: %v", c.Size, signed.err)
	case signed.Size != c.Size || !bytes.Equal(signed.Root[:], c.Root):
		return fmt.Sprintf("the checkpoint of %d entries says something else than its row", c.Size)
	case signed.Root != root:
		return fmt.Sprintf("the entries number %d to %d aren't those that the checkpoint of %d entries signs: reordered, inserted or exchanged", w.signedSize, c.Size-1, c.Size)
	case c.At.Before(w.signedAt) && !w.clockSet:
		return fmt.Sprintf("the checkpoint of %d entries is dated before the one that precedes it: a clock went backwards, or it was made later", c.Size)
	case w.latest.After(c.At.Add(time.Minute)) && !w.clockSet:
		return fmt.Sprintf("entry %s is dated later than the checkpoint of %d entries, which includes it", w.latestID, c.Size)
	}
	w.checkpoints++
	w.signedSize, w.signedAt, w.latest, w.clockSet = c.Size, c.At, time.Time{}, false
	return ""
}

// end is reached with every entry checked: the log must end where its newest checkpoint says.
func (w *walk) end(last models.LedgerCheckpoint) string {
	switch {
	case w.tree.size < last.Size:
		return fmt.Sprintf("the log was truncated: it ends after %d entries, and its newest checkpoint has %d", w.tree.size, last.Size)
	case w.tree.size > last.Size:
		return fmt.Sprintf("entry number %d is in the log, but under no checkpoint", last.Size)
	}
	for _, rule := range w.rules {
		if finding := rule.End(); finding != "" {
			return finding
		}
	}
	return ""
}
