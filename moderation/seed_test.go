package moderation

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"testing"
)

// Over many seeds, each of the pool is drawn equally often: chi-square with size−1 degrees of freedom stays below five
// standard deviations above its mean, for the first draw, a later one, and one that is drawn again.
func TestPickIsUniform(t *testing.T) {
	t.Parallel()
	for _, size := range []int{2, 3, 7, 25} {
		for _, at := range []struct{ n, attempt int }{{0, 0}, {5, 0}, {0, 3}} {
			t.Run(fmt.Sprintf("of %d, draw %d, attempt %d", size, at.n, at.attempt), func(t *testing.T) {
				const draws = 20000
				counts := make([]float64, size)
				for i := range draws {
					seed := sha256.Sum256(fmt.Append(nil, "seed", i))
					k, err := Pick(seed[:], "somebody", at.n, at.attempt, size)
					if err != nil || k < 0 || k >= size {
						t.Fatalf("Pick: %d, %v", k, err)
					}
					counts[k]++
				}
				expected, chi := float64(draws)/float64(size), 0.0
				for _, c := range counts {
					chi += (c - expected) * (c - expected) / expected
				}
				free := float64(size - 1)
				if limit := free + 5*math.Sqrt(2*free) + 10; chi > limit {
					t.Errorf("chi-square %.1f over %.0f degrees of freedom; want at most %.1f", chi, free, limit)
				}
			})
		}
	}
}

// What an outsider has to compute, spelled out: a wrong formula here would make every published seed useless.
func TestPickIsWhatTheDocumentsSay(t *testing.T) {
	t.Parallel()
	// python3: int(hmac.new(bytes(32), b'{"attempt":1,"for":"a","n":2}', "sha256").hexdigest(), 16) % 25
	got, err := Pick(make([]byte, 32), "a", 2, 1, 25)
	if err != nil || got != 24 {
		t.Errorf("Pick: %d, %v; want 24", got, err)
	}
	for range 3 {
		if again, _ := Pick(make([]byte, 32), "a", 2, 1, 25); again != got {
			t.Error("the same draw gives something else")
		}
	}
}

func TestSeedsDiffer(t *testing.T) {
	t.Parallel()
	key := []byte("a key of thirty-two bytes at least")
	seen := map[string]bool{}
	for _, market := range []string{"a", "b"} {
		for _, period := range []string{"2026-01-01", "2026-01-02"} {
			seed, err := seedOf(key, market, period)
			if err != nil || seen[string(seed)] || bytes.Equal(seed, commitmentTo(seed)) {
				t.Errorf("seed of %s, %s: %v", market, period, err)
			}
			seen[string(seed)] = true
		}
	}
}
