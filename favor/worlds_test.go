package favor_test

import (
	"cmp"
	"os"
	"slices"
	"testing"

	"evenhand/favor"
)

// material is the number of corrupt removals from which a favoured pair counts.
const material = 5

// planted are the favoured pairs of a world with their corrupt removals.
func planted(t testing.TB, world string) map[[2]string]int {
	t.Helper()
	pairs := map[[2]string]int{}
	for _, r := range rows(t, world+"/truth.csv.gz") {
		pairs[[2]string{r[0], r[1]}] = int(number(t, r[2]))
	}
	return pairs
}

func decisions(t testing.TB, world string) []favor.Decision {
	t.Helper()
	all, err := readAll(shared(t, world+"/decisions.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// bare are the decisions with the required columns alone.
func bare(history []favor.Decision) []favor.Decision {
	out := make([]favor.Decision, len(history))
	for i, d := range history {
		out[i] = favor.Decision{ID: d.ID, At: d.At, Moderator: d.Moderator, Seller: d.Seller, Queue: d.Queue, Action: d.Action}
	}
	return out
}

// averagePrecision of the ranking over material pairs; the planted ones below
// are neither right nor wrong.
func averagePrecision(cells []favor.Cell, pairs map[[2]string]int) float64 {
	total, hits, seen, sum := 0, 0, 0, 0.0
	for _, n := range pairs {
		if n >= material {
			total++
		}
	}
	for _, c := range cells {
		n, favoured := pairs[[2]string{c.Row, c.Col}]
		if favoured && n < material {
			continue
		}
		seen++
		if favoured {
			hits++
			sum += float64(hits) / float64(seen)
		}
	}
	return sum / float64(max(1, total))
}

// named are the names of a scenario's worlds; one of each kind, two with
// EVENHAND_SOAK=1.
func named(scenario, assignment string) []string {
	name := "worlds/" + scenario + "_" + assignment + "_seed"
	if raceDetector || os.Getenv("EVENHAND_SOAK") == "" {
		return []string{name + "0"}
	}
	return []string{name + "0", name + "1"}
}

func TestWorldsWithoutFavouritismRaiseNoAlarm(t *testing.T) {
	for _, world := range append(named("null", "random"), named("null", "self")...) {
		t.Run(world, func(t *testing.T) {
			t.Parallel()
			history := decisions(t, world)
			quiet(t, bare(history), favor.ModeratorSeller)
			for _, by := range tables {
				quiet(t, history, by)
			}
		})
	}
}

func quiet(t *testing.T, history []favor.Decision, by favor.By) {
	t.Helper()
	report := analyzed(t, history, by)
	least := slices.MinFunc(report.Cells, func(a, b favor.Cell) int { return cmp.Compare(a.Q, b.Q) })
	t.Logf("%s: %d cells, spread %.3f, least q %.3f", by, report.Compared, report.Spread, least.Q)
	if report.Alarms != 0 {
		t.Errorf("%s: %d alarms, one is %+v", by, report.Alarms, least)
	}
}

// The bar is far below what was measured: it is there to notice a broken
// ranking, not to be tuned to.
func TestWorldsWithFavouritismAreRanked(t *testing.T) {
	for _, scenario := range []string{"easy", "moderate"} {
		for _, assignment := range []string{"random", "self"} {
			t.Run(scenario+" "+assignment, func(t *testing.T) {
				t.Parallel()
				sum, names := 0.0, named(scenario, assignment)
				for _, world := range names {
					history, pairs := decisions(t, world), planted(t, world)
					all := analyzed(t, history, favor.ModeratorSeller)
					alone := analyzed(t, bare(history), favor.ModeratorSeller)
					right, wrong := alarms(all.Cells, pairs)
					t.Logf("%s: average precision %.3f, required columns alone %.3f; alarms %d right, %d wrong", world,
						averagePrecision(all.Cells, pairs), averagePrecision(alone.Cells, pairs), right, wrong)
					sum += averagePrecision(all.Cells, pairs)
					if wrong > 0 {
						t.Errorf("%s: %d false alarms", world, wrong)
					}
				}
				if mean := sum / float64(len(names)); mean < 0.4 {
					t.Errorf("mean average precision %.3f", mean)
				}
			})
		}
	}
}

// Where moderators steer requests to an approver who is in it, the approver and
// the seller come first.
func TestColludingApproversAreRanked(t *testing.T) {
	for _, world := range named("moderate", "self") {
		t.Run(world, func(t *testing.T) {
			t.Parallel()
			pairs := map[[2]string]int{}
			for _, r := range rows(t, world+"/truth.csv.gz") {
				if r[5] != "" {
					pairs[[2]string{r[5], r[1]}] += int(number(t, r[2]))
				}
			}
			report := analyzed(t, decisions(t, world), favor.ApproverSeller)
			precision := averagePrecision(report.Cells, pairs)
			t.Logf("average precision %.3f over %d pairs", precision, len(pairs))
			if precision < 0.4 {
				t.Errorf("average precision %.3f", precision)
			}
		})
	}
}

func alarms(cells []favor.Cell, pairs map[[2]string]int) (right, wrong int) {
	for _, c := range cells {
		_, favoured := pairs[[2]string{c.Row, c.Col}]
		switch {
		case c.Alarm && favoured:
			right++
		case c.Alarm:
			wrong++
		}
	}
	return right, wrong
}
