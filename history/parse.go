package history

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"evenhand/models"
)

// The bounds of what is typed into a filter.
const (
	mostText   = 200  // characters of a name or an id
	mostIDs    = 100  // ids in the text of ids
	mostIDText = 8000 // characters of it
)

// wrong is the error of a filter, which says first what stands first in the form; nil where nothing is wrong.
func wrong(bad models.Mistakes) error {
	e := bad.E("invalid_filter", "This filter makes no sense yet.")
	if e == nil {
		return nil
	}
	for _, field := range append(slices.Clone(Fields), "") {
		if bad.Has(field) {
			e.Said, e.Detail = bad[field], e.Fields[field]
			break
		}
	}
	return e
}

// parse reads a filter from an address. Persons, sellers and the like stay as they were typed, for resolve. now bounds
// AsOf. Names in but are read by the page itself.
func parse(marketplace string, q url.Values, now time.Time, but []string, bad models.Mistakes) Filter {
	for name := range q {
		if !slices.Contains(Fields, name) && !slices.Contains(but, name) {
			bad.Say("", "There is no filter “%s”.", clip(name))
		}
	}
	several := []string{fReason, fStars, fState}
	one := func(name string) string {
		values := slices.Compact(slices.DeleteFunc(slices.Clone(q[name]), func(s string) bool { return strings.TrimSpace(s) == "" }))
		if len(values) == 0 {
			return ""
		}
		if len(values) > 1 {
			bad.Say(name, "Give one of these, not several.")
		}
		s := strings.TrimSpace(values[0])
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			bad.Say(name, "This isn't text.")
			return ""
		}
		if name != fIDs && utf8.RuneCountInString(s) > mostText {
			bad.Say(name, "At most 200 characters.")
			return ""
		}
		return s
	}
	f := Filter{
		Marketplace: marketplace, Seller: one(fSeller), Product: one(fProduct), Customer: one(fCustomer), Requester: one(fRequester),
		Approver: one(fApprover), Queue: one(fQueue), Remedy: one(fRemedy), Verified: one(fVerified), Held: one(fHeld), Assigned: one(fAssigned), By: one(fBy),
	}
	f.Reasons, f.States = list(q[several[0]]), list(q[several[2]])
	for _, s := range list(q[fStars]) {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 5 {
			bad.Say(fStars, "Stars are a whole number from 1 to 5, not “%s”.", clip(s))
			continue
		}
		f.Stars = append(f.Stars, n)
	}
	for _, s := range f.States {
		if !slices.Contains(States, s) {
			bad.Say(fState, "There is no state “%s”.", clip(s))
		}
	}
	oneOf(bad, fVerified, f.Verified, VerifiedYes, VerifiedNo, VerifiedUnknown)
	oneOf(bad, fHeld, f.Held, HeldYes, HeldNo)
	oneOf(bad, fAssigned, f.Assigned, models.AssignedRandom, models.AssignedPicked)
	oneOf(bad, fBy, f.By, ByAsked, ByDecided)
	oneOf(bad, fRemedy, f.Remedy, models.ActionLabel, models.ActionRedact, models.ActionMove, models.ActionRemove)
	f.IDs = ids(one(fIDs), bad)
	f.From, f.To = Days(one(fFrom), one(fTo), bad)
	if f.By == ByAsked || f.From.IsZero() && f.To.IsZero() { // it is about days
		f.By = ""
	}
	f.AsOf = asOf(one(fAsOf), now, bad)
	sense(f, bad)
	return f
}

// list are the distinct values of what can be chosen several times, sorted.
func list(values []string) []string {
	var out []string
	for _, s := range values {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func oneOf(bad models.Mistakes, field, value string, known ...string) {
	if value != "" && !slices.Contains(known, value) {
		bad.Say(field, "This is %s or %s, not “%s”.", strings.Join(known[:len(known)-1], ", "), known[len(known)-1], clip(value))
	}
}

var betweenIDs = regexp.MustCompile(`[\s,;]+`)

func ids(text string, bad models.Mistakes) []string {
	if text == "" {
		return nil
	}
	if utf8.RuneCountInString(text) > mostIDText {
		bad.Say(fIDs, "At most 8,000 characters.")
		return nil
	}
	out := list(betweenIDs.Split(text, -1))
	if len(out) > mostIDs {
		bad.Say(fIDs, "At most 100 ids at once; here are %d.", len(out))
	}
	return out
}

// Days reads two days as people mean them: both included. What can't be read is said under the names from and to.
func Days(from, to string, bad models.Mistakes) (time.Time, time.Time) {
	read := func(field, value string) time.Time {
		if value == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.DateOnly, value)
		if err != nil || t.Year() < 1900 || t.Year() > 9998 {
			bad.Say(field, "Write the day as YYYY-MM-DD.")
			return time.Time{}
		}
		return t
	}
	a, b := read(fFrom, from), read(fTo, to)
	if !b.IsZero() {
		b = b.AddDate(0, 0, 1)
	}
	if !a.IsZero() && !b.IsZero() && !a.Before(b) {
		bad.Say(fTo, "The last day is before the first.")
	}
	return a, b
}

// asOf reads a day, which means its end, or a moment.
func asOf(text string, now time.Time, bad models.Mistakes) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, text)
	if err == nil {
		if t.After(now) {
			bad.Say(fAsOf, "This day is still to come; nothing is known of it.")
		}
		return t.AddDate(0, 0, 1)
	}
	if t, err = time.Parse(time.RFC3339Nano, text); err != nil {
		bad.Say(fAsOf, "Write the day as YYYY-MM-DD, or a moment as 2026-03-14T15:09:00Z.")
		return time.Time{}
	}
	if t.After(now) {
		bad.Say(fAsOf, "This moment is still to come; nothing is known of it.")
	}
	return models.At(t)
}

// sense refuses combinations that can find nothing, whatever is there.
func sense(f Filter, bad models.Mistakes) {
	if f.By == ByDecided && len(f.States) == 1 && f.States[0] == models.ProposalOpen {
		bad.Say(fState, "What is open hasn't been decided, so it has no day of decision.")
	}
	if !f.AsOf.IsZero() && !f.From.IsZero() && !f.From.Before(f.AsOf) {
		bad.Say(fAsOf, "This is before the first day that you ask for.")
	}
	if f.Requester != "" && f.Requester == f.Approver {
		bad.Say(fApprover, "Nobody decides on what they asked for themselves.")
	}
}

func clip(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "\uFFFD")); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
