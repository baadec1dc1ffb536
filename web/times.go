package web

import (
	"fmt"
	"html/template"
	"time"

	"evenhand/words"
)

// absolute says which zone it is in; a page's times are in its reader's.
const absolute = "2 January 2006, 15:04 MST"

// when is a <time> with the distance from now ("3 days ago") as its text;
// the full time shows on hover, and on focus when focusable.
func when(l *words.Language, t, now time.Time, focusable bool) template.HTML {
	if t.IsZero() {
		return `<span class="none">–</span>`
	}
	tab := ""
	if focusable {
		tab = ` tabindex="0"`
	}
	return timeTag(l, t, relative(l, t, now), ` class="when"`+tab)
}

// date is a <time> with a short absolute time, for tables.
func date(l *words.Language, t time.Time) template.HTML {
	if t.IsZero() {
		return `<span class="none">–</span>`
	}
	return timeTag(l, t, l.Date(t, "2\u00a0Jan\u00a02006 15:04"), ` class="date"`)
}

// day is a <time> with the day alone.
func day(l *words.Language, t time.Time) template.HTML {
	if t.IsZero() {
		return `<span class="none">–</span>`
	}
	return timeTag(l, t, l.Date(t, "2\u00a0Jan\u00a02006"), ` class="date" data-day`)
}

// timeTag writes the element; text and attrs are our own, never input.
func timeTag(l *words.Language, t time.Time, text, attrs string) template.HTML {
	return template.HTML(fmt.Sprintf( //nolint:gosec // made of a time only
		`<time datetime="%s" data-abs="%s"%s>%s</time>`,
		t.UTC().Format(time.RFC3339), l.Date(t, absolute), attrs, text))
}

// relative says how far t is from now, in the largest unit that fits. Beyond
// two months it is the date.
func relative(l *words.Language, t, now time.Time) string {
	d := now.Sub(t)
	future := d < 0
	if future {
		d = -d
	}
	var text string
	switch {
	case d < 45*time.Second:
		if future {
			return l.Say("in a moment")
		}
		return l.Say("just now")
	case d < 59*time.Minute+30*time.Second:
		text = l.Plural(max(int((d+30*time.Second)/time.Minute), 1), "minute", "minutes##ago")
	case d < 36*time.Hour:
		text = l.Plural(max(int((d+30*time.Minute)/time.Hour), 1), "hour", "hours##ago")
	case d < 60*24*time.Hour:
		text = l.Plural(int((d+12*time.Hour)/(24*time.Hour)), "day", "days##ago")
	default:
		return l.Date(t, "2 January 2006")
	}
	if future {
		return l.Say("in %s", text)
	}
	return l.Say("%s ago", text)
}
