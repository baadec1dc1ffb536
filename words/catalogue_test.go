package words_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"evenhand/words"
)

// entry is a line of a catalogue.
type entry struct{ text, said string }

// catalogue reads one in the order of the file, with what stands twice.
func catalogue(t *testing.T, name string) []entry {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	var words []string
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		if s, ok := token.(string); ok {
			words = append(words, s)
		}
	}
	var out []entry
	for i := 0; i+1 < len(words); i += 2 {
		out = append(out, entry{words[i], words[i+1]})
	}
	if want := strings.Count(string(text), "\n") - 2; len(out) != want {
		t.Errorf("%s: %d entries on %d lines; each has a line of its own", name, len(out), want)
	}
	return out
}

// catalogues are the files of all languages but English.
func catalogues(t *testing.T) map[string][]entry {
	t.Helper()
	out := map[string][]entry{}
	for _, l := range words.Languages {
		if l != words.English {
			out[l.Code+".json"] = catalogue(t, l.Code+".json")
		}
	}
	return out
}

func TestCataloguesHaveEveryTextAndNoOther(t *testing.T) {
	t.Parallel()
	used := collect(t)
	for name, entries := range catalogues(t) {
		has := map[string]bool{}
		for _, e := range entries {
			has[e.text] = true
			if used[e.text] == "" {
				t.Errorf("words/%s has %q, which nothing says any more: take the line out", name, e.text)
			}
			if strings.TrimSpace(e.said) == "" {
				t.Errorf("words/%s says nothing for %q", name, e.text)
			}
		}
		var missing []string
		for text := range used {
			if !has[text] {
				line, err := json.Marshal(text)
				if err != nil {
					t.Fatal(err)
				}
				missing = append(missing, fmt.Sprintf("%s: …,   (said in %s)", line, used[text]))
			}
		}
		slices.Sort(missing)
		if len(missing) > 0 {
			t.Errorf("words/%s lacks %d texts. Add a line for each, in the order of the alphabet; a literal that no reader sees goes into notWords in words/lists_test.go:\n%s",
				name, len(missing), strings.Join(missing, "\n"))
		}
	}
}

func TestCataloguesAreSorted(t *testing.T) {
	t.Parallel()
	for name, entries := range catalogues(t) {
		for i := 1; i < len(entries); i++ {
			if entries[i-1].text >= entries[i].text {
				t.Errorf("words/%s: %q stands before %q", name, entries[i-1].text, entries[i].text)
			}
		}
	}
}

// A translation takes what its text takes: the same verbs for the same arguments, the same number of places in a
// module's text, and as many forms as the language has.
func TestTranslationsTakeTheSameArguments(t *testing.T) {
	t.Parallel()
	for name, entries := range catalogues(t) {
		for _, e := range entries {
			if a, b := verbs(e.text), verbs(e.said); !slices.Equal(a, b) {
				t.Errorf("words/%s: %q takes %v, and %q takes %v", name, e.text, a, e.said, b)
			}
			if a, b := strings.Count(e.text, "{}"), strings.Count(e.said, "{"); a != b {
				t.Errorf("words/%s: %q has %d places, and %q has %d", name, e.text, a, e.said, b)
			}
		}
	}
}

var verb = regexp.MustCompile(`%(\[(\d)\])?[.0-9]*([a-z])`)

// verbs lists what a format takes, by argument: "1s", "2d".
func verbs(format string) []string {
	var out []string
	for i, m := range verb.FindAllStringSubmatch(strings.ReplaceAll(format, "%%", ""), -1) {
		at := m[2]
		if at == "" {
			at = fmt.Sprint(i + 1)
		}
		out = append(out, at+m[3])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var (
	comment = regexp.MustCompile(`(?s)\{\{/\*.*?\*/\}\}`)
	action  = regexp.MustCompile("(?s)\\{\\{(?:[^\"`}]|\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`|\\}[^}])*\\}\\}")
	quoted  = regexp.MustCompile(`(?s)<(?:code|kbd|pre)\b[^>]*>.*?</(?:code|kbd|pre)>`)
	tag     = regexp.MustCompile(`(?s)<[^>]*>`)
	spoken  = regexp.MustCompile(`(?:aria-label|title|placeholder|alt|data-label)="([^"]*)"`)
	entity  = regexp.MustCompile(`&\w+;`)
	word    = regexp.MustCompile(`\p{L}+`)
)

// Whatever a template shows goes through t, so that it is said in the reader's language.
func TestTemplatesHaveNoWordsOfTheirOwn(t *testing.T) {
	t.Parallel()
	for name, text := range templates(t) {
		bare := action.ReplaceAllString(comment.ReplaceAllString(text, ""), "\x00")
		var said []string
		for _, m := range spoken.FindAllStringSubmatch(bare, -1) {
			said = append(said, m[1])
		}
		said = append(said, strings.FieldsFunc(tag.ReplaceAllString(quoted.ReplaceAllString(bare, "\n"), "\n"), func(r rune) bool { return r == '\n' || r == 0 })...)
		for _, s := range said {
			for _, w := range word.FindAllString(entity.ReplaceAllString(s, ""), -1) {
				if !standAsTheyAre[w] {
					t.Errorf(`%s shows %q in English to everybody: write {{t %q}}, and add it to the catalogues`, name, strings.TrimSpace(s), strings.TrimSpace(s))
					break
				}
			}
		}
	}
}

// Modules say texts through t, too.
func TestModulesHaveNoWordsOfTheirOwn(t *testing.T) {
	t.Parallel()
	said := regexp.MustCompile("(?:textContent = |say\\(|Error\\(|step\\([^\"`\\n]*, )[\"`]([^\"`]*)[\"`]")
	for name, text := range files(t, "web/static/*.js") {
		for _, m := range said.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], " ") {
				t.Errorf("%s says %q in English to everybody: give it to t, and add it to the catalogues", name, m[1])
			}
		}
	}
}
