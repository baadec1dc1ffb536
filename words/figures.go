package words

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Count writes an integer with its thousands apart: 13,211 or 13.211.
func (l *Language) Count(n int) string {
	if n < 0 {
		return "−" + l.Count(-n)
	}
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + l.group + s[i:]
	}
	return s
}

// Fixed writes x with that many decimals, and "–" when it is no number.
func (l *Language) Fixed(decimals int, x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return l.number(strconv.FormatFloat(x, 'f', decimals, 64))
}

// Short writes x as short as it can be.
func (l *Language) Short(x float64) string { return l.number(strconv.FormatFloat(x, 'f', -1, 64)) }

func (l *Language) number(s string) string {
	return strings.Replace(strings.Replace(s, "-", "−", 1), ".", l.decimal, 1)
}

// Percent writes a share (0–1) in per cent with that many decimals.
func (l *Language) Percent(decimals int, share float64) string {
	return l.Fixed(decimals, 100*share) + l.percent
}

// Date writes a time after one of Go's layouts for it in English, such as "2 Jan 2006 15:04", as the language has it.
func (l *Language) Date(t time.Time, layout string) string {
	if l.months == nil {
		return t.Format(layout)
	}
	if rest, ok := strings.CutPrefix(layout, "2"); ok && !strings.HasPrefix(layout, "2006") {
		layout = l.day + rest
	}
	return l.months.Replace(t.Format(layout))
}
