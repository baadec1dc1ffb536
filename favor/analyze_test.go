package favor_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"evenhand/favor"
)

func TestAnalyzeDoesNotDependOnTheOrder(t *testing.T) {
	history := desk(1, 3000, true)
	shuffled := slices.Clone(history)
	rand.New(rand.NewPCG(3, 3)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for _, by := range tables {
		if a, b := analyzed(t, history, by), analyzed(t, shuffled, by); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: another report in another order", by)
		}
	}
}

func TestAnalyzeDoesNotDependOnTheNames(t *testing.T) {
	history := desk(2, 3000, true)
	renamed := slices.Clone(history)
	other := func(s string) string { return string(rune('z'-s[1]+'0')) + s }
	for i := range renamed {
		d := &renamed[i]
		d.Moderator, d.Seller, d.Queue = other(d.Moderator), other(d.Seller), other(d.Queue)
	}
	a, b := analyzed(t, history, favor.ModeratorSeller), analyzed(t, renamed, favor.ModeratorSeller)
	found := map[[2]string]favor.Cell{}
	for _, c := range b.Cells {
		found[[2]string{c.Row, c.Col}] = c
	}
	for _, c := range a.Cells {
		d := found[[2]string{other(c.Row), other(c.Col)}]
		if c.Observed != d.Observed || !near(d.Expected, c.Expected, 1e-6) || !near(d.P, c.P, 1e-6) || !near(d.EB05, c.EB05, 1e-4) {
			t.Fatalf("%+v became %+v", c, d)
		}
	}
}

func scoreOf(t *testing.T, history []favor.Decision, moderator, seller string) float64 {
	t.Helper()
	for _, c := range analyzed(t, history, favor.ModeratorSeller).Cells {
		if c.Row == moderator && c.Col == seller {
			return c.Score
		}
	}
	t.Fatalf("no cell %s %s", moderator, seller)
	return 0
}

// A cell's score must not fall when one of its kept reviews is removed instead.
func TestScoreNeverFallsWhenRemovalsRise(t *testing.T) { neverFalls(t, 2, 8) }

func TestSoakScoreNeverFallsWhenRemovalsRise(t *testing.T) {
	soaked(t)
	neverFalls(t, 0, 30)
}

func neverFalls(t *testing.T, first, end uint64) {
	for seed := first; seed < end; seed++ {
		r := rand.New(rand.NewPCG(seed, 9))
		history := sized(seed, 1+r.IntN(5), 1+r.IntN(6), 10+r.IntN(250), 0.3)
		if seed%10 == 9 {
			history = sized(seed, 20, 100, 3000, 0.3)
		}
		moderator, seller := history[0].Moderator, history[0].Seller
		last := scoreOf(t, history, moderator, seller)
		for i := range history {
			d := &history[i]
			if d.Moderator != moderator || d.Seller != seller || d.Action == favor.Remove {
				continue
			}
			d.Action = favor.Remove
			next := scoreOf(t, history, moderator, seller)
			if next < last {
				t.Errorf("seed %d, %d decisions: the score fell from %v to %v", seed, len(history), last, next)
			}
			last = next
		}
	}
}

// Among honest desks not more than the false discovery rate may have an alarm.
func TestHonestDesksAreQuiet(t *testing.T) { areQuiet(t, 15) }

func TestSoakHonestDesksAreQuiet(t *testing.T) {
	soaked(t)
	areQuiet(t, 60)
}

func areQuiet(t *testing.T, desks uint64) {
	loud, sum, square, n := uint64(0), 0.0, 0.0, 0.0
	for seed := range desks {
		r := rand.New(rand.NewPCG(seed, 5))
		history := sized(seed, 3+r.IntN(20), 5+r.IntN(60), 200+r.IntN(2000), 0.3)
		report := analyzed(t, history, favor.ModeratorSeller)
		if report.Alarms > 0 {
			loud++
		}
		for _, c := range report.Cells {
			e := math.Exp(c.LogE)
			sum, square, n = sum+e, square+e*e, n+1
		}
	}
	mean := sum / n
	if t.Logf("mean e-value %.3f", mean); mean > 1+3*math.Sqrt(square/n/n) {
		t.Errorf("the mean e-value of honest cells is %.3f", mean)
	}
	t.Logf("%d of %d honest desks with an alarm", loud, desks)
	if loud > desks/20 {
		t.Errorf("%d of %d honest desks with an alarm", loud, desks)
	}
}

func TestAStrictModeratorIsNoFavour(t *testing.T) {
	history := desk(5, 6000, false)
	for i := range history {
		if history[i].Moderator == "m1" && i%3 > 0 {
			history[i].Action = favor.Remove
		}
	}
	if report := analyzed(t, history, favor.ModeratorSeller); report.Alarms != 0 {
		t.Errorf("%d alarms, the first %+v", report.Alarms, report.Cells[0])
	}
}

