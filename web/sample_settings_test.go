package web

// settingsSamples are the pages of settings.
func settingsSamples() map[string]PageData {
	weak := SettingChange{Words: "Approvers are drawn", From: "yes", To: "no", Means: "Who decides is drawn.", Open: "Open requests stay as they are.", Weakens: "Requester and approver can find each other."}
	text := SettingChange{Words: "Where else to complain", From: "nothing", To: hostile, Means: "A sentence at the end.", Open: "All statements say it."}
	list := SettingsPage{Page: samplePage("Settings"), Ask: Action{Allowed: true}, Pager: Pager{NextHref: "?page=x", Total: -1}, Settings: []Setting{
		{Name: "lease_minutes", Words: "Holding a ticket", Means: "How long.", Open: "Those that are held keep their time.", Kind: "number", Unit: "minutes", Min: 1, Max: 120, Value: "10", Said: "10 minutes", Default: "10 minutes", Input: "10"},
		{Name: "approvers_drawn", Words: "Approvers are drawn", Kind: "yes-no", Choices: []Option{{Value: "yes", Label: "yes"}, {Value: "no", Label: "no"}}, Value: "no", Said: "no", Default: "yes", Input: "no", By: []Person{anna, me}, Since: ago(hour), ByID: sampleUUID(400)},
		{Name: "redress_body", Words: "Where else to complain", Kind: "text", Max: 500, Shape: "One line.", Value: hostile, Said: hostile, Default: "nothing", Input: hostile},
	}}
	for i, state := range []string{"open", "open", "effective", "declined", "withdrawn", "expired", "void", "approved"} {
		row := SettingsRow{ID: sampleUUID(400 + i), State: state, Changes: []SettingChange{weak, text}[:1+i%2], Requester: anna, Seats: sampleSeats(SeatYours),
			AskedAt: ago(2 * hour), ExpiresAt: sampleNow.Add(40 * hour), Mark: Mark{EntryID: sampleUUID(400 + i)}}
		if state != "open" {
			row.DecidedAt, row.Seats = ago(hour), sampleSeats(SeatApproved)
		}
		list.Requests = append(list.Requests, row)
	}
	list.Requests[1].Requester, list.Requests[1].Seats = me, sampleSeats(SeatBarred)
	bad, reader := list, list
	bad.Justification = hostile
	bad.Errors = Errors{"lease_minutes": "Write a whole number.", "justification": "Say why.", "": "Try again."}
	reader.Ask = Action{}
	one := SettingsRequestPage{Page: samplePage("Change of settings"), SettingsRow: list.Requests[0], Justification: "The desk was measured. " + hostile, Deciding: Deciding{Digest: hash, Approve: Action{Allowed: true}}}
	one.Changes = []SettingChange{weak, text}
	wrong, mine, done := one, one, one
	wrong.Note, wrong.Errors = "ok", Errors{"note": "Say a little more.", "": "Someone else decided a moment ago."}
	mine.Requester, mine.Approve, mine.Withdraw = me, Action{Why: "You asked for this; it takes someone else."}, Action{Allowed: true}
	done.SettingsRow, done.Approve, done.Notes = list.Requests[2], Action{}, []VerdictNote{{chiara, ago(hour), hostile}}
	return map[string]PageData{
		"settings": list, "settings-errors": bad, "settings-reader": reader, "settings-empty": SettingsPage{},
		"settings-request": one, "settings-request-errors": wrong, "settings-request-mine": mine, "settings-request-done": done, "settings-request-empty": SettingsRequestPage{},
	}
}
