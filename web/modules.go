package web

import (
	"encoding/json"
	"io/fs"
	"regexp"

	"evenhand/words"
)

// moduleTexts are what the modules say: the texts that their t("…") names.
var moduleTexts = func() []string {
	var out []string
	call := regexp.MustCompile(`\bt\("((?:[^"\\]|\\.)*)"`)
	names, err := fs.Glob(Static(), "*.js")
	if err != nil {
		panic(err) // the pattern is ours
	}
	for _, name := range names {
		text, err := fs.ReadFile(Static(), name)
		if err != nil {
			panic(err) // embedded files can always be read
		}
		for _, m := range call.FindAllSubmatch(text, -1) {
			out = append(out, string(m[1]))
		}
	}
	return out
}()

// moduleWords is what the modules' texts are in a language, as JSON; empty for the language that they are written in.
func moduleWords(l *words.Language) string {
	if l == words.English {
		return ""
	}
	said := map[string]string{}
	for _, text := range moduleTexts {
		said[text] = l.Say(text)
	}
	out, err := json.Marshal(said)
	if err != nil {
		panic(err) // strings can always be written
	}
	return string(out)
}
