package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// axe is the accessibility checker's source.
var axe = sync.OnceValues(func() (string, error) {
	b, err := os.ReadFile(filepath.Join("node_modules", "axe-core", "axe.min.js"))
	return string(b), err
})

var widths = []int64{360, 768, 1280, 1920}

// Every page in its main states keeps within the window, at every width, and has no fault that axe finds.
func TestEveryPageIsAccessibleAndFits(t *testing.T) {
	t.Parallel()
	if _, err := axe(); err != nil {
		missing(t, "no axe-core: %v (npm install in e2e)", err)
	}
	walkAll(t, func(t *testing.T, role string) look { return (*tab).audit })
}

func TestEmptyPagesAndHostileTextsAreAccessibleAndFit(t *testing.T) {
	t.Parallel()
	if _, err := axe(); err != nil {
		missing(t, "no axe-core: %v (npm install in e2e)", err)
	}
	bare(t, (*tab).audit)
}

func (b *tab) audit(name string) {
	b.t.Helper()
	source, err := axe()
	if err != nil {
		b.t.Fatal(err)
	}
	b.eval(source+";0", nil)
	for _, width := range widths {
		b.size(width, 900)
		b.fits(name, width)
		for _, scheme := range looked(width) {
			b.media(scheme)
			b.accessible(fmt.Sprintf("%s at %d px, %s", name, width, scheme), "undefined")
		}
	}
	b.media("light")
	b.size(1280, 900)
}

// looked are the schemes in which axe looks at a page of a width: narrow and wide, light and dark, each once; each width in
// both with EVENHAND_SOAK=1.
func looked(width int64) []string {
	schemes, known := map[int64][]string{360: {"light", "dark"}, 1280: {"dark", "light"}}[width]
	if known && os.Getenv("EVENHAND_SOAK") == "" {
		schemes = schemes[:1]
	}
	return schemes
}

// fits fails the test when the page scrolls sideways, or cuts something off.
func (b *tab) fits(name string, width int64) {
	b.t.Helper()
	var wide []string
	b.eval(`(() => {
		const page = document.scrollingElement, most = page.clientWidth;
		if (page.scrollWidth <= most) return [];
		const scrolls = (e) => e && (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement)), body = document.body;
		const out = [...body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > most + 1 && !(e.parentElement !== body && scrolls(e.parentElement)));
		return ["page " + page.scrollWidth, ...out.slice(0, 5).map((e) => e.outerHTML.slice(0, 120))];
	})()`, &wide)
	if len(wide) > 0 {
		b.t.Errorf("%s scrolls sideways at %d px: %q", name, width, wide)
	}
}

// accessible runs axe, with all its rules where only is undefined.
func (b *tab) accessible(name, only string) {
	b.t.Helper()
	var found []struct {
		ID, Help string
		Nodes    []string
	}
	b.eval(`axe.run(document, { resultTypes: ["violations"], runOnly: `+only+` }).then((r) => r.violations.map((v) => ({
		ID: v.id, Help: v.help, Nodes: v.nodes.slice(0, 4).map((n) => n.target.join(" ") + " " + n.html.slice(0, 160) + " " + (n.any[0]?.message ?? "")),
	})))`, &found)
	for _, f := range found {
		b.t.Errorf("%s: %s (%s): %q", name, f.ID, f.Help, f.Nodes)
	}
}
