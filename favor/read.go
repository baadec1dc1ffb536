package favor

import (
	"io"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The columns of a file of decisions.
var (
	decisionRequired = []string{"decision_id", "decided_at", "moderator", "seller", "queue", "action"}
	decisionOptional = []string{
		"approver", "outcome", "marketplace", "seller_group", "rating", "content_score", "assigned", "second_look",
	}
)

// ReadDecisions streams a CSV file of decisions, plain or gzip (told by its
// content), with columns in any order; name is the file's, for errors. Required:
// decision_id, decided_at (RFC 3339), moderator, seller, queue, action (remove
// or keep). Used when present, and empty when unknown: approver, outcome
// (removed or kept), marketplace, seller_group, rating (1 to 5), content_score
// (a finite number), assigned (random or picked), second_look (violating or
// genuine). Other columns are ignored. The first bad row ends the sequence with
// an *InputError; nothing is guessed. Rows are bounded, the memory for their
// distinct ids is not.
func ReadDecisions(r io.Reader, name string) iter.Seq2[Decision, error] {
	return func(yield func(Decision, error) bool) {
		t, err := openRows(r, name, decisionRequired, decisionOptional)
		if err != nil {
			yield(Decision{}, err)
			return
		}
		ids := map[string]struct{}{}
		for {
			if err := t.read(); err == io.EOF {
				return
			} else if err != nil {
				yield(Decision{}, err)
				return
			}
			d, err := t.decision(ids)
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

// decision reads one row and notes its id.
func (t *rows) decision(ids map[string]struct{}) (Decision, error) {
	var d Decision
	err := t.names(&d)
	if err != nil {
		return Decision{}, err
	}
	if d.At, err = time.Parse(time.RFC3339, t.value("decided_at")); err != nil {
		return Decision{}, t.bad("decided_at", "is not a time in RFC 3339")
	}
	if d.Action, err = word(t, "action", actionWords, true); err != nil {
		return Decision{}, err
	}
	if d.Outcome, err = word(t, "outcome", outcomeWords, false); err != nil {
		return Decision{}, err
	}
	if d.Assigned, err = word(t, "assigned", assignmentWords, false); err != nil {
		return Decision{}, err
	}
	if d.SecondLook, err = word(t, "second_look", labelWords, false); err != nil {
		return Decision{}, err
	}
	if err := t.figures(&d); err != nil {
		return Decision{}, err
	}
	if _, twice := ids[d.ID]; twice {
		return Decision{}, t.bad("decision_id", "is there twice")
	}
	d.ID = strings.Clone(d.ID)
	ids[d.ID] = struct{}{}
	return d, nil
}

func (t *rows) names(d *Decision) error {
	for _, f := range []struct {
		column   string
		required bool
		to       *string
	}{
		{"decision_id", true, &d.ID}, {"moderator", true, &d.Moderator}, {"seller", true, &d.Seller},
		{"queue", true, &d.Queue}, {"approver", false, &d.Approver},
		{"marketplace", false, &d.Marketplace}, {"seller_group", false, &d.SellerGroup},
	} {
		var err error
		if *f.to, err = t.name(f.column, f.required); err != nil {
			return err
		}
	}
	return nil
}

func (t *rows) figures(d *Decision) error {
	if v := t.value("rating"); v != "" {
		x, err := strconv.ParseFloat(v, 64)
		if err != nil || !(x >= 1 && x <= 5) {
			return t.bad("rating", "is not a number from 1 to 5")
		}
		d.Rating = x
	}
	if v := t.value("content_score"); v != "" {
		x, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return t.bad("content_score", "is not a finite number")
		}
		d.Content = Content{Score: x, Known: true}
	}
	return nil
}

var countRequired = []string{"row", "col", "n", "expected"}

// ReadCounts streams a CSV file of counts with the columns row, col, n (a whole
// number, 0 or more) and expected (a finite number above 0), as ReadDecisions
// does. A pair that is there twice is an error.
func ReadCounts(r io.Reader, name string) iter.Seq2[Count, error] {
	return func(yield func(Count, error) bool) {
		t, err := openRows(r, name, countRequired, nil)
		if err != nil {
			yield(Count{}, err)
			return
		}
		pairs := map[[2]string]struct{}{}
		for {
			if err := t.read(); err == io.EOF {
				return
			} else if err != nil {
				yield(Count{}, err)
				return
			}
			c, err := t.count(pairs)
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

func (t *rows) count(pairs map[[2]string]struct{}) (c Count, err error) {
	if c.Row, err = t.name("row", true); err != nil {
		return Count{}, err
	}
	if c.Col, err = t.name("col", true); err != nil {
		return Count{}, err
	}
	if c.N, err = strconv.Atoi(t.value("n")); err != nil || c.N < 0 || c.N > largestCount {
		return Count{}, t.bad("n", "is not a whole number from 0 to 1e12")
	}
	c.Expected, err = strconv.ParseFloat(t.value("expected"), 64)
	if err != nil || !(c.Expected >= smallestExpected && c.Expected <= largestExpected) {
		return Count{}, t.bad("expected", "is not a number from 1e-100 to 1e15")
	}
	c.Row, c.Col = strings.Clone(c.Row), strings.Clone(c.Col)
	if _, twice := pairs[[2]string{c.Row, c.Col}]; twice {
		return Count{}, t.bad("col", "is there twice with this row")
	}
	pairs[[2]string{c.Row, c.Col}] = struct{}{}
	return c, nil
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
