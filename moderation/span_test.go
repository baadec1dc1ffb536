package moderation

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenhand/models"
)

func TestFindSpans(t *testing.T) {
	t.Parallel()
	r := models.Review{Title: "Jo again", Body: "Ring Jo on 030, é and e\u0301 by\u202E Jo.\nThe second line has enough words to leave more than half of the text as it is."}
	for lines, want := range map[string][]Span{
		"030":                     {{fieldBody, 11, 14}},
		"Jo #1\nJo #3":            {{fieldTitle, 0, 2}, {fieldBody, 29, 31}},
		"  Ring \n\n by⟨U+202E⟩ ": {{fieldBody, 0, 4}, {fieldBody, 25, 28}},
		"and e":                   {{fieldBody, 18, 24}}, // with the accent that belongs to the e
	} {
		got, wrong := findSpans(r, lines)
		if d := cmp.Diff(want, got); d != "" || !wrong.Empty() {
			t.Errorf("%q: %s %s", lines, d, wrong)
		}
	}
	for lines, says := range map[string]string{
		"": "Mark the words", "Jo": "occurs 3 times", "Jo #4": "occurs only 3 times", "jo": "doesn't stand", "Ring Jo\nRing": "overlap",
		"The second line has enough words to leave more than half of the text": "More than half",
	} {
		if _, wrong := findSpans(r, lines); !strings.Contains(wrong.String(), says) {
			t.Errorf("%q: %q; want %q", lines, wrong, says)
		}
	}
	for _, bad := range [][]Span{{{"author", 0, 1}}, {{fieldBody, -1, 2}}, {{fieldBody, 3, 3}}, {{fieldBody, 0, 9999}}, {{fieldBody, 0, 23}}, {{fieldBody, 23, 25}}} {
		if badSpans(r, bad).Empty() {
			t.Errorf("%v is taken", bad)
		}
	}
}
