package favor

import (
	"cmp"
	"fmt"
	"slices"
)

// entry is a group of decisions that are alike in all that the baseline knows:
// n decisions, y of them counted.
type entry struct {
	row, col int32 // of the cell; col −1: none, it only informs the baseline
	unit     int32 // whose own level it has: the seller's, or the approver's
	queue    int32
	rating   int32
	band     int32
	place    int32   // where the row has a habit of its own: its queue, or whose requests it gets
	offset   float64 // known part of the logit
	n, y     float64
}

func (e entry) compare(f entry) int {
	return cmp.Or(
		cmp.Compare(e.row, f.row), cmp.Compare(e.col, f.col), cmp.Compare(e.unit, f.unit),
		cmp.Compare(e.queue, f.queue), cmp.Compare(e.rating, f.rating),
		cmp.Compare(e.band, f.band), cmp.Compare(e.place, f.place), cmp.Compare(e.offset, f.offset),
	)
}

// table is what a baseline is fitted to: entries sorted by cell.
type table struct {
	entries    []entry
	rows, cols []string
	units      int
	used       int // decisions counted

	// Where cells of a row, or of a column, share out the same decisions, one's
	// gain is another's loss, and the others can't serve as its level.
	noRow, noUnit bool
}

// table makes the table of By. It is an error when there is nothing to compare.
func (d *desk) table(by By) (*table, error) {
	var t *table
	switch by {
	case ApproverSeller:
		t = d.choices(func(r *record, approver int32) entry {
			return entry{row: approver, col: r.seller, place: r.moderator}
		})
		t.rows, t.cols, t.units, t.noUnit = d.approvers.list, d.sellers.list, 1, true
	case ModeratorApprover:
		t = d.choices(func(r *record, approver int32) entry {
			return entry{row: r.moderator, col: approver, unit: approver}
		})
		t.rows, t.cols, t.units, t.noRow = d.moderators.list, d.approvers.list, len(d.approvers.list), true
		d.soundness(t.entries)
	case ModeratorGroup:
		t = d.moderatorSellers()
		t.cols = d.groups.list
		t.entries = d.grouped(t.entries)
	default:
		t = d.moderatorSellers()
	}
	t.entries = merged(t.entries)
	cells := slices.ContainsFunc(t.entries, func(e entry) bool { return e.col >= 0 })
	if !cells {
		return nil, fmt.Errorf("favor: nothing to compare by %s: none of %d decisions has what it needs", by, d.read)
	}
	return t, nil
}

func (d *desk) moderatorSellers() *table {
	t := &table{rows: d.moderators.list, cols: d.sellers.list, units: len(d.sellers.list)}
	t.entries = make([]entry, len(d.records))
	for i := range d.records {
		r := &d.records[i]
		t.entries[i] = entry{
			row: r.moderator, col: r.seller, unit: r.seller,
			queue: r.queue, rating: r.rating, band: r.band, place: r.queue, n: 1, y: counted(r.action == Remove),
		}
	}
	t.used = len(t.entries)
	return t
}

// grouped replaces sellers by their groups as columns. A seller without a group
// stays in the baseline.
func (d *desk) grouped(entries []entry) []entry {
	for i := range entries {
		entries[i].col = d.records[i].group
		if entries[i].col == 0 { // the empty name sorts first
			entries[i].col = -1
		}
	}
	return entries
}

func counted(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// merged sorts the entries and adds up those that are alike.
func merged(entries []entry) []entry {
	slices.SortFunc(entries, entry.compare)
	out := entries[:0]
	for _, e := range entries {
		if k := len(out) - 1; k >= 0 && out[k].compare(e) == 0 {
			out[k].n += e.n
			out[k].y += e.y
			continue
		}
		out = append(out, e)
	}
	return out
}
