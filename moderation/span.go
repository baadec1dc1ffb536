package moderation

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"evenhand/models"
)

// Span is a stretch of a review that a redaction hides: from Start to before End, in runes of Field.
type Span struct {
	Field string `json:"field"` // title or body
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// The fields of a review that a span can be in.
const (
	fieldTitle = "title"
	fieldBody  = "body"
)

// Redacted is what is published in the place of hidden words.
const Redacted = "[redacted]"

const (
	maxSpans     = 20
	maxRedactPct = 50 // of the text, title and body; more would be a removal under another name
)

// textOf is a field of a review as runes.
func textOf(r models.Review, field string) []rune {
	if field == fieldTitle {
		return []rune(r.Title)
	}
	return []rune(r.Body)
}

// ordinal is what stands behind words that occur more than once: which occurrence is meant.
var ordinal = regexp.MustCompile(`^(.*\S)\s+#([1-9][0-9]{0,3})$`)

// shownMark is how pages show a character that takes no ink; who copies words from a page copies these along.
var shownMark = regexp.MustCompile(`⟨U\+([0-9A-F]{4,6})⟩`)

func unmark(s string) string {
	return shownMark.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseInt(shownMark.FindStringSubmatch(m)[1], 16, 32)
		if err != nil {
			return m
		}
		return string(rune(n))
	})
}

// findSpans reads words to hide, a passage on each line, exactly as they stand in the review. A passage that occurs
// more than once says behind it which one is meant: “words #2”. The second answer says what is wrong, if anything.
func findSpans(r models.Review, lines string) ([]Span, models.Sentence) {
	var out []Span
	for _, line := range strings.Split(lines, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		s, wrong := findSpan(r, line)
		if !wrong.Empty() {
			return nil, wrong
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil, models.Said("Mark the words that are to be hidden: copy them here, each passage on a line of its own.")
	}
	slices.SortFunc(out, func(a, b Span) int { return cmp.Or(-cmp.Compare(a.Field, b.Field), cmp.Compare(a.Start, b.Start)) })
	return out, badSpans(r, out)
}

func findSpan(r models.Review, line string) (Span, models.Sentence) {
	words, nth := line, 0
	found := occurrences(r, words)
	if m := ordinal.FindStringSubmatch(line); len(found) == 0 && m != nil {
		words = m[1]
		nth, _ = strconv.Atoi(m[2])
		found = occurrences(r, words)
	}
	switch n := len(found); {
	case n == 0:
		return Span{}, models.Said("“%s” doesn't stand in the review. Copy the words exactly, a passage on each line.", line)
	case nth > n:
		return Span{}, models.Said("“%s” occurs only %s, so there is no #%d.", words, timesOf(n), nth)
	case nth > 0:
		return found[nth-1], models.Sentence{}
	case n > 1:
		return Span{}, models.Said("“%s” occurs %s. Say which is meant: “%s #1” for the first, “%s #2” for the second. Mark each that is to be hidden.", words, timesOf(n), words, words)
	}
	return found[0], models.Sentence{}
}

func timesOf(n int) models.Sentence {
	if n == 1 {
		return models.Said("once")
	}
	return models.Said("%d times", n)
}

// occurrences are where words stand in a review, the title before the body, without overlaps.
func occurrences(r models.Review, words string) []Span {
	var out []Span
	for _, w := range []string{words, unmark(words)} {
		for _, field := range []string{fieldTitle, fieldBody} {
			text := string(textOf(r, field))
			for from := 0; w != ""; {
				i := strings.Index(text[from:], w)
				if i < 0 {
					break
				}
				start := utf8.RuneCountInString(text[:from+i])
				s := Span{field, start, start + utf8.RuneCountInString(w)}
				for rs := textOf(r, field); s.End < len(rs) && clings(rs, s.End); {
					s.End++
				}
				out = append(out, s)
				from += i + len(w)
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// clings says whether the rune at i belongs to the character before it: a mark, a joiner, a skin tone, a selector.
func clings(rs []rune, i int) bool {
	if i <= 0 || i >= len(rs) {
		return false
	}
	r := rs[i]
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc, unicode.Variation_Selector) || r == 0x200D || rs[i-1] == 0x200D ||
		r >= 0x1F3FB && r <= 0x1F3FF || r >= 0xE0020 && r <= 0xE007F || r == '\n' && rs[i-1] == '\r'
}

// badSpans says what is wrong with spans in the order of the text, if anything.
func badSpans(r models.Review, spans []Span) models.Sentence {
	hidden, last := 0, Span{}
	for _, s := range spans {
		rs := textOf(r, s.Field)
		switch {
		case s.Field != fieldTitle && s.Field != fieldBody:
			return models.Said("A passage is in the title or in the text.")
		case s.Start < 0 || s.End > len(rs) || s.Start >= s.End:
			return models.Said("A passage has to lie in the review, and hold at least one character.")
		case s.Field == last.Field && s.Start < last.End:
			return models.Said("Two passages overlap. Mark each word once.")
		case clings(rs, s.Start) || clings(rs, s.End):
			return models.Said("A passage would cut a character in two.")
		}
		hidden, last = hidden+s.End-s.Start, s
	}
	whole := utf8.RuneCountInString(r.Title) + utf8.RuneCountInString(r.Body)
	switch {
	case len(spans) > maxSpans:
		return models.Said("At most %d passages.", maxSpans)
	case hidden*100 > whole*maxRedactPct:
		return models.Said("This hides %d of %d characters. More than half of a text can't be redacted: that would be a removal, so ask for one.", hidden, whole)
	}
	return models.Sentence{}
}

// Piece is a stretch of a text, and whether it is hidden where it is published.
type Piece struct {
	Text   string
	Hidden bool
}

// Pieces parts a field of a review at the spans in it.
func Pieces(text, field string, spans []Span) []Piece {
	rs, at := []rune(text), 0
	var out []Piece
	for _, s := range spans {
		if s.Field != field || s.Start < at || s.End > len(rs) || s.Start >= s.End {
			continue
		}
		if s.Start > at {
			out = append(out, Piece{Text: string(rs[at:s.Start])})
		}
		out = append(out, Piece{string(rs[s.Start:s.End]), true})
		at = s.End
	}
	if at < len(rs) {
		out = append(out, Piece{Text: string(rs[at:])})
	}
	return out
}

// hide is a text as it is published.
func hide(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Hidden {
			b.WriteString(Redacted)
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}
