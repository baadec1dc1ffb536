package favor

import (
	"errors"
	"fmt"
	"iter"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// AnalyzeCounts shrinks a table of counts with known expected numbers, at
// o.Theta or at a fit of the component-truncated likelihood. Rows with n = 0
// are scored, but take no part in the fit. The order of the rows doesn't matter.
//
// There is no baseline to be uncertain about here, so P is the chance of at
// least n events, given at least one, in the ordinary component of the prior:
// the one that holds more of the pairs. Its width is the spread between
// ordinary pairs.
func AnalyzeCounts(counts iter.Seq2[Count, error], o CountOptions) (*Report, error) {
	fdr, err := filledFDR(o.FDR)
	if err != nil {
		return nil, err
	}
	if o.Theta != nil {
		if err := o.Theta.Validate(); err != nil {
			return nil, err
		}
	}
	r := &Report{FDR: fdr}
	zeros := 0
	for c, err := range counts {
		if err != nil {
			return nil, err
		}
		if err := c.check(); err != nil {
			return nil, err
		}
		if c.N == 0 {
			zeros++
		}
		r.Cells = append(r.Cells, Cell{Row: c.Row, Col: c.Col, Exposure: c.Expected, Observed: c.N, Expected: c.Expected})
	}
	if len(r.Cells) == 0 {
		return nil, errors.New("favor: no counts")
	}
	if zeros > 0 && o.Theta == nil {
		r.Limits = append(r.Limits, fmt.Sprintf("%d rows with n = 0 took no part in the fit.", zeros))
	}
	r.Compared = len(r.Cells)
	if err := r.shrink(ComponentTruncated, o.Theta); err != nil {
		return nil, err
	}
	ordinary := r.Model.ordinary()
	for i := range r.Cells {
		c := &r.Cells[i]
		c.P = ordinary.tail(c.Observed, c.Expected)
		c.Score = scoreOf(c.P)
	}
	return r, r.finish()
}

// largestCount is the largest n taken from a table.
const largestCount = 1e12

func (c Count) check() error {
	if c.Row == "" || c.Col == "" {
		return fmt.Errorf("favor: count of %q with %q: an empty name", c.Row, c.Col)
	}
	if c.N < 0 || c.N > largestCount {
		return fmt.Errorf("favor: count of %q with %q: n %d is out of range", c.Row, c.Col, c.N)
	}
	if !(c.Expected >= smallestExpected && c.Expected <= largestExpected) {
		return fmt.Errorf("favor: count of %q with %q: expected %v is out of range", c.Row, c.Col, c.Expected)
	}
	return nil
}

// ordinary is the component that holds more of the pairs.
func (t Theta) ordinary() component {
	t = t.Canonical()
	first, second := t.components()
	if t.P >= 0.5 {
		return first
	}
	return second
}

// tail is the chance of at least n events given at least one, from the negative
// binomial's distribution function (an incomplete beta).
func (c component) tail(n int, expected float64) float64 {
	if n <= 1 {
		return 1
	}
	p := mathext.RegIncBeta(float64(n), c.a, expected/(c.b+expected)) / -math.Expm1(-c.zero(expected))
	return max(smallestP, min(1, p))
}
