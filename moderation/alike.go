package moderation

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
)

// shingleLength is how many characters of a text are compared at a time.
const shingleLength = 4

var shingleSeed = maphash.MakeSeed()

// shingles are the hashes of all runs of shingleLength letters, digits and single spaces in a text, sorted, each once.
func shingles(text string) []uint64 {
	var kept []rune
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			kept = append(kept, r)
		case len(kept) > 0 && kept[len(kept)-1] != ' ':
			kept = append(kept, ' ')
		}
	}
	out := make([]uint64, 0, len(kept))
	for i := 0; i+shingleLength <= len(kept); i++ {
		out = append(out, maphash.String(shingleSeed, string(kept[i:i+shingleLength])))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// alike is how much of two texts is the same, in per cent: the shingles that they share, of all that either has
// (Broder: On the resemblance and containment of documents, 1997).
func alike(a, b []uint64) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	shared, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			shared, i, j = shared+1, i+1, j+1
		}
	}
	return 100 * shared / (len(a) + len(b) - shared)
}
