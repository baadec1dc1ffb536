package web

// erasureSamples are the pages of erasures, and pages on which something was erased.
func erasureSamples() map[string]PageData {
	list := ErasuresPage{Page: samplePage("Erasures"), Ask: Action{Allowed: true}, Pager: Pager{NextHref: "?page=x", Total: -1}}
	for i, state := range []string{"open", "open", "effective", "declined", "withdrawn", "expired", "void", "approved"} {
		row := ErasureRow{ID: sampleUUID(300 + i), State: state, Reference: "DSR-2026-0117", Requester: anna, Seats: sampleSeats(SeatYours), Reviews: i,
			AskedAt: ago(2 * hour), ExpiresAt: sampleNow.Add(40 * hour), Mark: Mark{EntryID: sampleUUID(300 + i)}}
		if state != "open" {
			row.DecidedAt, row.Seats = ago(hour), sampleSeats(SeatApproved)
		}
		list.Erasures = append(list.Erasures, row)
	}
	list.Erasures[1].Requester, list.Erasures[1].Seats = me, sampleSeats(SeatBarred)
	list.Erasures[3].Reference = ""
	bad, barred := list, list
	bad.Customer, bad.Reference, bad.Justification = hostile, "Mr. B", "short"
	bad.Errors = Errors{"customer": "There is no customer with this id here.", "reference": "Give the number of the case.", "justification": "Say how it is known.", "": "Try again."}
	barred.Ask = Action{Why: "You may look, and not ask."}

	one := ErasurePage{Page: samplePage("Erasures"), ErasureRow: list.Erasures[0], Customer: "cust-" + hostile, Removed: 2, Deciding: Deciding{Digest: hash, Approve: Action{Allowed: true}},
		Justification: "The customer asked in writing on 3 March; support has checked who they are. " + hostile}
	one.Reviews = 14
	wrong, mine, done, gone := one, one, one, one
	wrong.Note, wrong.Errors = "ok", Errors{"note": "Say a little more: at least 10 characters.", "": "Someone else decided a moment ago."}
	mine.Requester, mine.Approve, mine.Withdraw = me, Action{Why: "You asked for this; it takes someone else."}, Action{Allowed: true}
	done.ErasureRow, done.Customer, done.Gone, done.Approve = list.Erasures[2], "", true, Action{}
	done.Notes = []VerdictNote{{chiara, ago(hour), "Compared with the case. " + hostile}}
	gone.ErasureRow, gone.Customer, gone.Gone, gone.Justification, gone.Approve = list.Erasures[3], "", true, "", Action{}

	erased := sampleReview()
	erased.Title, erased.Body, erased.OrderRef, erased.ErasedAt = "", "", "", ago(hour)
	review := ReviewPage{Page: samplePage("Removals"), Review: erased, Flags: []Flag{{Source: "seller", At: ago(fullDay), Erased: true}},
		Versions: []Version{{2, 1, "", "", ago(2 * fullDay), hash, true}, {1, 2, "", "", ago(3 * fullDay), hash, true}}}
	proposal := ProposalPage{Page: samplePage("Removals"), ID: sampleUUID(80), State: "void", StateWhy: "The author had what they wrote erased while the request was open.",
		Review: erased, Reason: sampleReasons()[0], Requester: anna, AskedAt: ago(2 * fullDay), DecidedAt: ago(hour), ErasedAt: ago(hour), Seats: sampleSeats(SeatUnfilled), Digest: hash}
	requests := RequestsPage{Page: samplePage("Your requests"), Requests: sampleRows()[6:7]}
	requests.Requests[0].Excerpt = ErasedExcerpt
	return map[string]PageData{
		"erasures": list, "erasures-errors": bad, "erasures-barred": barred, "erasures-empty": ErasuresPage{},
		"erasure": one, "erasure-errors": wrong, "erasure-mine": mine, "erasure-done": done, "erasure-gone": gone, "erasure-empty": ErasurePage{},
		"review-erased": review, "proposal-erased": proposal, "requests-erased": requests,
	}
}
