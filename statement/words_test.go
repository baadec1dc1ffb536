package statement

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestLanguagesSayTheSame(t *testing.T) {
	want := slices.Sorted(maps.Keys(english))
	for _, l := range Languages {
		if got := slices.Sorted(maps.Keys(Words(l))); !slices.Equal(got, want) {
			t.Errorf("%s has the keys %v; want %v", l, got, want)
		}
		for key, text := range Words(l) {
			if strings.Count(text, "%") != strings.Count(english[key], "%") || strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is %q", l, key, text)
			}
		}
	}
}

func TestLanguage(t *testing.T) {
	for _, c := range []struct{ chosen, accepted, want string }{
		{"", "", "en"}, {"de", "en", "de"}, {"", "de-AT,de;q=0.9,en;q=0.8", "de"}, {"", "fr, en;q=0.3, de;q=0.7", "de"}, {"xx", "fr", "en"},
		{"", "de;q=0", "en"}, {"", strings.Repeat("x,", 1000) + "de", "en"}, {"", "DE", "de"}, {"<script>", ";;;q=", "en"},
	} {
		if got := Language(c.chosen, c.accepted, "en"); got != c.want {
			t.Errorf("Language(%q, %q) = %q; want %q", c.chosen, c.accepted, got, c.want)
		}
	}
}
