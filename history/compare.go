package history

import (
	"cmp"
	"context"
	"math"
	"net/url"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// Periods are two spans of whole UTC days; their ends are exclusive.
type Periods struct {
	From, To             time.Time // the one that is looked at
	BeforeFrom, BeforeTo time.Time // the one beside it
}

// The fields of a comparison in addresses.
const (
	FieldPreset     = "preset"
	FieldFrom       = "from"
	FieldTo         = "to"
	FieldBeforeFrom = "before_from"
	FieldBeforeTo   = "before_to"
)

// Presets are the lengths in days that can be compared with as many days before.
var Presets = []string{"7", "30", "90"}

// longest bounds a period, so that a page stays quick.
const longest = 366

// ParsePeriods reads what is to be compared: a preset, or four days. Nothing at all is 30 days.
func (h *Reader) ParsePeriods(q url.Values) (Periods, error) {
	bad := models.Mistakes{}
	for name, values := range q {
		switch {
		case !slices.Contains([]string{FieldPreset, FieldFrom, FieldTo, FieldBeforeFrom, FieldBeforeTo}, name):
			bad.Say("", "There is nothing called “%s” to compare by.", clip(name))
		case len(values) > 1:
			bad.Say(name, "Give one of these, not several.")
		}
	}
	preset, days := q.Get(FieldPreset), q.Get(FieldFrom)+q.Get(FieldTo)+q.Get(FieldBeforeFrom)+q.Get(FieldBeforeTo)
	switch {
	case preset != "" && !slices.Contains(Presets, preset):
		bad.Say(FieldPreset, "Compare the last 7, 30 or 90 days, or choose the days.")
	case preset == "" && days == "":
		preset = "30"
	}
	if preset != "" && len(bad) == 0 {
		n := map[string]int{"7": 7, "30": 30, "90": 90}[preset]
		end := h.now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
		return Periods{end.AddDate(0, 0, -n), end, end.AddDate(0, 0, -2*n), end.AddDate(0, 0, -n)}, nil
	}
	var p Periods
	p.From, p.To = chosen(q, FieldFrom, FieldTo, bad)
	p.BeforeFrom, p.BeforeTo = chosen(q, FieldBeforeFrom, FieldBeforeTo, bad)
	if len(bad) == 0 && p.From.Before(p.BeforeTo) && p.BeforeFrom.Before(p.To) {
		bad.Say(FieldBeforeTo, "The two periods overlap.")
	}
	if len(bad) == 0 {
		return p, nil
	}
	return p, bad.E("invalid_periods", "These periods can't be compared yet.")
}

func chosen(q url.Values, from, to string, bad models.Mistakes) (time.Time, time.Time) {
	wrong := models.Mistakes{}
	a, b := Days(q.Get(from), q.Get(to), wrong)
	for name, value := range map[string]string{from: q.Get(from), to: q.Get(to)} {
		if value == "" {
			bad.Say(name, "Choose a day.")
		}
	}
	bad.Add(from, wrong[fFrom])
	bad.Add(to, wrong[fTo])
	if !a.IsZero() && !b.IsZero() && b.Sub(a) > longest*24*time.Hour {
		bad.Say(to, "A period has at most 366 days.")
	}
	return a, b
}

// Change is one value of a facet in two periods: N counts of Of decisions in the one, Before of BeforeOf in the other.
type Change struct {
	Value, Name      string
	N, Of            int
	Before, BeforeOf int
	Ratio            Ratio
}

// by is how much the share changed; whatever can't be divided counts as none.
func (c Change) by() float64 { return math.Abs(share(c.N, c.Of) - share(c.Before, c.BeforeOf)) }

func share(n, of int) float64 {
	if of <= 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// Comparison is two periods side by side. Facets holds the changes by field, the largest first; All is everything
// together.
type Comparison struct {
	All    Change
	Facets map[string][]Change
	More   map[string]int // changes that aren't listed, since there are more than mostChanges
}

// mostChanges bounds each list.
const mostChanges = 50

// CompareFields are the facets of a comparison, in order.
var CompareFields = []string{fReason, fRequester, fApprover, fSeller, fStars}

// Compare sets requests for removals of two periods against the decisions of the same periods: of a reason against
// all decisions, of a moderator, a seller or a number of stars against theirs, and of an approver the approvals among
// their verdicts.
func (h *Reader) Compare(ctx context.Context, actor models.Actor, marketplace string, p Periods) (Comparison, error) {
	out := Comparison{Facets: map[string][]Change{}, More: map[string]int{}}
	if err := h.mayRead(ctx, actor, marketplace, "removal", "search", "marketplace", marketplace); err != nil {
		return out, err
	}
	db := h.db.WithContext(ctx)
	now, before := newTallies(), newTallies()
	err := atOnce(ctx, db, append(now.reads(marketplace, p.From, p.To), before.reads(marketplace, p.BeforeFrom, p.BeforeTo)...)...)
	if err != nil {
		return out, err
	}
	all := now.of["all"][""]
	allBefore := before.of["all"][""]
	out.All = change("", now.n["all"][""], all, before.n["all"][""], allBefore)
	named := map[string]Facet{}
	for _, field := range CompareFields {
		list := changes(field, now, before)
		if len(list) > mostChanges {
			out.More[field] = len(list) - mostChanges
			list = list[:mostChanges]
		}
		out.Facets[field] = list
		for _, c := range list {
			named[field] = Facet{Counts: append(named[field].Counts, Count{Value: c.Value})}
		}
	}
	if err := name(db, marketplace, named); err != nil {
		return out, models.Translate(err)
	}
	for field, list := range out.Facets {
		for i := range list {
			list[i].Name = named[field].Counts[i].Name
		}
	}
	return out, nil
}

func change(value string, n, of, before, beforeOf int) Change {
	return Change{Value: value, N: n, Of: of, Before: before, BeforeOf: beforeOf, Ratio: ratio(n, of, before, beforeOf)}
}

// changes are the values of a facet in either period, the largest change of share first.
func changes(field string, now, before *tallies) []Change {
	values := map[string]bool{}
	for _, t := range []*tallies{now, before} {
		for v := range t.n[field] {
			values[v] = true
		}
	}
	var out []Change
	for v := range values {
		of, beforeOf := now.of[field][v], before.of[field][v]
		if field == fReason {
			of, beforeOf = now.of["all"][""], before.of["all"][""]
		}
		out = append(out, change(v, now.n[field][v], of, before.n[field][v], beforeOf))
	}
	slices.SortFunc(out, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.by(), a.by()), cmp.Compare(b.N+b.Before, a.N+a.Before), cmp.Compare(a.Value, b.Value))
	})
	return out
}

