package ledger

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"evenhand/models"
)

// source reads the log from its beginning. Entries lie on the disk nearly in the order of the log, so where there is a
// view to spare it reads them on that one as they lie, in one query, and keeps a window of those whose number hasn't come:
// that takes the server less than half of what looking each up does. What doesn't lie in the window is looked up; where
// that is the rule, as in a table that was sorted anew, nothing is read ahead any more.
type source struct {
	tx       *gorm.DB
	ahead    <-chan lot // nil once nothing is read ahead
	stop     func()
	window   map[string]*models.LedgerEntry
	read     int64 // entries read ahead
	pages    int
	lookedUp int // pages of which an entry had to be looked up
}

// lot are some entries that lie together.
type lot struct {
	entries []models.LedgerEntry
	err     error
}

// inWindow is how many entries the window may hold for more to be read.
const inWindow = 4 * pageSize

// newSource reads ahead on a view of its own; nil: not at all.
func newSource(ctx context.Context, tx, view *gorm.DB) *source {
	s := &source{tx: tx, stop: func() {}}
	if view == nil {
		return s
	}
	ctx, cancel := context.WithCancel(ctx)
	ahead := readAhead(ctx, view)
	s.ahead, s.window = ahead, map[string]*models.LedgerEntry{}
	s.stop = func() { // the reader is done with its view before anybody else uses it
		cancel()
		for range ahead { // until it has closed
		}
		s.ahead, s.window = nil, nil
	}
	return s
}

// readAhead reads all entries as they lie.
func readAhead(ctx context.Context, view *gorm.DB) <-chan lot {
	out := make(chan lot)
	go func() {
		defer close(out)
		var e models.LedgerEntry
		var kept hashes
		var few []models.LedgerEntry // in one piece of memory
		into := []any{
			&e.ID, &e.MarketplaceID, &e.At, &e.ActorKind, &e.ActorID, &e.Act, &e.SubjectType, &e.SubjectID, &e.Outcome, &e.Code, &e.Body, &e.Hash,
		}
		err := models.Stream(ctx, view, into, func() error {
			if few == nil {
				few = make([]models.LedgerEntry, 0, tileWidth)
			}
			few = append(few, e)
			few[len(few)-1].Hash = kept.keep(e.Hash)
			if len(few) < cap(few) {
				return nil
			}
			full := lot{entries: few}
			few = nil
			return give(ctx, out, full)
		}, "SELECT id, marketplace_id, at, actor_kind, actor_id, act, subject_type, subject_id, outcome, code, body, hash FROM ledger_entries")
		_ = give(ctx, out, lot{few, err}) // whoever stopped it doesn't ask
	}()
	return out
}

func (s *source) page(ctx context.Context, from int64) page {
	p := page{from: from, all: -1}
	p.err = errors.Join(s.leaves(ctx, &p), p.readRest(s.tx.WithContext(ctx)))
	if p.err == nil && len(p.leaves) < pageSize {
		p.all, p.err = s.all()
	}
	return p
}

func (s *source) leaves(ctx context.Context, p *page) error {
	tx := s.tx.WithContext(ctx)
	if s.pages++; s.pages >= 8 && s.lookedUp*2 > s.pages {
		s.stop()
	}
	if s.window == nil {
		return p.readLeaves(tx)
	}
	if err := p.readNumbers(tx); err != nil {
		return err
	}
	for i := range p.leaves {
		found, err := s.find(&p.leaves[i])
		if err != nil {
			return err
		}
		if !found {
			return s.lookUp(tx, p)
		}
	}
	return nil
}

// lookUp has the database look for the entries of a page.
func (s *source) lookUp(tx *gorm.DB, p *page) error {
	s.lookedUp++
	err := p.readLeaves(tx)
	for i := range p.leaves {
		delete(s.window, p.leaves[i].id)
	}
	return err
}

// find takes a leaf's entry out of the window, reading on until it is there, or the window is full.
func (s *source) find(l *leafRow) (bool, error) {
	for {
		if e, ok := s.window[l.id]; ok {
			delete(s.window, l.id)
			l.entry = e
			return true, nil
		}
		if len(s.window) >= inWindow {
			return false, nil
		}
		next, ok := <-s.ahead
		if !ok || next.err != nil {
			return false, next.err
		}
		s.read += int64(len(next.entries))
		for i := range next.entries {
			s.window[next.entries[i].ID] = &next.entries[i]
		}
	}
}

// all is how many entries there are, where all of them are read ahead; else -1.
func (s *source) all() (int64, error) {
	if s.window == nil {
		return -1, nil
	}
	for next := range s.ahead {
		if next.err != nil {
			return -1, next.err
		}
		s.read += int64(len(next.entries))
	}
	return s.read, nil
}
