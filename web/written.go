package web

import "net/url"

// Written is a text that somebody wrote into a form that came to nothing.
type Written struct{ Name, Label, Text string }

// WrittenIn picks from a failed form what somebody would otherwise have to write again. Passwords aren't among it.
func WrittenIn(form url.Values) []Written {
	var out []Written
	add := func(name, label string) {
		if text := form.Get(name); text != "" {
			out = append(out, Written{name, label, text})
		}
	}
	for _, f := range evidenceFields {
		add("evidence_"+string(f.Kind), f.Label)
	}
	add("justification", "Justification")
	add("note", "Note")
	return out
}
