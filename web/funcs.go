package web

import (
	"errors"
	"fmt"
	"html/template"
	"maps"
	"strings"
	"time"

	"evenhand/words"
)

// funcs are what templates may call, by what it is about. Those that draw markup are in parts.
func (r *Renderer) funcs(l *words.Language) template.FuncMap {
	all := template.FuncMap{"asset": asset, "styles": func() []string { return styles }, "dict": dict}
	for _, about := range []template.FuncMap{
		speechFuncs(l), r.timeFuncs(l), textFuncs(l), figureFuncs(l), nameFuncs(l), formFuncs(), choiceFuncs(), chartFuncs(l),
	} {
		maps.Copy(all, about)
	}
	return all
}

// speechFuncs say things in the reader's language.
func speechFuncs(l *words.Language) template.FuncMap {
	modules := moduleWords(l)
	return template.FuncMap{
		"t":         sayer(l),
		"lang":      func() *words.Language { return l },
		"languages": func() []*words.Language { return words.Languages },
		"modules":   func() string { return modules },
		"mono":      mono,
		"strong":    strong,
		"tag":       tag,
		"codes":     func(list []string) template.HTML { return codes(l, list) },
		"people":    func(list []Person) template.HTML { return people(l, list) },
		"who":       func(p Person) template.HTML { return who(l, p) },
	}
}

// timeFuncs write times, which are in the reader's zone already.
func (r *Renderer) timeFuncs(l *words.Language) template.FuncMap {
	return template.FuncMap{
		"when":    func(t time.Time) template.HTML { return when(l, t, r.Now(), true) },
		"since":   func(t time.Time) template.HTML { return when(l, t, r.Now(), false) },
		"date":    func(t time.Time) template.HTML { return date(l, t) },
		"day":     func(t time.Time) template.HTML { return day(l, t) },
		"clock":   func(t time.Time) string { return t.Format("15:04 MST") },
		"rfc3339": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"past":    func(t time.Time) bool { return t.Before(r.Now()) },
	}
}

// textFuncs show what somebody wrote, and ids.
func textFuncs(l *words.Language) template.FuncMap {
	return template.FuncMap{
		"visible":   func(s string) template.HTML { return visible(l, s) },
		"erased":    func(excerpt string) bool { return excerpt == ErasedExcerpt },
		"published": Published,
		"plain":     plain,
		"id":        splitID,
		"lower":     strings.ToLower,
		"join":      strings.Join,
	}
}

// figureFuncs write numbers, and reckon a little.
func figureFuncs(l *words.Language) template.FuncMap {
	return template.FuncMap{
		"count":        l.Count,
		"plural":       l.Plural,
		"fit":          l.Fit,
		"fixed":        l.Fixed,
		"times":        func(n int) string { return times(l, n) },
		"percent":      func(x float64) string { return percent(l, x) },
		"prob":         func(p float64) string { return prob(l, p) },
		"kilobytes":    func(n int) string { return l.Count((n+1023)/1024) + " KB" },
		"hoursMinutes": func(m int) string { return hoursMinutes(l, m) },

		"add": func(a, b int) int { return a + b },
		"int": func(n int64) int { return int(n) },
		// digit is the number key of the i-th reason: 1 to 9, then 0.
		"digit": func(i int) int { return (i + 1) % 10 },
	}
}

// nameFuncs call what has a code or a state by its name.
func nameFuncs(l *words.Language) template.FuncMap {
	say := func(text string) string { return l.Say(text) }
	return template.FuncMap{
		"state":    func(name string) State { return stateIn(l, name) },
		"reason":   func(code string) string { return say(ReasonName(code)) },
		"remedy":   func(name string) string { return say(RemedyName(name)) },
		"asked":    func(remedy string) string { return say(askedFor(remedy)) },
		"evidence": func(k EvidenceKind) string { return say(evidenceName(k)) },
		"source":   func(v string) string { return say(sourceName(v)) },
		"relation": func(v string) string { return say(label(Relations, v)) },
		"purpose":  func(v string) string { return say(label(PurposeChoices, v)) },
	}
}

// formFuncs tie fields to their help and errors, and know what they take.
func formFuncs() template.FuncMap {
	return template.FuncMap{
		"field":            newField,
		"problems":         problems,
		"options":          options,
		"kinds":            kindList,
		"evidenceFields":   func() []evidenceField { return evidenceFields },
		"minNote":          func() int { return MinNote },
		"minJustification": func() int { return MinJustification },
	}
}

// choiceFuncs are what can be chosen.
func choiceFuncs() template.FuncMap {
	return template.FuncMap{
		"remedies":        remedyChoices,
		"skipReasons":     func() []Option { return SkipReasons },
		"escalateReasons": func() []Option { return EscalateReasons },
		"handBackReasons": func() []Option { return HandBackReasons },
		"purposes":        func() []Option { return Purposes },
		"relations":       func() []Option { return Relations },

		"mediaChoices":    func() []Option { return MediaChoices },
		"languageChoices": func() []Option { return LanguageChoices },
		"purposeChoices":  func() []Option { return PurposeChoices },
		"commonZones":     func() []string { return CommonZones },

		"decidedOnly":     func() []Option { return []Option{{Value: "decided", Label: "decided"}} },
		"verifiedOptions": func() []Option { return VerifiedChoices },
		"remedyOptions":   RemedyChoices,
		"heldOptions":     func() []Option { return HeldChoices },
		"assignedOptions": func() []Option { return AssignedChoices },
	}
}

// chartFuncs turn figures into what is drawn of them.
func chartFuncs(l *words.Language) template.FuncMap {
	return template.FuncMap{
		"funnel":   func(base string, points []PairFigures) Funnel { return newFunnel(l, base, points) },
		"periods":  func(unit string, p []Period) PeriodChart { return newPeriodChart(l, unit, p) },
		"interval": func(p PairFigures) Interval { return newInterval(l, p) },
		"twoBars":  newTwoBars,
		"shift":    newShift,
		"one":      func(r CompareRow) []CompareRow { return []CompareRow{r} },
		"stars":    stars,
		"starX":    func(i int) int { return 16 * i },
	}
}

// ErasedExcerpt stands for the excerpt of a text that was erased at its
// author's request; no text can be it, since none has a NUL.
const ErasedExcerpt = "\x00erased"

// dict makes a map of its arguments, key by value, to hand several things to
// a part.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict: odd number of arguments")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v is not a string", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

// splitID cuts an id into what is shown and what is only copied, before and behind. The end is shown: the start of a
// UUIDv7 is its time, and the same for a whole batch. Of a hash it is the start, by which people call one.
func splitID(id string) (out struct{ Before, Shown, Behind string }) {
	const shown, hash = 8, 64
	rs := []rune(id)
	from, to := max(len(rs)-shown, 0), len(rs)
	switch {
	case from <= 2:
		from = 0 // short enough to be shown whole
	case len(rs) == hash:
		from, to = 0, shown
	}
	out.Before, out.Shown, out.Behind = string(rs[:from]), string(rs[from:to]), string(rs[to:])
	return out
}
