// Package words says the program's sentences in the reader's language. The program is written in English, and an
// English sentence is its own key; a catalogue (de.json and so on) holds what stands for it in another language. What
// a catalogue doesn't know is said in English, and a test sees to it that there is nothing such.
//
// Only what a page shows is translated. The ledger, the JSON API and the commands stay English.
package words

import (
	"fmt"
	"strings"

	"golang.org/x/text/feature/plural"
)

// Note divides a text from a remark that tells two meanings of it apart, for whoever translates: "open##a verb". The
// remark is part of the key, and is never shown.
const Note = "##"

// Word is an argument of a sentence that is itself to be said in the reader's language: a state, a kind of thing.
type Word string

// Sentence is a text with what fills its verbs (those of package fmt), said once it is known to whom.
type Sentence struct {
	Format string
	Args   []any
}

// Empty says that there is no sentence.
func (s Sentence) Empty() bool { return s.Format == "" }

// String says it in English.
func (s Sentence) String() string { return English.Say(s.Format, s.Args...) }

// Say says a text with its arguments. The order of the arguments is the format's: a catalogue may say "%[2]s … %[1]s".
func (l *Language) Say(text string, args ...any) string {
	format := l.find(text)
	if len(args) == 0 {
		return format
	}
	said := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case Word:
			said[i] = l.find(string(a))
		case Sentence:
			said[i] = l.Say(a.Format, a.Args...)
		default:
			said[i] = a
		}
	}
	return fmt.Sprintf(format, said...)
}

// Plural is a count with the word that fits it. The key is both English words with a slash between; a catalogue has as
// many as its language has forms: "Eintrag/Einträge".
func (l *Language) Plural(n int, one, many string) string {
	return l.Count(n) + " " + l.Fit(n, one, many)
}

// Fit is the word alone that fits a count.
func (l *Language) Fit(n int, one, many string) string {
	forms := strings.Split(l.find(one+"/"+many), "/")
	form := plural.Cardinal.MatchPlural(l.tag, max(n, -n), 0, 0, 0, 0)
	for i, f := range l.forms {
		if f == form && i < len(forms) {
			return forms[i]
		}
	}
	return forms[len(forms)-1]
}

// find is what stands for a text in the language, or the text itself.
func (l *Language) find(text string) string {
	if found, ok := l.catalogue[text]; ok {
		return found
	}
	shown, _, _ := strings.Cut(text, Note)
	return shown
}

// List is a sentence that strings parts together, two at a time: join is "%s, %s" or the like.
func List[T any](join string, parts ...T) Sentence {
	if len(parts) == 0 {
		return Sentence{}
	}
	out := Sentence{Format: "%s", Args: []any{parts[0]}}
	for _, p := range parts[1:] {
		out = Sentence{Format: join, Args: []any{out, p}}
	}
	return out
}
