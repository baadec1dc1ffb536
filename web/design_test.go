package web

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"text/template/parse"

	"evenhand/words"
)

// Every part of templates/parts is on the page of what pages are made of: each is made to say its name there.
func TestDesignShowsEveryPart(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	page := r.pages[words.English.Code]["design"]
	defined := regexp.MustCompile(`{{define "([^"]+)"}}`)
	var parts []string
	files, err := fs.Glob(templateFiles, "templates/parts/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := fs.ReadFile(templateFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range defined.FindAllStringSubmatch(string(text), -1) {
			parts = append(parts, m[1])
			root := page.Lookup(m[1]).Tree.Root
			root.Nodes = append([]parse.Node{&parse.TextNode{NodeType: parse.NodeText, Text: []byte("⟦" + m[1] + "⟧")}}, root.Nodes...)
		}
	}
	if len(parts) < 30 {
		t.Fatalf("only %d parts were found", len(parts))
	}
	text := renderString(t, r, NewDesign(sampleNow))
	for _, part := range parts {
		if !strings.Contains(text, "⟦"+part+"⟧") {
			t.Errorf("the part %q isn't on the design page: show it in templates/pages/design.html, in each of its states", part)
		}
	}
	for name := range states {
		word, _, _ := strings.Cut(states[name].Word, "##")
		if !strings.Contains(text, ">"+word+"</span>") {
			t.Errorf("the state %q isn't on the design page", name)
		}
	}
}

// Whatever is written on whatever surface can be read, in light and in dark (WCAG 2.2, AA).
func TestContrasts(t *testing.T) {
	t.Parallel()
	used := map[string]bool{"line": true} // only separates
	for _, c := range contrasts() {
		used[c.On], used[c.Under] = true, true
		if !c.OK() {
			t.Errorf("%s on %s: %.2f in light and %.2f in dark, %.1f needed for %s", c.On, c.Under, c.Light, c.Dark, c.Least, c.For)
		}
	}
	all := tones()
	if len(all) < 20 {
		t.Fatalf("only %d colours were found in tokens.css", len(all))
	}
	for _, tone := range all {
		if !used[tone.Name] {
			t.Errorf("nothing says what --%s stands on, or what stands on it", tone.Name)
		}
	}
	if got := ratio("000000", "ffffff"); got < 20.99 || got > 21.01 {
		t.Errorf("black on white is %v", got)
	}
}
