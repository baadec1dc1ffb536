package web

// statementSamples are the pages of statements, appeals and neutrality.
func statementSamples() map[string]PageData {
	w := map[string]string{
		"title": "Why your review was removed", "lede": "This page is for its author.", "what_title": "What was decided", "clause": "The rule", "clause_quote": "As the policy has it:",
		"facts_title": "What it rests on", "marked": "These words:", "how_title": "How it was decided", "appeal_title": "If you think this is wrong", "wrong": "What is wrong?", "words": "Your appeal",
		"words_help": "20 to 4,000 characters.", "send": "Send the appeal", "error": "Something is missing", "appeals_title": "Your appeal", "back_title": "It is published again",
		"redress": "You can also turn elsewhere:", "court": "Your right to go to court isn’t touched.", "once": "Keep this address.", "secret": "The link is for you alone.", "language": "Language", "yours": "What you wrote",
	}
	one := StatementPage{
		Page: Page{Public: true, Title: w["title"], Market: Market{Name: "Marktplatz"}}, W: w, Href: "/s/x", Languages: []Option{{Value: "de", Label: "Deutsch"}},
		What: "Your review of “Kettle” isn’t shown any more.", Clause: "Somebody else’s data", Policy: "The text gives away data.", Facts: "It does.", Marked: []string{hostile},
		People: "Two people decided.", Scope: "Everywhere.", Appeal: "You can appeal until 1 May 2027.", Redress: "The arbiter.", Wrongs: []Option{{Label: "None"}, {Value: "facts", Label: "The facts"}},
	}
	bad, filed, back, gone := one, one, one, StatementPage{Page: Page{Public: true, Lang: "de"}, W: w, Heading: "There is nothing at this address", Note: "Check the link."}
	bad.Words, bad.Wrong, bad.Errors = hostile, "facts", Errors{"words": "Write at least 20 characters.", "wrong": "Choose one.", "": "Nothing was changed."}
	filed.Appeal, filed.NoAppeal, filed.Words = "", "It is too late.", hostile
	filed.Appeals = []StatementAppeal{{Filed: "Sent on 1 May.", State: "It is being looked at.", Words: hostile}}
	back.Appeal, back.Back = "", "It was put back on 2 May."
	back.Appeals = []StatementAppeal{{Filed: "Sent on 1 May.", Words: "The order is there.", Answered: "Answer of 2 May", Verdict: "The removal was wrong.", Answer: hostile, Reversed: true}}

	list := StatementsPage{Page: samplePage("Statements"), Dsa: Action{Allowed: true}, Pager: Pager{NextHref: "?page=x", Total: -1}}
	for i, state := range []string{"removed", "recording", "restored", "appeal-erased"} {
		list.Rows = append(list.Rows, StatementRow{ID: sampleUUID(400 + i), ProposalID: sampleUUID(80), ReviewID: sampleUUID(50), Stars: 1, Reason: "FAKE_EXPERIENCE", Product: hostile, MadeAt: ago(hour), Until: sampleNow.Add(fullDay), State: state, Appeals: i, Href: "/x"})
	}
	queue := AppealsPage{Page: samplePage("Appeals"), Show: "open", Nobody: 1, Overdue: 2, Pager: Pager{NextHref: "?page=x", Total: -1}}
	for i, state := range []string{"drawn", "waiting", "upheld", "reversed", "erased"} {
		row := AppealRow{ID: sampleUUID(420 + i), Href: "/m/m1/appeals/x", State: state, Reason: "HATE", Stars: 2, Who: anna, FiledAt: ago(20 * fullDay), DueAt: ago(6 * fullDay), Overdue: i < 2, Mine: i == 0}
		if i > 1 {
			row.AnsweredAt = ago(hour)
		}
		queue.Rows = append(queue.Rows, row)
	}
	p := proposalSamples()["proposal"].(ProposalPage)
	p.Review.Status = "removed"
	appeal := AppealPage{
		Page: samplePage("Appeals"), ID: sampleUUID(420), State: "drawn", FiledAt: ago(fullDay), DueAt: sampleNow.Add(13 * fullDay), Who: me, Wrong: "The facts aren’t so", Words: hostile, Proposal: p,
		Earlier: filed.Appeals, Versions: []Version{{2, 1, "", hostile, ago(fullDay), hash, false}}, Flags: sampleFlags(), Seen: hash, Answer: Action{Allowed: true}, HandBack: Action{Allowed: true},
	}
	wrong, touched, done := appeal, appeal, appeal
	wrong.Reply, wrong.Verdict, wrong.Errors = "ok", "uphold", Errors{"verdict": "Choose one.", "words": "Write more.", "": "Look again."}
	touched.Answer = Action{Why: "You have had a hand in this case since."}
	done.AnsweredAt, done.Verdict, done.Reply, done.State, done.Answer, done.HandBack = ago(hour), "reverse", hostile, "reversed", Action{}, Action{}
	neutral := NeutralityPage{Page: samplePage("Neutrality"), From: "2026-01-01", To: "2026-06-30", ExportHref: "/m/m1/neutrality.csv", Rows: []NeutralRow{
		{Low: NeutralBand{1200, 90, 61, "5.1 %"}, High: NeutralBand{900, 20, 9, "1.0 %"}, Difference: "4.1", Least: "2.6", Most: "5.5", Apart: true},
		{Code: "HATE", Low: NeutralBand{1200, 1, 1, "0.1 %"}, High: NeutralBand{900, 0, 0, "0.0 %"}, Difference: "0.1", Least: "−0.3", Most: "0.5", Small: true},
		{Code: "DUPLICATE", High: NeutralBand{0, 0, 0, "–"}, Difference: "–", Nothing: true},
	}}
	badDays := NeutralityPage{Page: samplePage("Neutrality"), From: "x", To: "y", Errors: Errors{"from": "Write the day.", "to": "Write the day."}}
	return map[string]PageData{
		"statement": one, "statement-errors": bad, "statement-filed": filed, "statement-back": back, "statement-gone": gone, "statement-empty": StatementPage{Page: Page{Public: true}, W: w},
		"statements": list, "statements-empty": StatementsPage{}, "appeals": queue, "appeals-empty": AppealsPage{},
		"appeal": appeal, "appeal-errors": wrong, "appeal-touched": touched, "appeal-done": done, "appeal-empty": AppealPage{},
		"neutrality": neutral, "neutrality-errors": badDays, "neutrality-empty": NeutralityPage{},
	}
}
