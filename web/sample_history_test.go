package web

import "time"

func sampleRemovals() RemovalsPage {
	return RemovalsPage{Page: samplePage("Removals"), PeriodUnit: "week", CSVHref: "/m/m1/removals.csv", JSONLHref: "/m/m1/removals.jsonl", Pager: Pager{NextHref: "?after=x", Total: 10000, AtLeast: true},
		AsOf:  ago(fullDay),
		Chips: []Chip{{"Seller", "Haushalt & Herd GmbH " + hostile, "?x"}, {"State", "Declined", "?y"}},
		Saved: []SavedFilter{{ID: sampleUUID(400), Name: "Mine <b>" + hostile, Href: "/m/m1/removals?state=open", Mine: true, Shared: true, Owner: me}, {ID: sampleUUID(401), Name: "Ben’s", Href: "?z", Owner: ben, Shared: true}},
		Save:  SaveForm{Allowed: true, Query: "state=declined", Name: "x", Shared: true},
		Filter: RemovalFilter{
			AtLeast: true, Reasons: []Choice{{Value: "FAKE_EXPERIENCE", Label: "Fake experience", Count: 120, AtLeast: true, On: true}, {Value: "SPAM", Label: "Spam"}},
			Stars: []Choice{{Value: "1", Label: "★ 1", Count: 90}}, States: []Choice{{Value: "open", Label: "Waiting", Count: 7}},
			Moderators: []Option{{anna.ID, anna.Name, 112}}, Approvers: []Option{{chiara.ID, chiara.Name, 0}}, Queues: []Option{{"Household", "Household", 12}},
			Sellers: []Choice{{Label: "Haushalt & Herd GmbH " + hostile, Count: 31, Href: "?seller=x", On: true}}, Months: []Choice{{Label: "Mar 2026", Count: 44, AtLeast: true, Href: "?from=x"}},
		}}
}

// historySamples are the pages on one subject, the comparison and the saved filters.
func historySamples() map[string]PageData {
	var rows []RemovalRow
	for i, r := range sampleRows() {
		rows = append(rows, RemovalRow{sampleUUID(50 + i), r.ID, r.Stars, r.Excerpt, r.Reason, "redact", r.Seats, sampleUUID(60), r.Seller, anna, chiara, r.AskedAt, r.DecidedAt, r.State, Mark{EntryID: r.ID, Checkpoint: 8000}})
	}
	subject := SubjectPage{Page: samplePage("Removals"), Kind: "seller", Name: "Haushalt & Herd GmbH " + hostile, Ref: "S-1881", From: "2026-01-01", At: ago(fullDay),
		Figures:    []SubjectFigure{{"reviews decided on", "10000+", ""}, {"removals asked for", "120", "12 % of decisions"}},
		Breakdowns: []Breakdown{{"Reasons", []BreakdownRow{{"Fake experience", "", 100, 0.83}, {hostile, "/m/m1/x", 20, 0.17}}}, {"Moderators", []BreakdownRow{{"Anna Moor", "/m/m1/moderators/x", 120, 1}}}},
		Periods:    []Period{{ago(2 * fullDay), ago(fullDay), 3, 2, "?from=1", false}}, PeriodUnit: "day", Rows: rows, AtLeast: true,
		Links: []NavItem{{Label: "These in the list of removals", Href: "/m/m1/removals?seller=x"}}, Pager: Pager{NextHref: "?page=x", Total: -1}}
	pair, wrong := subject, subject
	pair.Kind, pair.Name, pair.Other, pair.Ref = "pair", anna.Name, chiara.Name, ""
	wrong.Kind, wrong.Rows, wrong.Figures, wrong.Errors = "moderator", nil, nil, Errors{"to": "The last day is before the first.", "asof": "This day is still to come.", "": "There is no filter “x”."}

	compare := ComparePage{Page: samplePage("Removals"), Preset: "30", From: "2026-02-13", To: "2026-03-14", BeforeFrom: "2026-01-14", BeforeTo: "2026-02-12", Now: "13 Feb – 14 Mar 2026", Before: "14 Jan – 12 Feb 2026",
		All: CompareRow{Label: "Removals asked for", N: 120, Before: 90, Share: "12.0 % of 1000", BeforeShare: "9.0 % of 1000", Ratio: "1.33", Range: "1.01 – 1.77", Differs: true},
		Tables: []CompareTable{{Title: "Reasons", Of: "of all decisions", More: 3, Rows: []CompareRow{{Label: hostile, Href: "/m/m1/x", N: 4, Share: "no decisions", BeforeShare: "no decisions"},
			{Label: "Spam", N: 4, Share: "0.4 % of 1000", BeforeShare: "0.0 % of 1000", Ratio: "none before", Range: "0.66 or more"}}}, {Title: "Sellers"}}}
	badCompare := ComparePage{Page: samplePage("Removals"), Preset: "8", From: "x", Errors: Errors{"preset": "Compare 7, 30 or 90 days.", "from": "Write the day.", "before_to": "The two periods overlap.", "": "There is nothing called “x”."}}

	filters := FiltersPage{Page: samplePage("Removals"), Filters: []SavedFilter{
		{ID: sampleUUID(400), Name: hostile, Href: "?x", Mine: true, Owner: me, At: ago(hour), Mark: Mark{EntryID: sampleUUID(400), Checkpoint: 9}}, {ID: sampleUUID(401), Name: "Ben’s", Href: "?y", Shared: true, Owner: ben, At: ago(time.Hour)}}}
	badName, badSave := filters, filters
	badName.Renamed, badName.Name, badName.Errors = sampleUUID(400), "", Errors{"name": "Give it a name."}
	badSave.Save = SaveForm{Allowed: true, Query: "state=open", Errors: Errors{"name": "Give it a name."}}
	return map[string]PageData{
		"subject": subject, "subject-pair": pair, "subject-errors": wrong, "subject-empty": SubjectPage{},
		"compare": compare, "compare-errors": badCompare, "compare-empty": ComparePage{},
		"filters": filters, "filters-rename-errors": badName, "filters-save-errors": badSave, "filters-empty": FiltersPage{},
	}
}
