package web

import (
	"fmt"
	"html/template"
	"strings"
	"unicode"

	"evenhand/words"
)

// maxCombining is how many combining marks may follow one letter before the
// rest are shown as a count: no script needs more, stacked "zalgo" text does.
const maxCombining = 4

// visible escapes a customer's or seller's text and shows every character
// that would otherwise work unseen: direction overrides, zero-width and
// other invisible characters, controls. Line breaks stay line breaks.
func visible(l *words.Language, s string) template.HTML {
	var b strings.Builder
	scan(s, func(text string) {
		alike(l, &b, text)
	}, func(r rune, n int) {
		code := codePoint(r)
		if n > 1 {
			fmt.Fprintf(&b, `<span class="ctl" role="img" aria-label="%s" title="%s">⟨+%d %s⟩</span>`, l.Plural(n, "combining mark", "combining marks"), l.Say("%s and others", code), n, l.Fit(n, "mark", "marks"))
			return
		}
		fmt.Fprintf(&b, `<span class="ctl" role="img" aria-label="%s, %s" title="%s, %s">⟨%s⟩</span>`, l.Say(unseenName(r)), code, code, l.Say(unseenName(r)), code)
	})
	return template.HTML(b.String()) //nolint:gosec // every part is escaped or our own
}

// plain is visible for places that take no markup, such as titles.
func plain(s string) string {
	var b strings.Builder
	scan(s, func(text string) { b.WriteString(text) }, func(r rune, n int) {
		if n > 1 {
			fmt.Fprintf(&b, "⟨+%d marks⟩", n)
			return
		}
		b.WriteString("⟨" + codePoint(r) + "⟩")
	})
	return b.String()
}

// scan walks s: plain stretches go to text, unseen characters to mark. A run
// of n superfluous combining marks is one call with n above one.
func scan(s string, text func(string), mark func(r rune, n int)) {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	rs := []rune(s)
	start := 0
	flush := func(i int) {
		if i > start {
			text(string(rs[start:i]))
		}
	}
	for i := 0; i < len(rs); i++ {
		n := 0
		switch {
		case selects(rs, i):
			continue
		case unseen(rs[i]) && !joins(rs, i):
			n = 1
		case unicode.Is(unicode.Mn, rs[i]):
			if n = combining(rs[i:]); n <= maxCombining {
				i += n - 1
				continue
			}
			i += maxCombining
			n -= maxCombining
		}
		if n == 0 {
			continue
		}
		flush(i)
		mark(rs[i], n)
		i += n - 1
		start = i + 1
	}
	flush(len(rs))
}

func codePoint(r rune) string { return fmt.Sprintf("U+%04X", r) }

// combining counts the combining marks that rs begins with.
func combining(rs []rune) int {
	for i, r := range rs {
		if !unicode.Is(unicode.Mn, r) || unseen(r) {
			return i
		}
	}
	return len(rs)
}

// unseen reports characters that take no ink or change what others do.
func unseen(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return true
	case unicode.Is(unicode.Variation_Selector, r):
		return true
	}
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2028, 0x2029, 0x2800, 0x3164, 0xFFA0:
		return true
	}
	return false
}

// selects reports a variation selector at i that does its proper work: behind an emoji, a keycap, or a letter of a
// script that has variants.
func selects(rs []rune, i int) bool {
	if rs[i] < 0xFE00 || rs[i] > 0xFE0F || i == 0 {
		return false
	}
	before := rs[i-1]
	return unicode.In(before, unicode.So, unicode.Sm, unicode.Po, unicode.Nd, unicode.Han, unicode.Mongolian) || before == 0x203C || before == 0x3030
}

// unseenNames say what the usual tricks are, to who hears the page.
var unseenNames = map[rune]string{
	0x00AD: "soft hyphen", 0x200B: "zero-width space", 0x200C: "zero-width non-joiner", 0x200D: "zero-width joiner",
	0x200E: "left-to-right mark", 0x200F: "right-to-left mark", 0x202A: "left-to-right embedding", 0x202B: "right-to-left embedding",
	0x202C: "end of a direction", 0x202D: "left-to-right override", 0x202E: "right-to-left override", 0x2060: "word joiner",
	0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate", 0x2068: "isolate", 0x2069: "end of an isolate", 0xFEFF: "byte order mark",
}

func unseenName(r rune) string {
	switch {
	case unseenNames[r] != "":
		return unseenNames[r]
	case r >= 0xE0000 && r <= 0xE007F:
		return "tag character"
	case unicode.Is(unicode.Variation_Selector, r):
		return "variation selector"
	case unicode.IsControl(r):
		return "control character"
	}
	return "invisible character"
}

// foreign are the scripts whose letters pass for Latin ones.
var foreign = []struct {
	name  string
	table *unicode.RangeTable
}{{"Cyrillic", unicode.Cyrillic}, {"Greek", unicode.Greek}, {"Armenian", unicode.Armenian}, {"Cherokee", unicode.Cherokee}}

// alike writes text, escaped, with the letters marked that pass for Latin ones: those of another script in a word that
// has Latin letters, too.
func alike(l *words.Language, b *strings.Builder, text string) {
	for text != "" {
		end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) })
		switch {
		case end < 0:
			end = len(text)
		case end == 0:
			end = strings.IndexFunc(text, unicode.IsLetter)
			if end < 0 {
				end = len(text)
			}
		}
		word := text[:end]
		text = text[end:]
		if !strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) {
			b.WriteString(template.HTMLEscapeString(word))
			continue
		}
		for _, r := range word {
			if name := scriptOf(r); name != "" {
				fmt.Fprintf(b, `<span class="alike" role="img" aria-label="%s" title="%s, %s">%c</span>`, l.Say("%s letter %c, %s", words.Word(name), r, codePoint(r)), l.Say(name), codePoint(r), r)
				continue
			}
			b.WriteString(template.HTMLEscapeString(string(r)))
		}
	}
}

func scriptOf(r rune) string {
	if r < 0x370 {
		return ""
	}
	for _, f := range foreign {
		if unicode.Is(f.table, r) {
			return f.name
		}
	}
	return ""
}

// joining are the scripts in which zero-width joiners spell words.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Bengali, unicode.Devanagari, unicode.Gujarati,
	unicode.Gurmukhi, unicode.Kannada, unicode.Khmer, unicode.Malayalam,
	unicode.Mongolian, unicode.Oriya, unicode.Sinhala, unicode.Syriac,
	unicode.Tamil, unicode.Telugu,
}

// joins reports a zero-width (non-)joiner at i that does its proper work: in
// an emoji sequence, or between letters of a script that needs it.
func joins(rs []rune, i int) bool {
	if (rs[i] != 0x200D && rs[i] != 0x200C) || i == 0 || i == len(rs)-1 {
		return false
	}
	before, after := rs[i-1], rs[i+1]
	if rs[i] == 0x200D && pictured(before) && pictured(after) {
		return true
	}
	return unicode.In(before, joining...) && unicode.In(after, joining...)
}

// pictured reports emoji and what may end one (skin tones, selectors).
func pictured(r rune) bool {
	return unicode.In(r, unicode.So, unicode.Sk) || r == 0xFE0F
}
