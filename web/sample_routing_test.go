package web

// routingSamples are the pages of routing, and pages with its parts.
func routingSamples() map[string]PageData {
	rules := []RuleRow{
		{Name: "Legal " + hostile, When: []string{"flagged by seller", "score at least 80"}, Queue: "legal", Priority: 5, DueHours: 4, Skill: "legal"},
		{Name: "Everything", DueHours: 24},
	}
	list := RoutingPage{Page: samplePage("Routing"), Version: 3, Since: ago(fullDay), Language: "de", RepeatDays: 30, Rules: rules, Change: Action{Allowed: true}, Pager: Pager{NextHref: "?page=x", Total: -1}}
	for i, state := range []string{"open", "effective", "declined", "withdrawn", "expired", "void", "approved"} {
		row := RoutingRow{ID: sampleUUID(400 + i), State: state, Requester: anna, Seats: sampleSeats(SeatYours), Changes: i + 1,
			AskedAt: ago(2 * hour), ExpiresAt: sampleNow.Add(40 * hour), Mark: Mark{EntryID: sampleUUID(400 + i)}}
		if state != "open" {
			row.DecidedAt, row.Version = ago(hour), i
		}
		list.Asks = append(list.Asks, row)
	}
	barred, builtin := list, RoutingPage{Page: samplePage("Routing"), Rules: rules[1:]}
	barred.Change = Action{Why: "A change has been asked for already."}

	stop := RoutingStop{Queue: "kitchen", DueHours: 24}
	preview := RoutingPreview{
		Changes: []RuleChange{{"added", "Legal " + hostile, "flagged by seller → the queue legal"}, {"changed", "", "reviews without a language are taken for de, not unknown"}},
		Days:    30, Tickets: 812, More: true, Same: 700,
		Ways: []RoutingWay{{Was: stop, Would: RoutingStop{"legal", 5, 4, "legal"}, Tickets: 112, Examples: []string{sampleUUID(1), sampleUUID(2)}}},
	}
	edit := RoutingEditPage{Page: samplePage("Change the rules"), Basis: 3, Language: "de", RepeatDays: "30", Categories: []string{"kitchen", "toys"}, Skills: []string{"legal"}, Sources: []string{"seller"}, More: true,
		Rules: []RuleForm{{Name: "Legal " + hostile, Sources: "seller", ScoreFrom: "80", Queue: "legal", Priority: "5", DueHours: "4", Skill: "legal", First: true}, {N: 1, Name: "Everything", Priority: "0", DueHours: "24", Last: true}}}
	wrong, previewed := edit, edit
	wrong.Rules = append([]RuleForm{}, edit.Rules...)
	wrong.Errors = Errors{"": "These are the rules in force.", "language": "No code.", "repeat": "A number.", "justification": "Say more.", "r0-queue": "Rule 1: too long.", "r0": "Rule 1: nothing comes as far."}
	wrong.Rules[0].Problem = "Rule 1: nothing comes as far."
	wrong.Rules[0].Errors = Errors{"name": "a", "categories": "b", "languages": "c", "sources": "d", "score": "e", "stars": "f", "age": "g", "verified": "h", "flags": "i", "distinct": "j", "queue": "k", "priority": "l", "due": "m", "skill": "n"}
	previewed.Previewed, previewed.Preview = true, preview

	ask := RoutingAskPage{Page: samplePage("Change of routing"), RoutingRow: list.Asks[0], Justification: "Sellers' legal letters wait too long. " + hostile, Deciding: Deciding{Digest: hash, Approve: Action{Allowed: true}}, Preview: preview, Rules: rules}
	bad, mine, done := ask, ask, ask
	bad.Note, bad.Errors = "ok", Errors{"note": "Say a little more: at least 10 characters.", "": "Someone else decided a moment ago."}
	mine.Requester, mine.Approve, mine.Withdraw = me, Action{Why: "You asked for this."}, Action{Allowed: true}
	done.RoutingRow, done.Approve, done.Preview = list.Asks[1], Action{}, RoutingPreview{Days: 30}
	done.Notes = []VerdictNote{{chiara, ago(hour), "Looked at the examples. " + hostile}}

	routed := RoutedPage{Page: samplePage("A ticket's way"), ID: sampleUUID(9), State: "open", Facts: []Fact{{"Category", hostile}}, Now: stop, Rule: hostile}
	for _, why := range []string{"flag", "flag", "escalate", "look", "before"} {
		routed.Stops = append(routed.Stops, RoutedStop{RoutingStop: RoutingStop{"legal", 5, 4, "legal"}, At: ago(hour), Due: sampleNow.Add(hour), Why: why, Version: len(routed.Stops), Rule: hostile})
	}
	return map[string]PageData{
		"routing": list, "routing-barred": barred, "routing-builtin": builtin, "routing-edit": edit, "routing-edit-errors": wrong, "routing-edit-preview": previewed,
		"routing-ask": ask, "routing-ask-errors": bad, "routing-ask-mine": mine, "routing-ask-done": done, "routed": routed, "routed-empty": RoutedPage{Page: samplePage("A ticket's way")},
		"routing-empty": RoutingPage{Page: samplePage("Routing")}, "routing-edit-empty": RoutingEditPage{Page: samplePage("Change the rules")}, "routing-ask-empty": RoutingAskPage{Page: samplePage("Change of routing")},
		"desk-on-shift": DeskPage{Page: samplePage("Desk"), Shift: ShiftBar{State: "on", Since: ago(hour), Back: "desk", Base: "/m/m1"}},
		"inbox-loads": InboxPage{Page: samplePage("Approvals"), Shift: ShiftBar{State: "break", Since: ago(hour), Back: "approvals", Base: "/m/m1"},
			Loads: []LoadRow{{Who: anna, State: "on", Since: ago(hour), Held: 1, Decided: 12, Waiting: 3}, {Who: me, State: "break", Since: ago(hour)}}},
	}
}