func TestDegenerateHistories(t *testing.T) {
	one := func(change func(i int, d *favor.Decision)) []favor.Decision {
		history := desk(6, 200, true)
		for i := range history {
			change(i, &history[i])
		}
		return history
	}
	for name, history := range map[string][]favor.Decision{
		"one decision":      desk(1, 1, true),
		"two decisions":     desk(1, 2, true),
		"one moderator":     one(func(_ int, d *favor.Decision) { d.Moderator = "m" }),
		"one seller":        one(func(_ int, d *favor.Decision) { d.Seller = "s" }),
		"one pair":          one(func(_ int, d *favor.Decision) { d.Moderator, d.Seller = "m", "s" }),
		"all removed":       one(func(_ int, d *favor.Decision) { d.Action, d.Approver, d.Outcome = favor.Remove, "a", favor.Removed }),
		"none removed":      one(func(_ int, d *favor.Decision) { d.Action = favor.Keep }),
		"one queue each":    one(func(i int, d *favor.Decision) { d.Queue = d.ID }),
		"a seller each":     one(func(i int, d *favor.Decision) { d.Seller = d.ID }),
		"a moderator each":  one(func(i int, d *favor.Decision) { d.Moderator = d.ID }),
		"extreme scores":    one(func(i int, d *favor.Decision) { d.Content.Score = math.Copysign(math.MaxFloat64, float64(i%2)-0.5) }),
		"equal scores":      one(func(i int, d *favor.Decision) { d.Content.Score = 1 }),
		"perfect separated": one(func(i int, d *favor.Decision) { d.Action = favor.Action(1 + i%2); d.Moderator = fmt.Sprint(i % 2) }),
	} {
		for _, by := range tables {
			report, err := favor.Analyze(favor.All(history), favor.Options{By: by})
			if err != nil {
				if by == favor.ModeratorSeller {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if report.Alarms != 0 {
				t.Errorf("%s by %s: %d alarms, the first %+v", name, by, report.Alarms, report.Cells[0])
			}
			for _, c := range report.Cells {
				if c.P < 0 || c.P > 1 || c.Q < 0 || c.Q > 1 || c.Score < 0 || c.EB05 > c.EB95 {
					t.Fatalf("%s by %s: %+v", name, by, c)
				}
			}
		}
	}
}

func TestAGiganticCell(t *testing.T) {
	history := desk(7, 2000, false)
	for i := range 60000 {
		d := favor.Decision{ID: fmt.Sprint("g", i), Moderator: "m0", Seller: "s0", Queue: "q0", Action: favor.Keep}
		if i%4 > 0 {
			d.Action = favor.Remove
		}
		history = append(history, d)
	}
	report := analyzed(t, history, favor.ModeratorSeller)
	if c := report.Cells[0]; c.Row != "m0" || c.Col != "s0" || !c.Alarm {
		t.Errorf("first is %+v", c)
	}
}

func TestAnalyzeRefuses(t *testing.T) {
	good := desk(1, 10, true)
	for name, change := range map[string]func(d *favor.Decision){
		"no moderator":     func(d *favor.Decision) { d.Moderator = "" },
		"no action":        func(d *favor.Decision) { d.Action = 0 },
		"a rating of 9":    func(d *favor.Decision) { d.Rating = 9 },
		"a score of NaN":   func(d *favor.Decision) { d.Content.Score = math.NaN() },
		"only positive":    nil,
		"nothing":          nil,
		"an unknown table": nil,
	} {
		history, o := slices.Clone(good), favor.Options{}
		switch {
		case change != nil:
			change(&history[3])
		case name == "only positive":
			for i := range history {
				history[i].Rating = 5
			}
		case name == "nothing":
			history = nil
		default:
			o.By = "seller-moderator"
		}
		if _, err := favor.Analyze(favor.All(history), o); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	for _, o := range []favor.Options{{FDR: 1}, {FDR: -0.1}, {FDR: math.NaN()}, {NegativeAtMost: 7}} {
		if _, err := favor.Analyze(favor.All(good), o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestLooks(t *testing.T) {
	history := desk(8, 3000, true)
	for i := range history {
		if i%10 == 0 {
			history[i].SecondLook = favor.Genuine
		}
	}
	ids, err := favor.Looks(favor.All(history), favor.Options{}, 500)
	if err != nil || len(ids) != 500 {
		t.Fatalf("%d looks, %v", len(ids), err)
	}
	cells := analyzed(t, history, favor.ModeratorSeller).Cells
	by := map[string]favor.Decision{}
	for _, d := range history {
		by[d.ID] = d
	}
	if d := by[ids[0]]; d.Moderator != cells[0].Row || d.Seller != cells[0].Col {
		t.Errorf("the first look is at %s with %s, the first cell %s with %s", d.Moderator, d.Seller, cells[0].Row, cells[0].Col)
	}
	actions := map[favor.Action]int{}
	for _, id := range ids {
		actions[by[id].Action]++
		if by[id].SecondLook != 0 {
			t.Errorf("%s has a second look", id)
		}
	}
	if actions[favor.Remove] == 0 || actions[favor.Keep] == 0 {
		t.Errorf("looks by action: %v", actions)
	}
	all, err := favor.Looks(favor.All(history), favor.Options{}, 100000)
	slices.Sort(all)
	if err != nil || len(slices.Compact(all)) != 2700 {
		t.Errorf("%d of 2700 decisions without a second look, %v", len(slices.Compact(all)), err)
	}
}