// tallies are counts by field and value: of removals asked for, and of the decisions that they are shares of.
type tallies struct {
	n, of map[string]map[string]int
	mu    sync.Mutex // held by who adds what it has read
}

func newTallies() *tallies {
	return &tallies{n: map[string]map[string]int{}, of: map[string]map[string]int{}}
}

// reads are what fills them, each by itself.
func (t *tallies) reads(marketplace string, from, to time.Time) []func(*gorm.DB) error {
	span := map[string]any{"market": marketplace, "from": from, "to": to}
	const verdicts = `SELECT 'approver' AS field, CAST(a.approver_id AS text) AS value, count(*) AS n FROM approvals a
		WHERE a.marketplace_id = @market AND a.created_at >= @from AND a.created_at < @to AND ` + ofRemovals
	return []func(*gorm.DB) error{
		t.read(t.n, span, `WITH k AS (SELECT reason_code, requester_id, seller_id, rating FROM removal_facts
			WHERE marketplace_id = @market AND asked_at >= @from AND asked_at < @to AND remedy = 'remove')
		SELECT 'all' AS field, '' AS value, count(*) AS n FROM k
		UNION ALL SELECT 'reason', reason_code, count(*) FROM k GROUP BY reason_code
		UNION ALL SELECT 'moderator', CAST(requester_id AS text), count(*) FROM k GROUP BY requester_id
		UNION ALL SELECT 'seller', CAST(seller_id AS text), count(*) FROM k GROUP BY seller_id
		UNION ALL SELECT 'stars', CAST(rating AS text), count(*) FROM k GROUP BY rating`),
		t.read(t.of, span, `WITH k AS (SELECT moderator_id, seller_id, rating FROM decisions
			WHERE marketplace_id = @market AND decided_at >= @from AND decided_at < @to)
		SELECT 'all' AS field, '' AS value, count(*) AS n FROM k
		UNION ALL SELECT 'moderator', CAST(moderator_id AS text), count(*) FROM k GROUP BY moderator_id
		UNION ALL SELECT 'seller', CAST(seller_id AS text), count(*) FROM k GROUP BY seller_id
		UNION ALL SELECT 'stars', CAST(rating AS text), count(*) FROM k GROUP BY rating`),
		t.read(t.n, span, verdicts+" AND a.verdict = 'approve' GROUP BY a.approver_id"),
		t.read(t.of, span, verdicts+" GROUP BY a.approver_id"),
	}
}

// ofRemovals keeps the verdicts a on requests for removals. The others are few, and an index finds them.
const ofRemovals = `a.proposal_id NOT IN (SELECT p.id FROM proposals p WHERE p.marketplace_id = @market AND (p.kind < 'review.remove' OR p.kind > 'review.remove'))`

func (t *tallies) read(into map[string]map[string]int, span map[string]any, query string) func(*gorm.DB) error {
	return func(db *gorm.DB) error {
		var found []struct {
			Field, Value string
			N            int
		}
		err := db.Raw(query, span).Scan(&found).Error
		t.mu.Lock()
		defer t.mu.Unlock()
		for _, x := range found {
			if into[x.Field] == nil {
				into[x.Field] = map[string]int{}
			}
			into[x.Field][x.Value] = x.N
		}
		return err
	}
}
