package favor

import "fmt"

// By chooses what the rows and columns of the table are, and what is counted.
//
//	                    row        col       exposure                    observed
//	ModeratorSeller     moderator  seller    decisions                   removals asked for
//	ModeratorGroup      moderator  group     decisions on its sellers    removals asked for
//	ApproverSeller      approver   seller    requests that could have    those that this approver
//	                                         come to this approver       got and let through
//	ModeratorApprover   moderator  approver  the moderator's requests    those that this approver
//	                                         that could have gone there  got and let through
//
// A request is a decision with Action Remove that has an approver and an
// outcome. It could have gone to every approver who decided any request of the
// same moderator in the same queue; where that is one, there was no choice, and
// it isn't counted. Counting what an approver could have had, and not only what
// they got, is what shows collusion: requests steered to a willing approver are
// its first trace, and nobody can let through more than all of what they got.
// The number let through rises with both.
type By string

// The tables.
const (
	ModeratorSeller   By = "moderator-seller"
	ApproverSeller    By = "approver-seller"
	ModeratorApprover By = "moderator-approver"
	ModeratorGroup    By = "moderator-group"
)

// Options of Analyze and Looks. The zero value compares moderators and sellers
// with the defaults named below.
type Options struct {
	By  By      // "" is ModeratorSeller
	FDR float64 // share of false alarms among alarms that is put up with; 0 is 0.05

	// NegativeAtMost is the highest rating (stars) that counts as negative; 0
	// is 2. Reviews with a higher rating are left out, unknown ratings are not.
	NegativeAtMost float64
}

// CountOptions of AnalyzeCounts.
type CountOptions struct {
	FDR   float64 // as in Options
	Theta *Theta  // score at this Theta; nil: fit one
}

const (
	defaultFDR      = 0.05
	defaultNegative = 2
)

// filled returns the options with their defaults in place, or an error that
// names the one that is out of range.
func (o Options) filled() (Options, error) {
	if o.By == "" {
		o.By = ModeratorSeller
	}
	switch o.By {
	case ModeratorSeller, ApproverSeller, ModeratorApprover, ModeratorGroup:
	default:
		return o, fmt.Errorf("favor: unknown table %q", string(o.By))
	}
	if o.NegativeAtMost == 0 {
		o.NegativeAtMost = defaultNegative
	}
	if !(o.NegativeAtMost >= 1 && o.NegativeAtMost <= 5) {
		return o, fmt.Errorf("favor: highest negative rating %v is not between 1 and 5", o.NegativeAtMost)
	}
	var err error
	o.FDR, err = filledFDR(o.FDR)
	return o, err
}

// filledFDR returns the default for 0, and an error outside (0, 1).
func filledFDR(fdr float64) (float64, error) {
	if fdr == 0 {
		return defaultFDR, nil
	}
	if !(fdr > 0 && fdr < 1) {
		return 0, fmt.Errorf("favor: false discovery rate %v is not between 0 and 1", fdr)
	}
	return fdr, nil
}
