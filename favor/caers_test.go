package favor_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"evenhand/favor"
)

var (
	published = favor.Theta{Alpha1: 3.25596685, Beta1: 0.39998994, Alpha2: 2.02376139, Beta2: 1.90614108, P: 0.06530755}
	better    = favor.Theta{Alpha1: 20.957764, Beta1: 1.657759, Alpha2: 1.738313, Beta2: 1.564258, P: 0.034938}
	start     = favor.Theta{Alpha1: 0.2, Beta1: 0.1, Alpha2: 2, Beta2: 4, P: 1.0 / 3}
)

// shared opens a file of the reference data, which isn't part of the project.
func shared(t testing.TB, path string) io.Reader {
	t.Helper()
	f, err := os.Open("../../shared/data/" + path)
	if err != nil {
		t.Skipf("reference data are not here: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// rows reads a gzipped CSV file without its header.
func rows(t testing.TB, path string) [][]string {
	t.Helper()
	z, err := gzip.NewReader(shared(t, path))
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func caersPoints(t testing.TB) []favor.Point {
	t.Helper()
	var points []favor.Point
	for _, r := range rows(t, "caers/caers_counts.csv.gz") {
		points = append(points, favor.Point{N: int(number(t, r[2])), Expected: number(t, r[3]), Weight: 1})
	}
	return points
}

func TestScoreReproducesCAERS(t *testing.T) {
	points := caersPoints(t)
	worst := 0.0
	for i, r := range rows(t, "caers/caers_expected.csv.gz") {
		got := published.Score(points[i].N, points[i].Expected)
		for k, have := range []float64{got.EBGM, got.EB05, got.EB95} {
			want := number(t, r[2+k])
			worst = max(worst, math.Abs(have-want)/want)
		}
	}
	t.Logf("largest relative difference %.2g over %d pairs", worst, len(points))
	if worst > 2e-6 {
		t.Errorf("largest relative difference %g", worst)
	}
}

func TestLikelihoodReproducesCAERS(t *testing.T) {
	points := caersPoints(t)
	for _, c := range []struct {
		name  string
		theta favor.Theta
		want  float64
	}{
		{"start", start, 4373.5194646854},
		{"published", published, 4162.45571038},
		{"better", better, 4162.18083727},
	} {
		if got := c.theta.NegLogLik(points, favor.ComponentTruncated); math.Abs(got-c.want) > 1e-7 {
			t.Errorf("%s: %.10f, want %.10f", c.name, got, c.want)
		}
	}
}

func TestFitFindsTheBetterOptimumOfCAERS(t *testing.T) {
	points := caersPoints(t)
	begin := time.Now()
	fit, err := favor.Fit(points, favor.ComponentTruncated)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v in %v", fit, time.Since(begin))
	if fit.NegLogLik > 4162.181 || !fit.Converged {
		t.Errorf("ended at %+v", fit)
	}
}
