package favor

import (
	"cmp"
	"math"
	"slices"
)

// An approver who is in it gets the requests that a favouring moderator makes for a seller. Three things show together: the
// moderator's removals for the seller (their cell's evidence, in which it also counts that the second person lets them
// through), that more of them went to this approver than of the same moderator's requests for other sellers in the same
// queues, and that it is the same approver for each of the moderator's sellers.

// steeredShares are shares of a moderator's requests for a seller that a steering one sends to the approver.
var steeredShares = [...]float64{.75, .95}

const (
	steeredLeast = 2.0   // requests by which the usual share elsewhere is drawn to an even one
	onlyChoice   = 0.98  // usual share from which nobody else could have got them
	favouredPair = 0.002 // of moderators with sellers: a favour, before anything was seen
	tiedTriad    = 2e-4  // of moderators with sellers and approvers: all three are in it
	tiedStaff    = 0.01  // of moderators with approvers
)

// tie is a moderator, a seller and an approver who decided some of the requests.
type tie struct {
	cell          int32
	approver      int32
	requests, got float64 // decided by anybody, and by the approver
	upheld        float64 // of got
	usual         float64 // share of the moderator's other requests in the same queues that goes to the approver
	steered       float64 // log likelihood ratio of the share
	parts         Parts   // of all three being in it
}

type (
	placed struct{ moderator, queue, approver int32 } // approver 0: all
	lot    struct{ moderator, seller, queue, approver int32 }
)

// ties are all of them, by cell, then approver.
func (d *desk) ties(f *fitted, parts []Parts) []tie {
	at, inLot, upheld := map[placed]float64{}, map[lot]float64{}, map[[3]int32]float64{}
	for i := range d.records {
		x := &d.records[i]
		if !x.decidedRequest() {
			continue
		}
		for _, a := range []int32{0, x.approver} {
			at[placed{x.moderator, x.queue, a}]++
			inLot[lot{x.moderator, x.seller, x.queue, a}]++
		}
		if x.outcome == Removed {
			upheld[[3]int32{x.moderator, x.seller, x.approver}]++
		}
	}
	pools := d.pools()
	var out []tie
	for k := range f.classes.cells {
		cell := &f.classes.cells[k]
		first := len(out)
		for _, q := range f.queuesOf(int32(k)) {
			here := inLot[lot{cell.moderator, cell.seller, q, 0}]
			if here == 0 {
				continue
			}
			choice := pools[pool{cell.moderator, q}]
			for _, a := range choice {
				elsewhere := at[placed{cell.moderator, q, 0}] - here
				got := inLot[lot{cell.moderator, cell.seller, q, a}]
				t := tieTo(&out, first, int32(k), a)
				t.requests += here
				t.got += got
				t.usual += here * (at[placed{cell.moderator, q, a}] - got + steeredLeast/float64(len(choice))) / (elsewhere + steeredLeast)
			}
		}
		for i := first; i < len(out); i++ {
			t := &out[i]
			t.upheld = upheld[[3]int32{cell.moderator, cell.seller, t.approver}]
			t.weigh(&parts[k])
		}
	}
	out = slices.DeleteFunc(out, func(t tie) bool { return t.got == 0 })
	slices.SortFunc(out, func(a, b tie) int { return cmp.Or(cmp.Compare(a.cell, b.cell), cmp.Compare(a.approver, b.approver)) })
	f.together(out)
	return out
}

// tieTo finds the tie to an approver among those from first on, or adds it.
func tieTo(ties *[]tie, first int, cell, approver int32) *tie {
	for i := first; i < len(*ties); i++ {
		if (*ties)[i].approver == approver {
			return &(*ties)[i]
		}
	}
	*ties = append(*ties, tie{cell: cell, approver: approver})
	return &(*ties)[len(*ties)-1]
}

// queuesOf are the queues of a cell's items.
func (f *fitted) queuesOf(k int32) []int32 {
	var queues []int32
	for i := f.classes.cells[k].items.first; i < f.classes.cells[k].items.last; i++ {
		if q := f.items[i].queue; !slices.Contains(queues, q) {
			queues = append(queues, q)
		}
	}
	return queues
}

// weigh sets the evidence for all three being in it: the cell's own, times the steering's, over that for honest work or a
// favour of the moderator alone. Without the latter a strong favour would drag in every approver.
func (t *tie) weigh(cell *Parts) {
	share := t.usual / t.requests
	t.steered = steered(t.got, t.requests, share)
	t.usual = share
	own := cell.Rate + cell.Approver + cell.Looks + cell.Matters + cell.Picking
	t.parts = Parts{
		Usual: math.Log(tiedTriad), Rate: cell.Rate, Approver: cell.Approver, Looks: cell.Looks, Matters: cell.Matters,
		Picking: cell.Picking, Steered: t.steered, Alone: -some(own, favouredPair),
	}
	t.parts.add()
}

// together brings in what the moderator's other sellers say of the same approver.
func (f *fitted) together(ties []tie) {
	type pattern struct{ moderator, approver int32 }
	sums := map[pattern]float64{}
	of := func(t *tie) pattern { return pattern{f.classes.cells[t.cell].moderator, t.approver} }
	for i := range ties {
		sums[of(&ties[i])] += ties[i].one()
	}
	for i := range ties {
		t := &ties[i]
		usual := tiedStaff*favouredMost + alone*tiedStaff*favouredMost
		others := logistic(logit(tiedStaff) + sums[of(t)] - t.one())
		t.parts.Moderator = math.Log((alone*tiedStaff*favouredMost + others*favouredMost) / usual)
		t.parts.add()
	}
}

// one is what a tie says of its moderator and approver, of whose sellers favouredMost are in it.
func (t *tie) one() float64 { return some(t.parts.Total-t.parts.Usual-t.parts.Moderator, favouredMost) }

// steered is the log of how much likelier it is, if the moderator steers, that k of n requests went to the approver who
// gets a share of them elsewhere.
func steered(k, n, usual float64) float64 {
	if usual >= onlyChoice {
		return 0
	}
	var logs [len(steeredShares)]float64
	for i, share := range steeredShares {
		share = max(share, usual)
		logs[i] = k*math.Log(share/usual) + (n-k)*math.Log((1-share)/(1-usual)) - math.Log(float64(len(logs)))
	}
	return logSum(logs[:])
}
