package web

import (
	"html/template"
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"time"

	"evenhand/words"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"plain <b> & more\nline": "plain &lt;b&gt; &amp; more\nline",
		"a\u202Eb":               `a<span class="ctl" role="img" aria-label="right-to-left override, U+202E" title="U+202E, right-to-left override">⟨U+202E⟩</span>b`,
		"a\u200Bb\u00ADc":        `a<span class="ctl" role="img" aria-label="zero-width space, U+200B" title="U+200B, zero-width space">⟨U+200B⟩</span>b<span class="ctl" role="img" aria-label="soft hyphen, U+00AD" title="U+00AD, soft hyphen">⟨U+00AD⟩</span>c`,
		"👩\u200D🔧 ❤\uFE0F":       "👩\u200D🔧 ❤\uFE0F",
		"می\u200Cخواهم":          "می\u200Cخواهم",
		"pay\u200Cpal":           `pay<span class="ctl" role="img" aria-label="zero-width non-joiner, U+200C" title="U+200C, zero-width non-joiner">⟨U+200C⟩</span>pal`,
		"e\u0301 n\u0303":        "e\u0301 n\u0303",
		"\xff":                   "\uFFFD",
		"a\uFE0Fb":               `a<span class="ctl" role="img" aria-label="variation selector, U+FE0F" title="U+FE0F, variation selector">⟨U+FE0F⟩</span>b`,
		"p\u0430y да":            `p<span class="alike" role="img" aria-label="Cyrillic letter а, U+0430" title="Cyrillic, U+0430">а</span>y да`,
		"a\r\nb":                 "a\nb",
		"\x00":                   `<span class="ctl" role="img" aria-label="control character, U+0000" title="U+0000, control character">⟨U+0000⟩</span>`,
		"x\U000E0041":            `x<span class="ctl" role="img" aria-label="tag character, U+E0041" title="U+E0041, tag character">⟨U+E0041⟩</span>`,
		"Z" + strings.Repeat("\u0301", 9): "Z" + strings.Repeat("\u0301", 4) +
			`<span class="ctl" role="img" aria-label="5 combining marks" title="U+0301 and others">⟨+5 marks⟩</span>`,
	}
	for in, want := range tests {
		if got := string(visible(words.English, in)); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}

// What changes the order of a text, or hides in it, is always shown.
func TestVisibleShowsEveryTrick(t *testing.T) {
	t.Parallel()
	var tricks []rune
	for _, r := range [][2]rune{{0x202A, 0x202E}, {0x2066, 0x2069}, {0x200B, 0x200F}, {0xFEFF, 0xFEFF}, {0x2060, 0x2064}, {0xAD, 0xAD}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F}, {0xFE00, 0xFE0F}, {0xE0100, 0xE01EF}} {
		for c := r[0]; c <= r[1]; c++ {
			tricks = append(tricks, c)
		}
	}
	for _, r := range tricks {
		if got := string(visible(words.English, "a"+string(r)+"b")); strings.ContainsRune(got, r) || !strings.Contains(got, `role="img" aria-label="`) {
			t.Errorf("%U is shown as %q", r, got)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add(hostile)
	f.Add("\u200D\u0301\u200D")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range plain(s) {
			if unseen(r) && r != 0x200C && r != 0x200D {
				t.Fatalf("plain(%q) still holds %U", s, r)
			}
		}
		if got := string(visible(words.English, s)); strings.Count(got, "<") != 2*strings.Count(got, `class="ctl"`) {
			t.Fatalf("visible(%q) = %q", s, got)
		}
	})
}

