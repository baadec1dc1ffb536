package favor

import "math"

// An approver who is in it gets the requests that a favouring moderator makes for a seller. Three things show together: the
// moderator's removals for the seller (their cell's evidence), that the second person lets them through (in the same), and
// that more of them went to this approver than of the same moderator's requests for other sellers in the same queues. An
// approver and a seller are ordered by the mean, over the seller's moderators, of the product of the likelihood ratios:
// Σ_m e^(own + steered) / number of moderators. P, Q and the alarms are those of the table itself.

// Shares of a moderator's requests for a seller that a steering one sends to the approver.
var steeredShares = [...]float64{.75, .95}

// steeredLeast is how many requests elsewhere the usual share is drawn to an even one by.
const steeredLeast = 2.0

// usualApproverSeller is the log odds of an approver with a seller before anything was seen.
var usualApproverSeller = math.Log(0.001)

type (
	placed struct{ moderator, queue, approver int32 } // approver 0: all
	triad  struct{ moderator, seller, approver int32 }
	lot    struct{ moderator, seller, queue, approver int32 }
)

// steer replaces the scores of approvers and sellers.
func (d *desk) steer(r *Report) {
	f := d.fitClasses()
	ranker := d.ranker(f)
	parts := ranker.parts()
	at, inLot := map[placed]float64{}, map[lot]float64{}
	triads, pools := map[triad]float64{}, d.pools()
	for i := range d.records {
		x := &d.records[i]
		if !x.decidedRequest() {
			continue
		}
		for _, a := range []int32{0, x.approver} {
			at[placed{x.moderator, x.queue, a}]++
			inLot[lot{x.moderator, x.seller, x.queue, a}]++
			triads[triad{x.moderator, x.seller, a}]++
		}
	}
	scores := map[[2]int32][]float64{}
	staff := map[int32]float64{}
	for k := range f.classes.cells {
		cell := &f.classes.cells[k]
		staff[cell.seller]++
		n := triads[triad{cell.moderator, cell.seller, 0}]
		if n == 0 {
			continue
		}
		usual := map[int32]float64{}
		for q := range int32(f.queues) {
			here := inLot[lot{cell.moderator, cell.seller, q, 0}]
			if here == 0 {
				continue
			}
			pool := pools[pool{cell.moderator, q}]
			for _, a := range pool {
				elsewhere := at[placed{cell.moderator, q, 0}] - here
				his := at[placed{cell.moderator, q, a}] - inLot[lot{cell.moderator, cell.seller, q, a}]
				usual[a] += here / n * (his + steeredLeast/float64(len(pool))) / (elsewhere + steeredLeast)
			}
		}
		for a, share := range usual {
			own := parts[k].Rate + parts[k].Matters
			scores[[2]int32{a, cell.seller}] = append(scores[[2]int32{a, cell.seller}],
				own+steered(triads[triad{cell.moderator, cell.seller, a}], n, share))
		}
	}
	named := map[[2]string]float64{}
	for key, logs := range scores {
		top, sum := math.Inf(-1), 0.0
		for _, l := range logs {
			top = max(top, l)
		}
		for _, l := range logs {
			sum += math.Exp(l - top)
		}
		named[[2]string{d.approvers.list[key[0]], d.sellers.list[key[1]]}] = top + math.Log(sum/staff[key[1]])
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		l, ok := named[[2]string{c.Row, c.Col}]
		if !ok {
			l = 0
		}
		c.Parts = Parts{Usual: usualApproverSeller, Approver: l, Total: usualApproverSeller + l}
		c.Score = scoreOfOdds(c.Parts.Total)
	}
}

// steered is the log of how much likelier it is, if the moderator steers, that k of n requests went to the approver who
// gets a share of them elsewhere.
func steered(k, n, usual float64) float64 {
	if usual >= 0.98 { // nobody else could have got them
		return 0
	}
	top, sum := math.Inf(-1), 0.0
	var logs [len(steeredShares)]float64
	for i, share := range steeredShares {
		share = max(share, usual)
		logs[i] = k*math.Log(share/usual) + (n-k)*math.Log((1-share)/(1-usual))
		top = max(top, logs[i])
	}
	for _, l := range logs {
		sum += math.Exp(l-top) / float64(len(logs))
	}
	return top + math.Log(sum)
}
