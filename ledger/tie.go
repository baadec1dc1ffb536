package ledger

import (
	"context"

	"gorm.io/gorm"
)

// tie is a check by two sums: of what rows say, and of what entries say of them. Verify has every entry in its hands
// once, and so needn't have the database look for a row's entry; a check's Run does, to name what is wrong, once the
// sums differ.
type tie struct {
	acts    []string // of the entries that it is told of; none: of all
	entries func(into *sum) func(*Said)
	rows    func(ctx context.Context, db *gorm.DB, into *sum) (right bool, err error)
}

// held is a tie while it is added up.
type held struct {
	check      Check
	rows, said sum
	right      bool // all rows were read, and each is right in itself
}

// ties are those of some checks, by the acts whose entries they are told of.
type ties struct {
	of    map[int]*held // by the check's place
	byAct map[string][]func(*Said)
	all   []func(*Said)
}

// tied takes the quick way for checks that have one: in their place stands one that adds rows up and finds nothing.
func tied(checks []Check) ([]Check, *ties) {
	t := &ties{of: map[int]*held{}, byAct: map[string][]func(*Said){}}
	out := make([]Check, len(checks))
	for i, c := range checks {
		if out[i] = c; c.tie == nil {
			continue
		}
		h := &held{check: c}
		t.of[i] = h
		look := c.tie.entries(&h.said)
		for _, act := range c.tie.acts {
			t.byAct[act] = append(t.byAct[act], look)
		}
		if len(c.tie.acts) == 0 {
			t.all = append(t.all, look)
		}
		out[i].Run = func(ctx context.Context, db *gorm.DB) (string, error) {
			var err error
			h.right, err = c.tie.rows(ctx, db, &h.rows)
			return "", err
		}
	}
	return out, t
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

// loose are the checks before end whose sums differ, in their order. Each of them has a disagreement to name, unless
// something may have been left out.
func (t *ties) loose(end int) []Check {
	var out []Check
	for i := range end {
		h := t.of[i]
		if h == nil || h.right && h.rows.equal(&h.said) {
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
