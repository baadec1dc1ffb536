package favor

import "fmt"

// limits says what the history lacks.
func (d *desk) limits(o Options) []string {
	var l []string
	if d.unrated > 0 && d.unrated < len(d.records) {
		l = append(l, fmt.Sprintf("%d decisions are on reviews of unknown rating; they count as negative.", d.unrated))
	}
	if d.unscored > 0 && d.unscored < len(d.records) {
		l = append(l, fmt.Sprintf("%d decisions have no content score; they are compared among themselves.", d.unscored))
	}
	if d.positive > 0 {
		l = append(l, fmt.Sprintf("%d decisions are left out: their reviews are rated above %v.", d.positive, o.NegativeAtMost))
	}
	return l
}

// limits says what the baseline couldn't tell.
func (b *baseline) limits() []string {
	var l []string
	n, y := 0.0, 0.0
	for i := range b.table.entries {
		n += b.table.entries[i].n
		y += b.table.entries[i].y
	}
	if y == 0 || y == n {
		l = append(l, "Every decision went the same way: nothing can stand out.")
	}
	rows, cols := map[int32]bool{}, map[int32]bool{}
	for i := range b.table.entries {
		rows[b.table.entries[i].row] = true
		cols[b.table.entries[i].col] = true
	}
	if len(rows) < 2 {
		l = append(l, "There is one row only: nobody else's work to compare with.")
	}
	if len(cols) < 2 {
		l = append(l, "There is one column only: nothing else to compare a row's work with.")
	}
	if k := b.alone(); k > 0 {
		l = append(l, fmt.Sprintf("%d columns were seen by one row only: what is expected there rests on other columns.", k))
	}
	if !b.converged {
		l = append(l, fmt.Sprintf("The baseline had not settled after %d sweeps: expected numbers are approximate.", sweepsAtMost))
	}
	return l
}

// alone counts the columns with a single row.
func (b *baseline) alone() int {
	first, several := map[int32]int32{}, map[int32]bool{}
	for i := range b.table.entries {
		e := &b.table.entries[i]
		if e.col < 0 {
			continue
		}
		if row, ok := first[e.col]; !ok {
			first[e.col] = e.row
		} else if row != e.row {
			several[e.col] = true
		}
	}
	return len(first) - len(several)
}
