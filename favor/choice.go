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
