package favor

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
)

// Triad is a moderator, a seller, and an approver who decided requests of the one for the other.
type Triad struct {
	Moderator, Seller, Approver string

	Requests int     // for removal by the moderator for the seller that somebody decided
	Got      int     // of them, by this approver
	Upheld   int     // of those, let through
	Usual    float64 // share of the moderator's requests for other sellers in the same queues that this approver gets

	Parts Parts   // what Score is made of
	Score float64 // log10 of 1 + the odds that all three are in it
}

// Triads weighs every moderator, seller and approver of a history against honest work and against a favour of the moderator
// alone, highest score first. It is a ranking to look at, without alarms of its own. It needs as many decisions as the model
// of two kinds of review does, and approvers with outcomes; without them it is an error that says so.
func Triads(decisions iter.Seq2[Decision, error], o Options) ([]Triad, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	d, err := readDesk(decisions, o, false)
	if err != nil {
		return nil, err
	}
	if len(d.records) < classesFrom {
		return nil, fmt.Errorf("favor: triads need %d decisions on negative reviews, there are %d", classesFrom, len(d.records))
	}
	f := d.fitClasses()
	ties := d.ties(f, f.partsOf(d))
	if len(ties) == 0 {
		return nil, fmt.Errorf("favor: nothing to compare by triads: none of %d decisions has an approver and an outcome", d.read)
	}
	out := make([]Triad, len(ties))
	for i := range ties {
		t, cell := &ties[i], &f.classes.cells[ties[i].cell]
		out[i] = Triad{
			Moderator: d.moderators.list[cell.moderator], Seller: d.sellers.list[cell.seller], Approver: d.approvers.list[t.approver],
			Requests: int(t.requests), Got: int(t.got), Upheld: int(t.upheld), Usual: t.usual,
			Parts: t.parts, Score: scoreOfOdds(t.parts.Total),
		}
	}
	slices.SortFunc(out, func(a, b Triad) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Moderator, b.Moderator), cmp.Compare(a.Seller, b.Seller), cmp.Compare(a.Approver, b.Approver))
	})
	return out, nil
}

// steer replaces the scores of approvers with sellers, or with moderators, by those of the ties behind them. P, Q and the
// alarms stay those of the table.
func (d *desk) steer(r *Report) {
	f := d.fitClasses()
	ties := d.ties(f, f.partsOf(d))
	behind := map[[2]string][]*tie{}
	staff := map[string]float64{}
	for k := range f.classes.cells {
		staff[d.sellers.list[f.classes.cells[k].seller]]++
	}
	for i := range ties {
		cell := &f.classes.cells[ties[i].cell]
		key := [2]string{d.approvers.list[ties[i].approver], d.sellers.list[cell.seller]}
		if r.By == ModeratorApprover {
			key = [2]string{d.moderators.list[cell.moderator], d.approvers.list[ties[i].approver]}
		}
		behind[key] = append(behind[key], &ties[i])
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		found := behind[[2]string{c.Row, c.Col}]
		switch {
		case len(found) == 0:
			c.Parts = Parts{Usual: math.Log(tiedTriad)}
		case r.By == ModeratorApprover:
			c.Parts = Parts{Usual: logit(tiedStaff)}
			for _, t := range found {
				c.Parts.Steered += t.one()
			}
		default:
			c.Parts = anyOf(found, staff[c.Col])
		}
		c.Parts.add()
		c.Score = scoreOfOdds(c.Parts.Total)
	}
}

// anyOf is the evidence that one of the ties is real, of as many as there are moderators: the parts are those of the
// strongest, and Usual has what the others add and what the choice costs.
func anyOf(ties []*tie, moderators float64) Parts {
	strongest, totals := ties[0], make([]float64, len(ties))
	for i, t := range ties {
		if totals[i] = t.parts.Total; totals[i] > strongest.parts.Total {
			strongest = t
		}
	}
	p := strongest.parts
	p.Usual += logSum(totals) - math.Log(moderators) - p.Total
	return p
}
