package favor_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"evenhand/favor"
)

// busiest are the n names with the most decisions.
func busiest(history []favor.Decision, of func(d *favor.Decision) string, n int) []string {
	counts := map[string]int{}
	for i := range history {
		counts[of(&history[i])]++
	}
	var names []string
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	return names[:n]
}

// At an honest desk three moderators begin to remove half of what they would have kept of five sellers' reviews, and one
// more moderator of six others'. Nobody had named these groups: both come out, with an alarm, and nothing else does.
func TestCirclesThatNobodyHadNamed(t *testing.T) {
	w := made(t, "classes", "null", false, 7)
	queue := busiest(w.Decisions, func(d *favor.Decision) string { return d.Queue }, 1)[0]
	history := slices.Clone(w.Bare())
	inQueue := slices.DeleteFunc(slices.Clone(history), func(d favor.Decision) bool { return d.Queue != queue })
	staff := busiest(inQueue, func(d *favor.Decision) string { return d.Moderator }, 4)
	sellers := busiest(inQueue, func(d *favor.Decision) string { return d.Seller }, 11)
	r := rand.New(rand.NewPCG(8, 8))
	for i := range history {
		d := &history[i]
		together := slices.Contains(staff[:3], d.Moderator) && slices.Contains(sellers[:5], d.Seller)
		alone := d.Moderator == staff[3] && slices.Contains(sellers[5:], d.Seller)
		if (together || alone) && r.Float64() < 0.7 {
			d.Action = favor.Remove
		}
	}
	together, alone := 0, 0
	for _, c := range analyzed(t, history, favor.ModeratorSeller).Circles {
		if !c.Alarm {
			continue
		}
		t.Logf("%+v", c)
		in := 0
		for _, s := range c.Cols {
			if slices.Contains(sellers, s) {
				in++
			}
		}
		switch {
		case in < len(c.Cols):
			t.Errorf("sellers who don't belong: %+v", c)
		case len(c.Rows) > 1:
			together++
		case c.Rows[0] == staff[3]:
			alone++
		}
		if c.Observed <= int(c.Expected) || c.Exposure < float64(c.Observed) || c.Effect < 0.3 {
			t.Errorf("%+v", c)
		}
	}
	if together == 0 || alone == 0 {
		t.Errorf("%d circles of several, %d of one", together, alone)
	}
}
