package web

import (
	"math"
	"strconv"
	"strings"

	"evenhand/words"
)

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