func TestRelative(t *testing.T) {
	t.Parallel()
	tests := map[time.Duration]string{
		0: "just now", -time.Second: "in a moment", 50 * time.Second: "1 minute ago", 59 * time.Minute: "59 minutes ago",
		time.Hour: "1 hour ago", 26 * time.Hour: "26 hours ago", 3 * fullDay: "3 days ago", -3 * time.Hour: "in 3 hours",
		-12 * time.Minute: "in 12 minutes", 100 * fullDay: "4 December 2025",
	}
	for d, want := range tests {
		if got := relative(words.English, ago(d), sampleNow); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	got := []string{words.English.Count(0), words.English.Count(1321), words.English.Count(-1234567), words.English.Plural(1, "day", "days"), words.English.Plural(2000, "day", "days"), percent(words.English, 0.213), percent(words.English, 0.013),
		words.English.Fixed(1, -2.25), words.English.Fixed(2, math.NaN()), prob(words.English, 0.02), prob(words.English, 3.1e-9), prob(words.English, 0), times(words.English, 1), times(words.English, 2), times(words.English, 3)}
	want := []string{"0", "1,321", "−1,234,567", "1 day", "2,000 days", "21 %", "1.3 %", "−2.2", "–", "0.020", "3.1·10⁻⁹", "<10⁻¹²", "once", "twice", "3 times"}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%d: %q, want %q", i, got[i], want[i])
		}
	}
}

func TestSplitID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "S-1", sampleID, hash, "DE-7743155"} {
		p := splitID(id)
		if p.Before+p.Shown+p.Behind != id {
			t.Errorf("%q became %q, %q and %q", id, p.Before, p.Shown, p.Behind)
		}
	}
	if id, h := splitID(sampleID), splitID(hash); id.Shown != sampleID[len(sampleID)-8:] || h.Shown != hash[:8] {
		t.Errorf("of an id %q is shown, of a hash %q; want the end and the beginning", id.Shown, h.Shown)
	}
}

func TestSeatWords(t *testing.T) {
	t.Parallel()
	tests := map[string]Seat{
		"Anna Moor approved.":               {State: SeatApproved, Who: anna},
		"You asked, 14 Mar 2026 15:09 UTC.": {State: SeatAsked, Who: me, At: sampleNow},
		"An approver is still needed, but it can’t be you. You asked for this.": {State: SeatBarred, Why: "You asked for this."},
		"Someone asked.": {State: SeatAsked},
	}
	for want, seat := range tests {
		if got := seat.Words(words.English); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := (Person{Name: "Chiara de Luca"}).Initials() + (Person{Name: "Øystein"}).Initials() + (Person{}).Initials(); got != "CLØ·" {
		t.Errorf("initials %q", got)
	}
}

func TestStaticFiles(t *testing.T) {
	t.Parallel()
	h := StaticHandler()
	get := func(target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		return w
	}
	files, err := fs.Glob(Static(), "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		target, err := asset(name)
		if err != nil {
			t.Fatal(err)
		}
		w := get(target)
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", target, w.Code, w.Header())
		}
		if ct := w.Header().Get("Content-Type"); path.Ext(name) == ".js" && !strings.HasPrefix(ct, "text/javascript") {
			t.Errorf("%s: %s", name, ct)
		}
	}
	if w := get("/static/000000000000/app.js"); w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("another version: %d %v", w.Code, w.Header())
	}
	for _, target := range []string{"/static/", "/static/app.js", "/static/x/", "/static/x/nothing.js", "/static/x/../assets.go"} {
		if w := get(target); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	if _, err := asset("nothing.css"); err == nil {
		t.Error("an asset that doesn't exist has an address")
	}
}

func TestNamesAndCodesAsMarkup(t *testing.T) {
	t.Parallel()
	list := []Person{{Me: true}, {Name: "A <b>"}, {Hidden: true}}
	for got, want := range map[template.HTML]template.HTML{
		people(words.English, list):                              `you and <bdi>A &lt;b&gt;</bdi> and <span class="quiet">someone else</span>`,
		people(words.German, list[:2]):                           `Sie und <bdi>A &lt;b&gt;</bdi>`,
		people(words.German, nil):                                ``,
		codes(words.English, []string{"seller", "<b>"}):          `<code>seller</code>, <code>&lt;b&gt;</code>`,
		codes(words.German, []string{"seller", "import", "<b>"}): `<code>seller</code> (Händler), <code>import</code> (Import), <code>&lt;b&gt;</code>`,
		tag("<b>"): `<span class="tag">&lt;b&gt;</span>`,
	} {
		if got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
}
