package ledger

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"evenhand/models"
)

// source reads the log from its beginning. Entries lie on the disk nearly in the order of the log, so it reads them as they
// lie and keeps a window of those whose number hasn't come: that takes the server less than half of what looking each up
// does. What doesn't lie in the window is looked up; where that is the rule, as in a table that was sorted anew, nothing is
// read ahead any more.
type source struct {
	tx        *gorm.DB
	stretches models.Stretches
	window    map[string]*models.LedgerEntry
	pages     int
	lookedUp  int // pages of which an entry had to be looked up
}

// inWindow is how many entries the window may hold for more to be read.
const inWindow = 4 * pageSize

func newSource(tx *gorm.DB) (*source, error) {
	s, err := models.StretchesOf(tx, "ledger_entries")
	return &source{tx: tx, stretches: s, window: map[string]*models.LedgerEntry{}}, err
}

func (s *source) page(ctx context.Context, from int64) page {
	p := page{from: from}
	p.err = errors.Join(s.leaves(ctx, &p), p.readRest(s.tx.WithContext(ctx)))
	return p
}

func (s *source) leaves(ctx context.Context, p *page) error {
	tx := s.tx.WithContext(ctx)
	if s.pages++; s.pages >= 8 && s.lookedUp*2 > s.pages {
		s.stretches.Stop()
		s.window = nil
	}
	if s.window == nil || !models.IsPostgres(tx) {
		return p.readLeaves(tx)
	}
	if err := p.readNumbers(tx); err != nil {
		return err
	}
	for i := range p.leaves {
		found, err := s.find(ctx, &p.leaves[i])
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
func (s *source) find(ctx context.Context, l *leafRow) (bool, error) {
	for {
		if e, ok := s.window[l.id]; ok {
			delete(s.window, l.id)
			l.entry = e
			return true, nil
		}
		where := ""
		if len(s.window) < inWindow {
			where = s.stretches.Next()
		}
		if where == "" {
			return false, nil
		}
		if err := s.readOn(ctx, where); err != nil {
			return false, err
		}
	}
}

// readOn reads the next stretch.
func (s *source) readOn(ctx context.Context, where string) error {
	var e models.LedgerEntry
	var kept hashes
	var few []models.LedgerEntry // in one piece of memory
	into := []any{
		&e.ID, &e.MarketplaceID, &e.At, &e.ActorKind, &e.ActorID, &e.Act, &e.SubjectType, &e.SubjectID, &e.Outcome, &e.Code, &e.Body, &e.Hash,
	}
	return models.Stream(ctx, s.tx, into, func() error {
		if len(few) == cap(few) {
			few = make([]models.LedgerEntry, 0, tileWidth)
		}
		few = append(few, e)
		entry := &few[len(few)-1]
		entry.Hash = kept.keep(e.Hash)
		s.window[e.ID] = entry
		return nil
	}, "SELECT id, marketplace_id, at, actor_kind, actor_id, act, subject_type, subject_id, outcome, code, body, hash FROM ledger_entries WHERE "+where)
}
