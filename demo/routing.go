package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"evenhand/models"
	"evenhand/routing"
	"evenhand/rulebook"
)

// The queues beside those of the categories, and what it takes to work in one of them.
const (
	queueLikely   = "likely"
	queueNoOrder  = "no-order"
	skillOrders   = "orders"
	skillImages   = "images"
	rulesBeforeIt = 5 * day // from when the rules are in force, before the history's end
)

// skilled are the moderators, by their numbers, who can look up orders; the one after them can judge pictures.
var skilled = []int{0, 1, 3, 5}

const imageSkilled = 2

func number(n int) *int { return &n }

// rules are those that the demo's administrators agreed on.
func rules() routing.Set {
	return routing.Set{Language: "en", RepeatDays: 30, Rules: []routing.Rule{
		{Name: "A classifier is sure", When: routing.When{Sources: []string{models.FlagClassifier}, Score: routing.Range{From: number(75)}}, Queue: queueLikely, Priority: 4, DueHours: 8},
		{Name: "Reported from two sides", When: routing.When{Flags: 2, Distinct: 2}, Priority: 3, DueHours: 12},
		{Name: "No order behind it", When: routing.When{Sources: []string{models.FlagSeller}, Verified: routing.No}, Queue: queueNoOrder, Priority: 1, DueHours: 18, Skill: skillOrders},
		{Name: "Everything else", DueHours: 24},
	}}
}

// stricter are the rules that one of them asks for on the last day.
func stricter() routing.Set {
	s := rules()
	s.Rules[0].DueHours = 4
	s.Rules = append([]routing.Rule{{
		Name: "Said to have no order, by a customer", When: routing.When{Sources: []string{models.FlagCustomer}, Verified: routing.No}, Queue: queueNoOrder, Priority: 2, DueHours: 12, Skill: skillOrders,
	}}, s.Rules...)
	return s
}

// planRules plans that two administrators agree on rules, and that one of them asks for others on the last day.
func (w *world) planRules() {
	first, second := w.others[len(w.others)-1], w.others[len(w.others)-2] // the second one's account is printed
	ask := func(ctx context.Context, set routing.Set, basis int, why string) (models.Proposal, error) {
		return w.Routing.Ask(ctx, first.Actor, rulebook.Change{Marketplace: large, Basis: basis, Set: set, Justification: why})
	}
	w.plan(w.end.Add(-rulesBeforeIt).Sub(w.clock.at), func(ctx context.Context) error {
		p, err := ask(ctx, rules(), 0, "What is surely wrong waited as long as what is merely negative, and look-ups of orders went to people who can't do them.")
		if err != nil {
			return err
		}
		w.plan(40*time.Minute, func(ctx context.Context) error {
			_, err := w.Routing.Approve(ctx, second.Actor, large, p.ID, p.Digest, "The preview sends a tenth elsewhere, and the examples are right.")
			return err
		})
		return nil
	})
	w.plan(w.end.Add(-5*time.Hour).Sub(w.clock.at), func(ctx context.Context) error {
		_, err := ask(ctx, stricter(), 1, "Customers report reviews without an order, too, and the classifier's sure ones should be seen within half a shift.")
		return err
	})
}

// sayShifts has people say, on the last day, who is at work.
func (w *world) sayShifts(ctx context.Context) error {
	for i, p := range []*person{w.moderators[0], w.moderators[1], w.moderators[3], w.moderators[6], w.supervisors[0], w.supervisors[1], w.supervisors[2]} {
		if err := w.Desk.SayShift(ctx, p.Actor, large, models.ShiftOn); err != nil {
			return fmt.Errorf("%s is at work: %w", p.Name, err)
		}
		w.clock.wind(w.clock.at.Add(time.Duration(i+1) * 20 * time.Second))
	}
	return w.Desk.SayShift(ctx, w.supervisors[2].Actor, large, models.ShiftBreak)
}

// scoreOf is what a classifier's report gives, in per cent; nil for reports of people.
func scoreOf(it *item) *int {
	_, share, found := strings.Cut(it.report, " 0.")
	if it.source != models.FlagClassifier || !found {
		return nil
	}
	n := 0
	if _, err := fmt.Sscan(share, &n); err != nil {
		return nil
	}
	return &n
}

// alsoReported is how many reviews in a hundred are reported by somebody else as well.
const alsoReported = 4

// reportsOf are the reports of one review: every so many are two, from two sides.
func reportsOf(it *item, i int) []models.Flagged {
	out := []models.Flagged{{Review: it.row, Source: it.source, Score: scoreOf(it), Text: it.report}}
	if i%(100/alsoReported) == 0 {
		other := models.FlagCustomer
		if it.source == other {
			other = models.FlagSeller
		}
		out = append(out, models.Flagged{Review: it.row, Source: other, Text: reports[other][0]})
	}
	return out
}
