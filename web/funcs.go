package web

import (
	"errors"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
)

// funcs are what templates may call. Those that draw markup are in parts.
func (r *Renderer) funcs() template.FuncMap {
	return template.FuncMap{
		"asset":  asset,
		"styles": func() []string { return styles },
		"dict":   dict,

		"when":    func(t time.Time) template.HTML { return when(t, r.Now(), true) },
		"since":   func(t time.Time) template.HTML { return when(t, r.Now(), false) },
		"date":    date,
		"day":     day,
		"clock":   func(t time.Time) string { return t.Format("15:04 MST") },
		"rfc3339": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"past":    func(t time.Time) bool { return t.Before(r.Now()) },

		"mediaChoices":    func() []Option { return MediaChoices },
		"languageChoices": func() []Option { return LanguageChoices },
		"purposeChoices":  func() []Option { return PurposeChoices },
		"commonZones":     func() []string { return CommonZones },
		"purpose":         func(v string) string { return label(PurposeChoices, v) },

		"visible": visible,
		"erased":  func(excerpt string) bool { return excerpt == ErasedExcerpt },
		"plain":   plain,
		"id":      splitID,

		"count":     count,
		"plural":    plural,
		"times":     times,
		"fixed":     fixed,
		"percent":   percent,
		"prob":      prob,
		"lower":     strings.ToLower,
		"join":      strings.Join,
		"reason":    ReasonName,
		"source":    sourceName,
		"relation":  func(v string) string { return label(Relations, v) },
		"state":     stateOf,
		"field":     newField,
		"problems":  problems,
		"options":   options,
		"stars":     stars,
		"starX":     func(i int) int { return 16 * i },
		"evidence":  evidenceName,
		"kinds":     kindList,
		"remedy":    RemedyName,
		"remedies":  remedyChoices,
		"published": Published,
		"kilobytes": func(n int) string { return plural((n+1023)/1024, "KB", "KB") },

		"add": func(a, b int) int { return a + b },
		"int": func(n int64) int { return int(n) },
		// digit is the number key of the i-th reason: 1 to 9, then 0.
		"digit": func(i int) int { return (i + 1) % 10 },

		"decidedOnly":     func() []Option { return []Option{{Value: "decided", Label: "decided"}} },
		"verifiedOptions": func() []Option { return VerifiedChoices },
		"remedyOptions":   RemedyChoices,
		"heldOptions":     func() []Option { return HeldChoices },
		"hoursMinutes":    hoursMinutes,
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

		"funnel":   newFunnel,
		"periods":  newPeriodChart,
		"interval": newInterval,
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

// count writes an integer with separated thousands: 13,211.
func count(n int) string {
	if n < 0 {
		return "−" + count(-n)
	}
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural is the count with the word that fits it.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// times says how often: once, twice, 3 times.
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return count(n) + " times"
}

// fixed writes x with that many decimals, and "–" when it is no number.
func fixed(decimals int, x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return strings.Replace(strconv.FormatFloat(x, 'f', decimals, 64), "-", "−", 1)
}

// percent writes a share (0–1) in per cent, with a decimal below ten.
func percent(x float64) string {
	if math.Abs(x) < 0.1 && x != 0 {
		return fixed(1, 100*x) + " %"
	}
	return fixed(0, 100*x) + " %"
}

// prob writes a probability: three decimals, or the order of magnitude when
// it is smaller than that.
func prob(p float64) string {
	switch {
	case math.IsNaN(p):
		return "–"
	case p >= 0.001:
		return fixed(3, p)
	case p <= 1e-12:
		return "<10⁻¹²"
	}
	exp := int(math.Floor(math.Log10(p)))
	return fmt.Sprintf("%.1f·10%s", p/math.Pow10(exp), superscript(exp))
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
