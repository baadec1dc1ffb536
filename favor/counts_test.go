package favor_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"evenhand/favor"
)

func TestAnalyzeCountsAtATheta(t *testing.T) {
	counts := []favor.Count{{"a", "x", 9, 2}, {"b", "x", 1, 0.5}, {"a", "y", 0, 0.4}, {"b", "y", 1e9, 3}}
	theta := integrated[0].theta
	report, err := favor.AnalyzeCounts(favor.AllCounts(counts), favor.CountOptions{Theta: &theta})
	if err != nil {
		t.Fatal(err)
	}
	if report.Model != theta || report.Fitted || report.Compared != 4 || report.Cells[0].Observed != 1e9 {
		t.Errorf("%+v", report)
	}
	if c := report.Cells[1]; !near(c.EBGM, integrated[0].ebgm, 1e-8) || c.Exposure != 2 || c.Alarm != (c.Q <= 0.05) {
		t.Errorf("%+v", c)
	}
	rand.New(rand.NewPCG(2, 2)).Shuffle(len(counts), func(i, j int) { counts[i], counts[j] = counts[j], counts[i] })
	if again, _ := favor.AnalyzeCounts(favor.AllCounts(counts), favor.CountOptions{Theta: &theta}); !reflect.DeepEqual(again, report) {
		t.Errorf("in another order %+v", again)
	}
}

// In the ordinary component Gamma(3, 3) with weight 0.8, n of 2 expected is
// negative binomial with size 3 and success 3/5; P is 1 − F(8) given n ≥ 1,
// summed here term by term.
func TestAnalyzeCountsTakesPFromTheOrdinaryComponent(t *testing.T) {
	pmf := func(n float64) float64 { return (n + 2) * (n + 1) / 2 * math.Pow(0.6, 3) * math.Pow(0.4, n) }
	tail := 1.0
	for n := range 9 {
		tail -= pmf(float64(n))
	}
	want := tail / (1 - pmf(0))
	theta := integrated[0].theta
	report, err := favor.AnalyzeCounts(favor.AllCounts([]favor.Count{{"a", "x", 9, 2}}), favor.CountOptions{Theta: &theta})
	if err != nil || !near(report.Cells[0].P, want, 1e-9) || !near(report.Cells[0].Score, -math.Log10(want), 1e-9) {
		t.Errorf("%+v, %v, want %v", report.Cells, err, want)
	}
}

func TestDegenerateCounts(t *testing.T) {
	for name, counts := range map[string][]favor.Count{
		"one":      {{"a", "x", 1, 1}},
		"huge":     {{"a", "x", 1e12, 1e-100}, {"b", "x", 1, 1e15}, {"c", "x", 3, 2}},
		"all ones": {{"a", "x", 1, 1}, {"b", "x", 1, 1}, {"c", "x", 1, 1}},
	} {
		report, err := favor.AnalyzeCounts(favor.AllCounts(counts), favor.CountOptions{})
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		var out bytes.Buffer
		if err := report.Print(&out, favor.JSON); err != nil || !json.Valid(out.Bytes()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, counts := range map[string][]favor.Count{
		"nothing": nil, "only zeros": {{"a", "x", 0, 1}}, "no name": {{"", "x", 1, 1}}, "below zero": {{"a", "x", -1, 1}},
		"nothing expected": {{"a", "x", 1, 0}}, "not a number": {{"a", "x", 1, math.NaN()}},
	} {
		if report, err := favor.AnalyzeCounts(favor.AllCounts(counts), favor.CountOptions{}); err == nil {
			t.Errorf("%s: %+v", name, report)
		}
	}
}

func TestPrintKeepsNamesFromTheTerminal(t *testing.T) {
	theta := published
	counts := []favor.Count{{"\x1b[31mred", "x", 3, 1}}
	report, err := favor.AnalyzeCounts(favor.AllCounts(counts), favor.CountOptions{Theta: &theta})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := report.Print(&out, favor.Table); err != nil || strings.Contains(out.String(), "\x1b") {
		t.Errorf("%v: %q", err, out.String())
	}
	if err := report.Print(&out, "xml"); err == nil {
		t.Error("an unknown format was printed")
	}
}
