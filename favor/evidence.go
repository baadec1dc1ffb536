package favor

import "math"

// effects is the grid of d: of the genuine reviews that an honest moderator would have kept, the share that a favouring one
// removes. Each is tried as it is and, where the second person's verdicts are known, with an approver in it who lets
// through whatever the favour removes.
var effects = [...]float64{.1, .2, .35, .55, .8}

const (
	families     = 2
	alternatives = families * len(effects)
	colluding    = 0.2 // how much of the alternative has an approver in it, where verdicts are known
)

// evidence is what the model says of one cell with the cell left out of all that it is compared with.
type evidence struct {
	n, observed int
	expected    float64
	p           float64
	logs        [alternatives]float64 // log likelihood of each alternative, less that of honest work
	corrupt     [alternatives]float64 // removals that took effect and that the favour made, under each alternative
	material    [alternatives]float64 // chance of at least matters of them
}

// logE is the evidence for a favour: the log of the likelihood ratio mixed over the effects with the given weights.
func (e *evidence) logE(weights *[alternatives]float64) float64 {
	top := math.Inf(-1)
	for f, l := range e.logs {
		if weights[f] > 0 {
			top = max(top, l)
		}
	}
	sum := 0.0
	for f, l := range e.logs {
		if weights[f] > 0 {
			sum += weights[f] * math.Exp(l-top)
		}
	}
	return top + math.Log(sum)
}
