package web

import (
	"fmt"
	"html/template"
	"strings"
	"unicode"
)

// maxCombining is how many combining marks may follow one letter before the
// rest are shown as a count: no script needs more, stacked "zalgo" text does.
const maxCombining = 4

// visible escapes a customer's or seller's text and shows every character
// that would otherwise work unseen: direction overrides, zero-width and
// other invisible characters, controls. Line breaks stay line breaks.
func visible(s string) template.HTML {
	var b strings.Builder
	scan(s, func(text string) {
		b.WriteString(template.HTMLEscapeString(text))
	}, func(r rune, n int) {
		code := codePoint(r)
		if n > 1 {
			fmt.Fprintf(&b, `<span class="ctl" title="%s and others">⟨+%d marks⟩</span>`, code, n)
			return
		}
		fmt.Fprintf(&b, `<span class="ctl" title="%s">⟨%s⟩</span>`, code, code)
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
	case r >= 0xFE00 && r <= 0xFE0F: // variation selectors, usual after emoji
		return false
	case unicode.Is(unicode.Variation_Selector, r):
		return true
	}
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2028, 0x2029, 0x2800, 0x3164, 0xFFA0:
		return true
	}
	return false
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
