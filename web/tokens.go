package web

import (
	"io/fs"
	"math"
	"regexp"
	"strconv"
)

// Tone is a colour of tokens.css: by its name, in light and in dark, as six hexadecimal digits.
type Tone struct{ Name, Light, Dark string }

// Contrast is a pair of colours that stand on each other, and their measured contrast. Least is what they need: 4.5 for
// text, 3 for the lines of fields and for signs (WCAG 2.2, 1.4.3 and 1.4.11, level AA).
type Contrast struct {
	On, Under   string
	Light, Dark float64
	Least       float64
	For         string
}

// OK says whether the pair has what it needs, in both.
func (c Contrast) OK() bool { return c.Light >= c.Least && c.Dark >= c.Least }

var tone = regexp.MustCompile(`--([a-z0-9-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);`)

// tones are the colours as the style sheet has them, in its order.
func tones() []Tone {
	css, err := fs.ReadFile(Static(), "tokens.css")
	if err != nil {
		panic(err) // it is embedded
	}
	var out []Tone
	for _, m := range tone.FindAllStringSubmatch(string(css), -1) {
		out = append(out, Tone{m[1], m[2], m[3]})
	}
	return out
}

// pairs say what is written on what. Every colour but --line, which only separates, is in one.
var pairs = []struct {
	on     string
	under  []string
	least  float64
	useFor string
}{
	{"ink", []string{"paper", "sheet", "well", "waiting-surface", "removed-surface", "kept-surface", "watch-surface", "danger-surface", "accent-surface"}, 4.5, "what is read"},
	{"ink-2", []string{"paper", "sheet", "well", "accent-surface", "watch-surface"}, 4.5, "what is read beside it"},
	{"accent", []string{"paper", "sheet", "well", "accent-surface", "watch-surface"}, 4.5, "what you can do"},
	{"accent-strong", []string{"paper", "sheet", "accent-surface"}, 4.5, "what you are about to do"},
	{"on-accent", []string{"accent", "accent-strong"}, 4.5, "the words of a button"},
	{"waiting", []string{"paper", "sheet", "waiting-surface"}, 4.5, "a seat is empty"},
	{"removed", []string{"paper", "sheet", "removed-surface"}, 4.5, "what customers don’t read any more"},
	{"kept", []string{"paper", "sheet", "kept-surface"}, 4.5, "kept and restored"},
	{"watch", []string{"paper", "sheet", "watch-surface"}, 4.5, "statistics speak"},
	{"danger", []string{"paper", "sheet", "danger-surface"}, 4.5, "what went wrong"},
	{"line-2", []string{"paper", "sheet"}, 3, "the lines of fields and signs"},
	{"star", []string{"paper", "sheet"}, 3, "stars, beside their number"},
	{"focus", []string{"paper", "sheet", "well"}, 3, "where the keyboard is"},
}

// contrasts measures every pair.
func contrasts() []Contrast {
	by := map[string]Tone{}
	for _, t := range tones() {
		by[t.Name] = t
	}
	var out []Contrast
	for _, p := range pairs {
		for _, under := range p.under {
			out = append(out, Contrast{
				On: p.on, Under: under, Least: p.least, For: p.useFor,
				Light: ratio(by[p.on].Light, by[under].Light), Dark: ratio(by[p.on].Dark, by[under].Dark),
			})
		}
	}
	return out
}

// ratio is the contrast of two colours (WCAG 2.2, "contrast ratio").
func ratio(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// luminance of a colour of six hexadecimal digits (WCAG 2.2, "relative luminance"); 0 for anything else.
func luminance(colour string) float64 {
	n, err := strconv.ParseUint(colour, 16, 32)
	if err != nil {
		return 0
	}
	part := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
