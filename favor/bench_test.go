package favor_test

import (
	"testing"

	"evenhand/favor"
)

// A history of 120,000 decisions: two worlds laid over each other.
func large(b *testing.B) []favor.Decision {
	b.Helper()
	all := decisions(b, "worlds/moderate_self_seed0")
	for _, d := range decisions(b, "worlds/moderate_self_seed1") {
		d.ID += "b"
		all = append(all, d)
	}
	return all
}

func BenchmarkAnalyze120k(b *testing.B) {
	history := large(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := favor.Analyze(favor.All(history), favor.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFitCAERS(b *testing.B) {
	points := caersPoints(b)
	for b.Loop() {
		if _, err := favor.Fit(points, favor.ComponentTruncated); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScoreCAERS(b *testing.B) {
	points := caersPoints(b)
	for b.Loop() {
		for _, p := range points {
			published.Score(p.N, p.Expected)
		}
	}
}
