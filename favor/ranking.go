package favor

import "math"

// matters is the number of genuine reviews removed from which a favour matters: cells are ordered by the chance of that
// many, not by the chance of any.
const matters = 5

// slight is what a favour that can't have removed as many counts of one that has: such cells keep an order of their own,
// below.
const slight = 0.01

// Parts are what a Score is made of, in natural logs of likelihood ratios that add up to Total, the log odds of a favour that
// matters (in Triads, and where approvers are compared: that all are in it). Approver and Looks are told apart from Rate
// where the odds are worth it; elsewhere they are in it.
type Parts struct {
	Usual     float64 `json:"usual"`     // log odds before anything was seen
	Rate      float64 `json:"rate"`      // what was asked for, given what others did with the same work and what the reviews look like
	Approver  float64 `json:"approver"`  // what second persons made of it
	Looks     float64 `json:"looks"`     // what second looks found
	Matters   float64 `json:"matters"`   // whether at least five genuine reviews were removed, if there is a favour
	Moderator float64 `json:"moderator"` // what the moderator's other cells say
	Group     float64 `json:"group"`     // what the other sellers of the seller's group say
	Picking   float64 `json:"picking"`   // how many of the seller's tickets the moderator took
	Steered   float64 `json:"steered"`   // how many of the requests went to the approver; 0 where moderators are compared with sellers
	Alone     float64 `json:"alone"`     // less what a favour of the moderator alone explains; likewise
	Total     float64 `json:"total"`
}

// add sets Total.
func (p *Parts) add() {
	p.Total = p.Usual + p.Rate + p.Approver + p.Looks + p.Matters + p.Moderator + p.Group + p.Picking + p.Steered + p.Alone
}

// ranker orders cells by posterior odds.
type ranker struct {
	*classes
	mixed
	cells []evidence
	group []int32 // of each seller, 0 none
	picks *picks
}

// What a moderator who favours anybody is taken to favour, before the data speak.
const (
	favoursEach  = 4.0  // sellers
	favouredMost = 0.05 // of a moderator's cells
	groupFavours = 0.5  // of a favoured group's sellers
	favouring    = 0.1  // of moderators
	alone        = 0.1  // of favoured cells are in nobody's pattern
	halved       = 0.5  // others of the same moderator share what is wrong with their baseline: they count half
)

// parts are those of every cell.
func (r *ranker) parts() []Parts {
	out := make([]Parts, len(r.cells))
	byModerator := make([]float64, r.moderators)
	cellsOf := make([]float64, r.moderators)
	for k := range r.cells {
		cellsOf[r.classes.cells[k].moderator]++
	}
	inGroup := map[[2]int32]float64{}
	own := make([]float64, len(r.cells))
	for k := range r.cells {
		p := &out[k]
		e := &r.cells[k]
		p.Rate = e.logE(&r.effects)
		p.Matters = r.important(e) - p.Rate
		p.Picking = r.picks.evidence(k)
		own[k] = p.Rate + p.Matters + p.Picking
		m := r.classes.cells[k].moderator
		byModerator[m] += some(own[k], min(favouredMost, favoursEach/cellsOf[m]))
		if g := r.group[r.classes.cells[k].seller]; g != 0 {
			inGroup[[2]int32{m, g}] += some(own[k], groupFavours)
		}
	}
	for k := range out {
		p := &out[k]
		m := r.classes.cells[k].moderator
		each := min(favouredMost, favoursEach/cellsOf[m])
		apart := alone * favouring * each
		usual := apart + favouring*each
		others := logistic(logit(favouring) + byModerator[m] - some(own[k], each))
		p.Moderator = halved * math.Log((apart+others*each)/usual)
		if g := r.group[r.classes.cells[k].seller]; g != 0 {
			before := usual * math.Exp(p.Moderator)
			group := logistic(logit(usual) + inGroup[[2]int32{m, g}] - some(own[k], groupFavours))
			p.Group = math.Log((before + group*groupFavours) / (before + usual*groupFavours))
		}
		p.Usual = math.Log(usual)
		p.add()
	}
	return out
}

// some is the log of 1−k+k·e^l.
func some(l, k float64) float64 {
	if l > 30 {
		return l + math.Log(k)
	}
	return math.Log1p(k * math.Expm1(l))
}

// important is the log of the likelihood ratio of a favour that removed at least matters genuine reviews.
func (r *ranker) important(e *evidence) float64 {
	weights := r.effects
	for f, enough := range e.material {
		weights[f] *= max(slight, enough)
	}
	return e.logE(&weights)
}

// atLeast is the chance of k or more of a Poisson count.
func atLeast(k int, mean float64) float64 {
	term, sum := math.Exp(-mean), 0.0
	if mean < 0.5 {
		for i := range k {
			term *= mean / float64(i+1)
		}
		return term * (1 + mean/float64(k+1))
	}
	for i := range k {
		sum += term
		term *= mean / float64(i+1)
	}
	return 1 - sum
}
