package statement

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Languages of what authors read; the first is spoken where nothing else is known.
var Languages = []string{"en", "de"}

// Words are all that authors read in a language, by key.
func Words(language string) map[string]string {
	if language == "de" {
		return german
	}
	return english
}

// Language is the one that somebody reads: what they chose, else the first of an Accept-Language header (RFC 9110,
// section 12.5.4) that there is, else otherwise.
func Language(chosen, accepted, otherwise string) string {
	best, weight := "", 0.0
	for i, part := range strings.Split(chosen+","+accepted, ",") {
		if i > 20 {
			break
		}
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if n, err := strconv.ParseFloat(v, 64); err == nil {
				q = n
			}
		}
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		for _, l := range Languages {
			if l != primary {
				continue
			}
			if i == 0 {
				return l
			}
			if q > weight {
				best, weight = l, q
			}
		}
	}
	if best == "" {
		return otherwise
	}
	return best
}

var germanMonths = []string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}

// Day writes a UTC day.
func Day(language string, t time.Time) string {
	t = t.UTC()
	if language == "de" {
		return fmt.Sprintf("%d. %s %d", t.Day(), germanMonths[t.Month()-1], t.Year())
	}
	return t.Format("2 January 2006")
}

// Facts are what is said of the facts that a reason stands on: by the code's own template, never in the words of the
// request, which are written for colleagues and may name others.
func Facts(language, code string) string {
	if text, ok := Words(language)["facts_"+code]; ok {
		return text
	}
	return Words(language)["facts"]
}

// Clause names a reason.
func Clause(language, code, meaning string) string {
	if text, ok := Words(language)["clause_"+code]; ok {
		return text
	}
	return meaning
}

// Detection says how the review came to be looked at.
func Detection(t Told, language string) string {
	switch {
	case t.Classified && t.Notified:
		return Words(language)["found_both"]
	case t.Classified:
		return Words(language)["found_classifier"]
	case t.Notified:
		return Words(language)["found_notice"]
	}
	return Words(language)["found_staff"]
}

// People says how many people decided.
func People(t Told, language string) string {
	return fmt.Sprintf(Words(language)["people"], t.Quorum+1)
}

// Scope says where the removal takes effect.
func Scope(t Told, language string) string {
	if t.Territory == "" {
		return fmt.Sprintf(Words(language)["scope_all"], t.Market)
	}
	return fmt.Sprintf(Words(language)["scope_some"], t.Market, strings.ReplaceAll(t.Territory, " ", ", "))
}

// Mail is the statement as plain text, in its language.
func Mail(t Told, link string) string {
	l := t.Language
	w := Words(l)
	var b strings.Builder
	p := func(text string) { b.WriteString(wrap(text) + "\n\n") }
	b.WriteString("Subject: " + fmt.Sprintf(w["subject"], t.Market) + "\n\n")
	p(w["greeting"])
	p(fmt.Sprintf(w["what"], t.Product, t.Rating, Day(l, t.Posted()), t.Market, Day(l, t.DecidedAt)))
	p(w["clause"] + ": " + Clause(l, t.ReasonCode, t.Meaning))
	p("“" + t.Policy + "”")
	p(w["facts_title"] + ": " + Facts(l, t.ReasonCode))
	for _, m := range t.Marked {
		b.WriteString("> " + strings.ReplaceAll(m, "\n", "\n> ") + "\n\n")
	}
	p(People(t, l) + " " + Detection(t, l))
	p(Scope(t, l))
	p(fmt.Sprintf(w["mail_appeal"], Day(l, t.AppealUntil)))
	b.WriteString(link + "\n\n")
	if t.RedressBody != "" {
		p(t.RedressBody)
	}
	p(w["secret"])
	return strings.TrimSpace(b.String()) + "\n"
}

// wrap breaks lines at 76 characters.
func wrap(text string) string {
	var b strings.Builder
	n := 0
	for i, word := range strings.Fields(text) {
		switch length := len([]rune(word)); {
		case i == 0:
			n = length
		case n+1+length > 76:
			b.WriteByte('\n')
			n = length
		default:
			b.WriteByte(' ')
			n += 1 + length
		}
		b.WriteString(word)
	}
	return b.String()
}
