package web

import (
	"errors"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"evenhand/words"
)

// funcs are what templates may call. Those that draw markup are in parts.
func (r *Renderer) funcs(l *words.Language) template.FuncMap {
	modules := moduleWords(l)
	say := func(text string) string { return l.Say(text) }
	return template.FuncMap{
		"t":         sayer(l),
		"lang":      func() *words.Language { return l },
		"mono":      mono,
		"strong":    strong,
		"tag":       tag,
		"codes":     func(list []string) template.HTML { return codes(l, list) },
		"people":    func(list []Person) template.HTML { return people(l, list) },
		"who":       func(p Person) template.HTML { return who(l, p) },
		"asked":     func(remedy string) string { return say(askedFor(remedy)) },
		"languages": func() []*words.Language { return words.Languages },
		"modules":   func() string { return modules },
		"asset":     asset,
		"styles":    func() []string { return styles },
		"dict":      dict,

		"when":    func(t time.Time) template.HTML { return when(l, t, r.Now(), true) },
		"since":   func(t time.Time) template.HTML { return when(l, t, r.Now(), false) },
		"date":    func(t time.Time) template.HTML { return date(l, t) },
		"day":     func(t time.Time) template.HTML { return day(l, t) },
		"clock":   func(t time.Time) string { return t.Format("15:04 MST") },
		"rfc3339": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"past":    func(t time.Time) bool { return t.Before(r.Now()) },

		"mediaChoices":    func() []Option { return MediaChoices },
		"languageChoices": func() []Option { return LanguageChoices },
		"purposeChoices":  func() []Option { return PurposeChoices },
		"commonZones":     func() []string { return CommonZones },
		"purpose":         func(v string) string { return say(label(PurposeChoices, v)) },

		"visible": func(s string) template.HTML { return visible(l, s) },
		"erased":  func(excerpt string) bool { return excerpt == ErasedExcerpt },
		"plain":   plain,
		"id":      splitID,

		"count":     l.Count,
		"plural":    l.Plural,
		"fit":       l.Fit,
		"times":     func(n int) string { return times(l, n) },
		"fixed":     l.Fixed,
		"percent":   func(x float64) string { return percent(l, x) },
		"prob":      func(p float64) string { return prob(l, p) },
		"lower":     strings.ToLower,
		"join":      strings.Join,
		"reason":    func(code string) string { return say(ReasonName(code)) },
		"source":    func(v string) string { return say(sourceName(v)) },
		"relation":  func(v string) string { return say(label(Relations, v)) },
		"state":     func(name string) State { return stateIn(l, name) },
		"field":     newField,
		"problems":  problems,
		"options":   options,
		"stars":     stars,
		"starX":     func(i int) int { return 16 * i },
		"evidence":  func(k EvidenceKind) string { return say(evidenceName(k)) },
		"kinds":     kindList,
		"remedy":    func(name string) string { return say(RemedyName(name)) },
		"remedies":  remedyChoices,
		"published": Published,
		"kilobytes": func(n int) string { return l.Count((n+1023)/1024) + " KB" },

		"add": func(a, b int) int { return a + b },
		"int": func(n int64) int { return int(n) },
		// digit is the number key of the i-th reason: 1 to 9, then 0.
		"digit": func(i int) int { return (i + 1) % 10 },

		"decidedOnly":     func() []Option { return []Option{{Value: "decided", Label: "decided"}} },
		"verifiedOptions": func() []Option { return VerifiedChoices },
		"remedyOptions":   RemedyChoices,
		"heldOptions":     func() []Option { return HeldChoices },
		"hoursMinutes":    func(m int) string { return hoursMinutes(l, m) },
		"assignedOptions": func() []Option { return AssignedChoices },
		"one":             func(r CompareRow) []CompareRow { return []CompareRow{r} },

		"escalateReasons":  func() []Option { return EscalateReasons },
		"skipReasons":      func() []Option { return SkipReasons },
		"purposes":         func() []Option { return Purposes },
		"handBackReasons":  func() []Option { return HandBackReasons },
		"relations":        func() []Option { return Relations },
		"minNote":          func() int { return MinNote },
		"minJustification": func() int { return MinJustification },
		"evidenceFields":   func() []evidenceField { return evidenceFields },

		"funnel":   func(base string, points []PairFigures) Funnel { return newFunnel(l, base, points) },
		"periods":  func(unit string, p []Period) PeriodChart { return newPeriodChart(l, unit, p) },
		"interval": func(p PairFigures) Interval { return newInterval(l, p) },
		"twoBars":  newTwoBars,
		"shift":    newShift,
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

// times says how often: once, twice, 3 times.
func times(l *words.Language, n int) string {
	switch n {
	case 1:
		return l.Say("once")
	case 2:
		return l.Say("twice")
	}
	return l.Say("%s times", l.Count(n))
}

// percent writes a share (0–1) in per cent, with a decimal below ten.
func percent(l *words.Language, x float64) string {
	if math.Abs(x) < 0.1 && x != 0 {
		return l.Percent(1, x)
	}
	return l.Percent(0, x)
}

// prob writes a probability: three decimals, or the order of magnitude when
// it is smaller than that.
func prob(l *words.Language, p float64) string {
	switch {
	case math.IsNaN(p):
		return "–"
	case p >= 0.001:
		return l.Fixed(3, p)
	case p <= 1e-12:
		return "<10⁻¹²"
	}
	exp := int(math.Floor(math.Log10(p)))
	return l.Fixed(1, p/math.Pow10(exp)) + "·10" + superscript(exp)
}

func superscript(n int) string {
	const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹"
	var b strings.Builder
	if n < 0 {
		b.WriteString("⁻")
		n = -n
	}
	for _, d := range strconv.Itoa(n) {
		b.WriteRune([]rune(digits)[d-'0'])
	}
	return b.String()
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
