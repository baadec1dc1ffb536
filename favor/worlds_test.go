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

// soaked skips what takes long, unless it was asked for.
func soaked(t *testing.T) {
	t.Helper()
	if os.Getenv("EVENHAND_SOAK") == "" {
		t.Skip("takes long: set EVENHAND_SOAK=1")
	}
}

// whole skips, under the race detector, what takes minutes there and nothing else runs beside.
func whole(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("a whole world is analyzed without the race detector")
	}
}

func TestAWorldWithoutFavouritismRaisesNoAlarm(t *testing.T) {
	whole(t)
	isQuiet(t, "worlds/null_self_seed0")
}

func TestSoakWorldsWithoutFavouritismRaiseNoAlarm(t *testing.T) {
	soaked(t)
	for _, world := range []string{"null_random_seed0", "null_random_seed1", "null_self_seed0", "null_self_seed1"} {
		isQuiet(t, "worlds/"+world)
	}
}

// isQuiet looks for alarms of every table, and with the required columns alone.
func isQuiet(t *testing.T, world string) {
	history := decisions(t, world)
	quiet(t, bare(history), favor.ModeratorSeller)
	for _, by := range tables {
		quiet(t, history, by)
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
	for _, c := range report.Circles {
		if c.Alarm {
			t.Errorf("%s: the alarm of a circle: %+v", by, c)
		}
	}
}

func TestAWorldWithFavouritismIsRanked(t *testing.T) {
	whole(t)
	isRanked(t, []string{"worlds/moderate_random_seed0"})
}

func TestSoakWorldsWithFavouritismAreRanked(t *testing.T) {
	soaked(t)
	for _, kind := range []string{"easy_random", "easy_self", "moderate_random", "moderate_self"} {
		isRanked(t, []string{"worlds/" + kind + "_seed0", "worlds/" + kind + "_seed1"})
	}
}

// isRanked: the bar is far below what was measured. It is there to notice a broken ranking, not to be tuned to.
func isRanked(t *testing.T, names []string) {
	sum := 0.0
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
	if mean := sum / float64(len(names)); mean < 0.5 {
		t.Errorf("mean average precision %.3f", mean)
	}
}

// Where moderators steer requests to an approver who is in it, approver and seller, approver and moderator, and all three
// come first.
func TestColludingApproversAreRanked(t *testing.T) {
	whole(t)
	const world = "worlds/moderate_self_seed0"
	sellers, staff := map[[2]string]int{}, map[[2]string]int{}
	for _, r := range rows(t, world+"/truth.csv.gz") {
		if r[5] != "" {
			sellers[[2]string{r[5], r[1]}] += int(number(t, r[2]))
			staff[[2]string{r[0], r[5]}] += int(number(t, r[2]))
		}
	}
	history := decisions(t, world)
	for by, pairs := range map[favor.By]map[[2]string]int{favor.ApproverSeller: sellers, favor.ModeratorApprover: staff} {
		precision := averagePrecision(analyzed(t, history, by).Cells, pairs)
		t.Logf("%s: average precision %.3f over %d pairs", by, precision, len(pairs))
		if precision < 0.8 {
			t.Errorf("%s: average precision %.3f", by, precision)
		}
	}
	triads, err := favor.Triads(favor.All(history), favor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if first := triads[0]; staff[[2]string{first.Moderator, first.Approver}] == 0 || sellers[[2]string{first.Approver, first.Seller}] == 0 {
		t.Errorf("first is %+v", first)
	}
	for _, x := range triads {
		if x.Upheld > x.Got || x.Got > x.Requests || x.Usual < 0 || x.Usual > 1 {
			t.Fatalf("%+v", x)
		}
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
