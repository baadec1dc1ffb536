package favor

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"iter"
	"slices"
)

// looksPerCell bounds how many decisions of one cell are named before the next
// cell's turn.
const looksPerCell = 60

// Looks names up to n decisions to have decided again, blind, by another
// moderator: those without a second look in the cells with the highest scores,
// most telling cell first, at most looksPerCell of a cell until every cell had
// its turn. Within a cell removed and kept reviews are drawn alike, in an order
// that has nothing to do with them (a hash of the id): what is seen then says
// what the cell's decisions are like, not what the draw was.
func Looks(decisions iter.Seq2[Decision, error], o Options, n int) ([]string, error) {
	if n < 0 {
		return nil, fmt.Errorf("favor: %d looks", n)
	}
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	d, err := readDesk(decisions, o, true)
	if err != nil {
		return nil, err
	}
	if o.By == ModeratorSeller && len(d.records) >= classesFrom {
		return d.wishes(n), nil
	}
	report, err := d.analyze(o)
	if err != nil {
		return nil, err
	}
	return d.looks(report, n), nil
}

// looks goes round the cells until n decisions are named or none is left.
func (d *desk) looks(report *Report, n int) []string {
	open := d.unlabelled(report.By)
	var named []string
	for left := true; left; {
		left = false
		for _, c := range report.Cells {
			ids := open[[2]string{c.Row, c.Col}]
			take := min(len(ids), looksPerCell, n-len(named))
			named = append(named, ids[:take]...)
			open[[2]string{c.Row, c.Col}] = ids[take:]
			left = left || len(ids) > take
		}
		left = left && len(named) < n
	}
	return named
}

// unlabelled lists the ids without a second look by cell, each in its order.
func (d *desk) unlabelled(by By) map[[2]string][]string {
	type drawn struct {
		hash uint64
		id   string
	}
	draws := map[[2]string][]drawn{}
	for i := range d.records {
		if cell, ok := d.cellOf(&d.records[i], by); ok && !d.records[i].labelled {
			h := fnv.New64a()
			h.Write([]byte(d.ids[i]))
			draws[cell] = append(draws[cell], drawn{h.Sum64(), d.ids[i]})
		}
	}
	open := make(map[[2]string][]string, len(draws))
	for cell, list := range draws {
		slices.SortFunc(list, func(a, b drawn) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.id, b.id)) })
		for _, x := range list {
			open[cell] = append(open[cell], x.id)
		}
	}
	return open
}

// cellOf is the cell that a decision belongs to, if any.
func (d *desk) cellOf(r *record, by By) ([2]string, bool) {
	moderator, seller, approver := d.moderators.list[r.moderator], d.sellers.list[r.seller], d.approvers.list[r.approver]
	switch by {
	case ModeratorGroup:
		return [2]string{moderator, d.groups.list[r.group]}, r.group != 0
	case ApproverSeller:
		return [2]string{approver, seller}, r.decidedRequest()
	case ModeratorApprover:
		return [2]string{moderator, approver}, r.decidedRequest()
	default:
		return [2]string{moderator, seller}, true
	}
}
