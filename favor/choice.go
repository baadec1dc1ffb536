package favor

import "math"

// pool is where requests of one moderator in one queue go: the approvers who
// decided any of them.
type pool struct{ moderator, queue int32 }

// choices counts every decided request once for each approver it could have
// gone to: as let through for the one who let it through, as not for the rest
// of its pool. The offset is an even share. A request whose pool is one
// approver could not be steered, and is left out.
func (d *desk) choices(cell func(r *record, approver int32) entry) *table {
	pools := d.pools()
	t := &table{}
	for i := range d.records {
		r := &d.records[i]
		approvers := pools[pool{r.moderator, r.queue}]
		if !r.decidedRequest() || len(approvers) < 2 {
			continue
		}
		t.used++
		for _, a := range approvers {
			e := cell(r, a)
			e.queue, e.n, e.offset = r.queue, 1, -math.Log(float64(len(approvers)-1))
			e.y = counted(a == r.approver && r.outcome == Removed)
			t.entries = append(t.entries, e)
		}
	}
	return t
}

func (d *desk) pools() map[pool][]int32 {
	pools := map[pool][]int32{}
	seen := map[[3]int32]bool{}
	for i := range d.records {
		r := &d.records[i]
		key := [3]int32{r.moderator, r.queue, r.approver}
		if r.decidedRequest() && !seen[key] {
			seen[key] = true
			p := pool{r.moderator, r.queue}
			pools[p] = append(pools[p], r.approver)
		}
	}
	return pools
}

// decidedRequest tells whether a second person decided a request for removal.
func (r *record) decidedRequest() bool {
	return r.action == Remove && r.approver != 0 && r.outcome != 0
}

// soundRequests are requests, decided as those of all moderators together, that a moderator's own are drawn to by.
const soundRequests = 20.0

// soundness puts into the offsets how many of a moderator's requests the other approvers let through: who asks for little
// that is wrong has more let through by everybody, which says nothing of one approver. The cell's own approver is left out.
func (d *desk) soundness(entries []entry) {
	type share struct{ passed, asked float64 }
	var all share
	whole, own := map[int32]share{}, map[[2]int32]share{}
	for i := range d.records {
		r := &d.records[i]
		if !r.decidedRequest() {
			continue
		}
		one := share{counted(r.outcome == Removed), 1}
		plus := func(s share) share { return share{s.passed + one.passed, s.asked + 1} }
		all, whole[r.moderator] = plus(all), plus(whole[r.moderator])
		at := [2]int32{r.moderator, r.approver}
		own[at] = plus(own[at])
	}
	usual := (all.passed + 1) / (all.asked + 2)
	for i := range entries {
		e := &entries[i]
		m, a := whole[e.row], own[[2]int32{e.row, e.col}]
		sound := (m.passed - a.passed + soundRequests*usual) / (m.asked - a.asked + soundRequests)
		choice := math.Exp(-e.offset) + 1
		e.offset += logit(min(sound, 0.999)/choice) - logit(min(usual, 0.999)/choice)
	}
}
