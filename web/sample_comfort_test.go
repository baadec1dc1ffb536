package web

// comfortSamples are pages about how the pages are.
func comfortSamples() map[string]PageData {
	form := PreferencesPage{Page: samplePage("Preferences"), TimeZone: "Europe/Berlin", Media: "grey", BreakAfter: "50", Undo: true, SingleKeys: true, Language: "de", Back: "/m/m1/desk"}
	bad := form
	bad.TimeZone, bad.Errors = hostile, Errors{"time_zone": "There is no such time zone.", "language": "There is no such language.", "media": "Choose one.", "break_after": "From 0 to 480.", "": "It went wrong."}
	found := JumpPage{Page: samplePage("Search or jump"), Query: sampleID[28:], Asked: true, Found: []JumpTo{{"review", "Review …" + sampleID[28:], sampleID, "/m/m1/reviews/" + sampleID}, {"entry", "Entry", sampleUUID(3), "/m/m1/record/" + sampleUUID(3)}}}
	none := JumpPage{Page: samplePage("Search or jump"), Query: hostile, Asked: true}
	templates := TemplatesPage{Page: samplePage("Templates"), MayShare: true, Templates: sampleTemplates()}
	badTemplate := templates
	badTemplate.Name, badTemplate.Text, badTemplate.Purpose, badTemplate.Shared = hostile, hostile, "note", true
	badTemplate.Errors = Errors{"name": "Give it a name.", "text": "Write a text.", "purpose": "Choose what it is for.", "": "It can’t be kept."}
	return map[string]PageData{
		"preferences": form, "preferences-errors": bad, "preferences-empty": PreferencesPage{},
		"design": NewDesign(sampleNow), "design-empty": DesignPage{Seats: make([]Seats, 7), Points: make([]PairFigures, 13), Redacted: Review{Marked: &Marked{}}},
		"break": BreakPage{Page: samplePage("A break"), Desk: true, Held: true}, "break-empty": BreakPage{},
		"jump": found, "jump-none": none, "jump-empty": JumpPage{},
		"templates": templates, "templates-errors": badTemplate, "templates-empty": TemplatesPage{},
	}
}

func sampleTemplates() []TextTemplate {
	return []TextTemplate{
		{ID: sampleUUID(90), Purpose: "justification", Name: "Order look-up", Text: "The order look-up finds no order of this author for this product.", MayDelete: true, Owner: me, Mark: Mark{EntryID: sampleUUID(90)}},
		{ID: sampleUUID(91), Purpose: "note", Name: hostile, Text: hostile, Shared: true, Owner: anna},
	}
}
