package words

import (
	"embed"
	"encoding/json"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed *.json
var files embed.FS

// Language is one of those that pages are written in. It never changes, so everybody shares it.
type Language struct {
	Code string // BCP 47, as in <html lang>
	Name string // of the language, in itself

	tag            language.Tag
	forms          []plural.Form // in the order in which a catalogue has them
	decimal, group string
	percent        string
	day            string            // "2." in German, where English has "2"
	months         *strings.Replacer // English names to its own; nil: English
	catalogue      map[string]string
}

// English is the language in which the program is written.
var English = &Language{
	Code: "en", Name: "English", tag: language.English, forms: []plural.Form{plural.One, plural.Other},
	decimal: ".", group: ",", percent: " %", day: "2",
}

// German is said formally, with "Sie".
var German = &Language{
	Code: "de", Name: "Deutsch", tag: language.German, forms: []plural.Form{plural.One, plural.Other},
	decimal: ",", group: ".", percent: "\u00a0%", day: "2.", months: strings.NewReplacer(
		"January", "Januar", "February", "Februar", "March", "März", "April", "April", "May", "Mai", "June", "Juni", "July", "Juli",
		"August", "August", "September", "September", "October", "Oktober", "November", "November", "December", "Dezember",
		"Jan", "Jan.", "Feb", "Feb.", "Mar", "März", "Apr", "Apr.", "Jun", "Juni", "Jul", "Juli", "Aug", "Aug.", "Sep", "Sept.",
		"Oct", "Okt.", "Nov", "Nov.", "Dec", "Dez.",
	),
	catalogue: read("de.json"),
}

// Languages are all of them. The first is what a reader gets who asked for none of them.
var Languages = []*Language{English, German}

var matcher = language.NewMatcher([]language.Tag{English.tag, German.tag})

// For finds a language by its code, English where there is none such.
func For(code string) *Language {
	if l, ok := Find(code); ok {
		return l
	}
	return English
}

// Find finds a language by its code.
func Find(code string) (*Language, bool) {
	for _, l := range Languages {
		if l.Code == code {
			return l, true
		}
	}
	return nil, false
}

// Choose decides in which language a reader is spoken to: the first of those chosen (by code, "" for no choice) that
// there is, else what fits best of those that the browser accepts.
func Choose(accepted string, chosen ...string) *Language {
	for _, code := range chosen {
		if l, ok := Find(code); ok {
			return l
		}
	}
	wanted, _, err := language.ParseAcceptLanguage(accepted)
	if err != nil {
		return English
	}
	_, i, _ := matcher.Match(wanted...)
	return Languages[i]
}

func read(name string) map[string]string {
	text, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	var out map[string]string
	if err := json.Unmarshal(text, &out); err != nil {
		panic("words: " + name + ": " + err.Error()) // it is compiled in, and read by every test
	}
	return out
}
