package favor

// Cell is one pair of a row and a column, with what was seen and expected.
// All its numbers are finite.
type Cell struct {
	Row, Col string

	// Exposure is the number of decisions that could have been counted (see
	// By). In a table of counts it is Expected: the exposure of a Poisson count.
	Exposure float64
	Observed int     // of those, the ones counted
	Expected float64 // how many the same work would have produced in other hands

	EBGM float64 // shrunk ratio of Observed to Expected: geometric mean of its posterior
	EB05 float64 // its posterior 5 % quantile: "at least so many times the expected"
	EB95 float64 // its posterior 95 % quantile

	P float64 // chance of at least Observed under honest work, in [0, 1]
	Q float64 // false discovery rate at which the cell is one, over Report.Compared cells
	// Score is the evidence: −log10 of P without the honest spread, in [0, 300], and log10 of Looks where there is any.
	Score float64
	Alarm bool // Q ≤ Report.FDR

	// LogE is the log of the e-value: how much likelier the cell is under a favour, mixed over effects fixed beforehand. 0 in a
	// table of counts or of approvers, which has none.
	LogE  float64
	Parts Parts // what Score is made of, from classesFrom decisions on

	Wrong int     // removals of the cell that a second look found wrong
	Looks float64 // what second looks at its removals say: a likelihood ratio, 1 where there were none; 0 in a table of counts
}

// Report is the outcome of one analysis.
type Report struct {
	By    By // "" for a table of counts
	Cells []Cell

	Model      Theta   // the prior of the shrinkage
	NegLogLik  float64 // of the cells at Model, in nats
	Likelihood Likelihood
	Fitted     bool // Model was fitted, not given

	FDR      float64
	Compared int // cells tested, the number of comparisons in Q
	Alarms   int

	// Circles are groups that nobody had named, the strongest first; only where moderators are compared with sellers by the
	// model of two kinds of review.
	Circles []Circle

	// Spread is the honest spread between cells that the p-values allow for:
	// the standard deviation of a cell's own logit. 0 in a table of counts.
	Spread float64

	classes  bool // compared by the model of two kinds of review
	evidence bool // cells have e-values

	Decisions int // read
	Used      int // of those, counted in some cell

	// Limits says in plain sentences what this report couldn't do or take into
	// account. Empty when there is nothing to say.
	Limits []string
}
