package favor_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"evenhand/favor"
)

// At an honest desk three moderators begin to remove over half of what they would have kept of five sellers' reviews, and one
// more moderator of six others'. Nobody had named these groups: both come out, with an alarm, and nothing else does.
func TestCirclesThatNobodyHadNamed(t *testing.T) {
	history := sized(1, 30, 60, 30000, 0.2)
	staff, sellers := []string{"m3", "m7", "m11"}, []string{"s2", "s5", "s9", "s12", "s20"}
	others := []string{"s3", "s6", "s10", "s13", "s21", "s25"}
	honest := analyzed(t, history, favor.ModeratorSeller)
	r := rand.New(rand.NewPCG(8, 8))
	for i := range history {
		d := &history[i]
		together := slices.Contains(staff, d.Moderator) && slices.Contains(sellers, d.Seller)
		alone := d.Moderator == "m20" && slices.Contains(others, d.Seller)
		if (together || alone) && r.Float64() < 0.6 {
			d.Action = favor.Remove
		}
	}
	var rows [][]string
	for _, c := range analyzed(t, history, favor.ModeratorSeller).Circles {
		if !c.Alarm {
			continue
		}
		t.Logf("%v with %v: %d of %v, expected %.1f, effect %v, log e %.1f", c.Rows, c.Cols, c.Observed, c.Exposure, c.Expected, c.Effect, c.LogE)
		rows = append(rows, c.Rows)
		wanted := sellers
		if slices.Contains(c.Rows, "m20") {
			wanted = others
		}
		in := 0
		for _, s := range c.Cols {
			if slices.Contains(wanted, s) {
				in++
			}
		}
		if in < 3 || len(c.Cols) > in+1 {
			t.Errorf("not those sellers: %+v", c)
		}
		if c.Observed <= int(c.Expected) || c.Exposure < float64(c.Observed) || c.Effect < 0.35 || c.Effect > 0.8 {
			t.Errorf("%+v", c)
		}
	}
	for _, want := range [][]string{staff, {"m20"}} {
		slices.Sort(want)
		if !slices.ContainsFunc(rows, func(r []string) bool { return slices.Equal(r, want) }) {
			t.Errorf("no circle of %v in %v", want, rows)
		}
	}
	for _, c := range honest.Circles {
		if c.Alarm {
			t.Errorf("at the honest desk: %+v", c)
		}
	}
}
