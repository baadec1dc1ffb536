package ledger

import (
	"context"

	"gorm.io/gorm"
)

// tie is a quicker way to learn that a check finds nothing: by two sums, of what rows say and of what entries say of them,
// and by looking at each row alone. Verify has every entry in its hands once, and reads every table once for all checks,
// and so needn't have the database look for a row's entry; a check's Run does, to name what is wrong, once the sums
// differ or a row looks wrong.
type tie struct {
	acts    []string // of the entries that it is told of; none: of all
	entries func(into *sum) func(*Said)
	scans   []scan
	rows    func(ctx context.Context, db *gorm.DB, into *sum) error // reads rows by a query of its own
	unsure  bool                                                    // a row that looks wrong needn't be
}

// held is a tie while it is added up.
type held struct {
	check Check
	said  sum
	parts []*part
}

// agrees says whether all rows were read, each is right in itself, and together they say what the entries say.
func (h *held) agrees() bool {
	var rows sum
	for _, p := range h.parts {
		if !p.done || p.wrong {
			return false
		}
		rows.plus(&p.sum)
	}
	return rows.equal(&h.said)
}

// ties are those of some checks, by the acts whose entries they are told of.
type ties struct {
	of     map[int]*held // by the check's place
	byAct  map[string][]func(*Said)
	all    []func(*Said)
	passes map[string]*pass // by table
}

// tied takes the quick way for checks that have one: in their place stands one that adds rows up and finds nothing. What
// several have to read stands in the first one's place.
func tied(checks []Check) ([]Check, *ties) {
	t := &ties{of: map[int]*held{}, byAct: map[string][]func(*Said){}, passes: map[string]*pass{}}
	out := make([]Check, len(checks))
	for i, c := range checks {
		if out[i] = c; c.tie == nil {
			continue
		}
		h := &held{check: c}
		h.said.unsure = c.tie.unsure
		t.of[i] = h
		t.listen(c.tie, h)
		reads := t.reads(c.tie, h)
		out[i].Run = func(ctx context.Context, db *gorm.DB) (string, error) {
			for _, read := range reads {
				if err := read(ctx, db); err != nil {
					return "", err
				}
			}
			return "", nil
		}
	}
	return out, t
}

// listen has a tie be told of its entries.
func (t *ties) listen(c *tie, h *held) {
	if c.entries == nil {
		return
	}
	look := c.entries(&h.said)
	for _, act := range c.acts {
		t.byAct[act] = append(t.byAct[act], look)
	}
	if len(c.acts) == 0 {
		t.all = append(t.all, look)
	}
}

// reads is what has to be read for a tie that isn't read for one before it.
func (t *ties) reads(c *tie, h *held) (reads []func(context.Context, *gorm.DB) error) {
	for _, s := range c.scans {
		p := t.passes[s.table]
		if p == nil {
			p = &pass{table: s.table}
			t.passes[s.table] = p
			reads = append(reads, p.run)
		}
		h.parts = append(h.parts, p.add(s))
	}
	if c.rows != nil {
		is := &part{}
		h.parts = append(h.parts, is)
		reads = append(reads, func(ctx context.Context, db *gorm.DB) error {
			err := c.rows(ctx, db, &is.sum)
			is.done = err == nil
			return err
		})
	}
	return reads
}

// entry tells of an entry.
func (t *ties) entry(e *Said) {
	for _, look := range t.byAct[e.Act] {
		look(e)
	}
	for _, look := range t.all {
		look(e)
	}
}

// loose are the checks before end that don't agree, in their order. Each of them has a disagreement to name, unless
// something may have been left out, or what looks wrong isn't.
func (t *ties) loose(end int) []Check {
	var out []Check
	for i := range end {
		h := t.of[i]
		if h == nil || h.agrees() {
			continue
		}
		out = append(out, Check{Name: h.check.Name, Run: func(ctx context.Context, db *gorm.DB) (string, error) {
			finding, err := h.check.Run(ctx, db)
			if err == nil && finding == "" && !h.said.unsure {
				finding = "rows and entries differ, although each row alone fits its entry"
			}
			return finding, err
		}})
	}
	return out
}
