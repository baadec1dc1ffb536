package favor_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"evenhand/favor"
)

// desk draws an honest history: moderators of different strictness, sellers
// under different attack, two queues, half of the work with all columns.
func desk(seed uint64, n int, full bool) []favor.Decision {
	r := rand.New(rand.NewPCG(seed, 1))
	all := make([]favor.Decision, n)
	for i := range all {
		m, s := r.IntN(8), r.IntN(25)
		d := favor.Decision{
			ID: fmt.Sprint("d", i), At: time.Unix(int64(i), 0).UTC(), Action: favor.Keep,
			Moderator: fmt.Sprint("m", m), Seller: fmt.Sprint("s", s), Queue: fmt.Sprint("q", (s+r.IntN(2))%3),
		}
		content := r.NormFloat64()
		logit := -1 + 0.2*float64(m%4) + 0.3*float64(s%5-2) + content
		if r.Float64() < 1/(1+math.Exp(-logit)) {
			d.Action = favor.Remove
		}
		if full {
			d.Content = favor.Content{Score: content, Known: true}
			d.Rating, d.SellerGroup, d.Marketplace = float64(1+r.IntN(2)), []string{"", "g1", "g2"}[s%3], "k"
			d.Outcome = favor.Kept
			if d.Action == favor.Remove {
				d.Approver = fmt.Sprint("a", r.IntN(3))
				if r.Float64() < 0.9 {
					d.Outcome = favor.Removed
				}
			}
		}
		all[i] = d
	}
	return all
}

var tables = []favor.By{favor.ModeratorSeller, favor.ApproverSeller, favor.ModeratorApprover, favor.ModeratorGroup}

func analyzed(t testing.TB, history []favor.Decision, by favor.By) *favor.Report {
	t.Helper()
	report, err := favor.Analyze(favor.All(history), favor.Options{By: by})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// sized draws an honest history of any size, down to tables of one cell.
// Moderators differ by 0.5 logits, sellers by 0.8, pairs by lean.
func sized(seed uint64, moderators, sellers, n int, lean float64) []favor.Decision {
	r := rand.New(rand.NewPCG(seed, 77))
	normal := func(n int, sd float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = sd * r.NormFloat64()
		}
		return v
	}
	u, w, c := normal(moderators, 0.5), normal(sellers, 0.8), normal(moderators*sellers, lean)
	history := make([]favor.Decision, n)
	for i := range history {
		m, s := r.IntN(moderators), min(r.IntN(sellers), r.IntN(sellers))
		d := favor.Decision{ID: fmt.Sprint(i), Moderator: fmt.Sprint("m", m), Seller: fmt.Sprint("s", s), Queue: fmt.Sprint("q", m%3), Action: favor.Keep}
		if r.Float64() < 1/(1+math.Exp(1-u[m]-w[s]-c[m*sellers+s])) {
			d.Action = favor.Remove
		}
		if seed%3 == 0 {
			d.Content = favor.Content{Score: r.NormFloat64(), Known: true}
		}
		history[i] = d
	}
	return history
}
