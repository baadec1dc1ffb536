package web

import (
	"fmt"
	"math"
	"net/url"
	"time"
)

func sqrt(x float64) float64 { return math.Sqrt(x) }

// samples are every page by name: as it usually is, empty, and with errors.
func samples() map[string]PageData {
	out := map[string]PageData{}
	for _, part := range []map[string]PageData{deskSamples(), proposalSamples(), auditSamples(), historySamples(), erasureSamples(), settingsSamples(), routingSamples(), statementSamples(), comfortSamples(), setSamples(), otherSamples()} {
		for name, p := range part {
			out[name] = p
		}
	}
	return out
}

func deskSamples() map[string]PageData {
	desk := DeskPage{Page: samplePage("Desk"), Take: Action{Allowed: true}, Today: DeskDay{Kept: 48, Asked: 11, Skipped: 2}, Week: DeskDay{201, 44, 9}, Pace: Pace{"2 min 10 s", 245, "1 min 50 s", "2 min 31 s", []PaceShare{{"kept", 0.79, true, 0.74, 0.81}, {"skipped", 0.035, false, 0, 0}}},
		Queues: []DeskQueue{{"Household", 31, sampleNow.Add(40 * time.Minute), 0}, {"Electronics", 1104, ago(2 * hour), 3}, {"Toys", 0, time.Time{}, 0}}}
	desk.Flashes = []Flash{{Kind: FlashDone, Text: "Your request is on its way to a second person.", Href: "/m/m1/requests", LinkText: "See it"}}
	desk.Own = &Agreement{Looked: 43, Agreed: 41, Low: 0.8419, High: 0.9943, Tests: 3, ErrHigh: 0.7076}
	held, barred := desk, desk
	held.Held = &HeldTicket{ID: sampleUUID(90), Stars: 1, Excerpt: sampleExcerpts[0], Queue: "Household", LeaseUntil: sampleNow.Add(6 * time.Minute)}
	barred.Take = Action{Why: "Your role at this marketplace ended yesterday."}

	ticket := TicketPage{Page: samplePage("Desk"), ID: sampleUUID(90), Queue: "Household", Due: sampleNow.Add(5 * hour), Review: sampleReview(),
		Flags: sampleFlags(), State: "leased", Mine: true, LeaseUntil: sampleNow.Add(11*time.Minute + 42*time.Second), TextDigest: hash,
		Reasons: sampleReasons(), Never: sampleNever, Timeline: sampleTimeline()[:3],
		Others: []OtherReview{{sampleUUID(51), 4, sampleExcerpts[2], ago(90 * fullDay), "published"}, {sampleUUID(52), 2, sampleExcerpts[4], ago(40 * fullDay), "removed"}}}
	ticket.Review.Seller, ticket.Review.Author = Seller{Hidden: true}, Author{About: "a few reviews"}
	ticket.Unmask = Unmask{Offered: true, URL: "/m/m1/tickets/x/unmask", On: "ticket"}
	bad := ticket
	bad.Unmask.Purpose, bad.Unmask.Words, bad.Unmask.Errors = "tie", hostile, Errors{"purpose": "Choose what you need the names for.", "words": "Say it in your own words.", "": "Try again."}
	bad.Remove = RemoveForm{Reason: "FAKE_EXPERIENCE", Evidence: map[EvidenceKind]string{EvidenceOrder: "DE-1"}, Justification: "Fake.",
		Errors: Errors{"reason": "This reason isn’t open for this review.", "evidence_order": "No look-up has this reference.", "evidence_statement": "Give the statement or the order look-up.",
			"evidence_link": "This isn’t an address.", "evidence_reviews": "Line 2 isn’t a review’s id.", "evidence_span": "These words aren’t in the review.", "evidence_document": "No document has this reference.",
			"justification": "Say a little more: at least 40 characters.", "": "The review was edited while you wrote; look again."}}
	bad.Review.Title, bad.Review.Body = "", hostile
	skip := ticket
	skip.Skip = SkipForm{Reason: "gone", Note: "x", Errors: Errors{"reason": "Choose one.", "note": "That is too long."}}
	skip.KeepErrors = Errors{"": "The review was edited while you read it."}
	checked := ticket
	checked.Remove = RemoveForm{Reason: "PERSONAL_DATA", Remedy: "redact", Redact: "two weeks #3\n" + hostile, Checked: true, Have: []EvidenceKind{EvidenceSpan}, FileIDs: []string{sampleUUID(40)},
		Files:  []File{{sampleUUID(40), "screen shot of the order.png", "image/png", "/m/m1/tickets/x/files/y", 48_211, true, "/m/m1/tickets/x/files/y/preview"}, {sampleUUID(41), hostile, "text/plain", "/m/m1/tickets/x/files/z", 2 << 20, false, ""}},
		Errors: Errors{"redact": "“two weeks” occurs only 2 times, so there is no #3.", "files": "“a.png” is named as PNG, and what is in it is PDF.", "remedy": "It allows: redact, remove.", "label": "Choose.", "product": "There is no product with this id.", "seller": "Several sell it: a, b."}}
	lost := ticket
	lost.Mine, lost.NotMine, lost.ProposalID, lost.State = false, "Chiara decided this ticket an hour ago.", sampleUUID(80), "decided"
	return map[string]PageData{
		"desk": desk, "desk-held": held, "desk-barred": barred, "desk-empty": DeskPage{},
		"ticket": ticket, "ticket-errors": bad, "ticket-skip-errors": skip, "ticket-checked": checked, "ticket-held": heldTicket(ticket, false), "ticket-hold-errors": heldTicket(ticket, true), "ticket-not-mine": lost, "ticket-empty": TicketPage{}, "ticket-mine-empty": TicketPage{Mine: true},
	}
}

func sampleRows() []ProposalRow {
	states := []string{"open", "open", "effective", "declined", "withdrawn", "expired", "void", "approved"}
	seats := []Seats{sampleSeats(SeatYours), sampleSeats(SeatApproved, SeatEmpty), sampleSeats(SeatApproved), sampleSeats(SeatDeclined),
		sampleSeats(SeatUnfilled), sampleSeats(SeatUnfilled), sampleSeats(SeatLapsed), sampleSeats(SeatApproved, SeatApproved)}
	out := make([]ProposalRow, len(states))
	for i, s := range states {
		out[i] = ProposalRow{ID: sampleUUID(80 + i), State: s, Stars: 1 + i%2, Excerpt: sampleExcerpts[i%len(sampleExcerpts)], Seller: "Haushalt & Herd GmbH",
			Reason: sampleReasons()[i].Code, Requester: anna, Seats: seats[i], AskedAt: ago(time.Duration(i+1) * 3 * hour), ExpiresAt: sampleNow.Add(40 * hour),
			Effect: Effect{4.13, 4.14, 2120, 2119, 310, 309}, Digest: hash, Decide: Action{Allowed: true}}
		if s != "open" {
			out[i].DecidedAt = ago(time.Duration(i) * hour)
		} else {
			out[i].Withdraw.Allowed = true
		}
	}
	out[3].Note = "The order exists: delivered on 11 February. " + hostile
	return out
}

func proposalSamples() map[string]PageData {
	rows := sampleRows()
	inbox := InboxPage{Page: samplePage("Approvals"), Rows: sampleInbox(4), Now: sampleNow, Pager: Pager{NextHref: "?after=x", Total: 7}}
	inbox.Rows[1].Decide = Action{Why: "You asked for this; it takes someone else."}
	inbox.Rows[1].Requester, inbox.Rows[1].Seats = me, sampleSeats(SeatBarred)
	inbox.Rows[2].Decide = Action{Why: "You declared an interest in this seller."}

	p := ProposalPage{Page: samplePage("Approvals"), ID: sampleUUID(80), State: "open", Review: sampleReview(), Reason: sampleReasons()[0], Requester: anna,
		AskedAt: ago(2 * hour), ExpiresAt: sampleNow.Add(46 * hour), Justification: "The order look-up shows no delivery to this account within the last year, and the text matches two others posted within the same hour.",
		Evidence: []Evidence{{Kind: EvidenceOrder, Value: "DE-2026-0211-77431", Check: "The order exists and was delivered on 11 February.", Number: 1, Opened: true}, {Kind: EvidenceReviews, Value: sampleUUID(52), SeeHref: "/m/m1/proposals/x/evidence/2", Number: 2}, {Kind: EvidenceSpan, Value: hostile, Number: 3}},
		Effect:   Effect{4.13, 4.14, 2120, 2119, 310, 309}, Seats: sampleSeats(SeatYours, SeatEmpty), QuorumWhy: "A third seat, because the figures ask for a look at this requester and this seller.",
		Known:  []Figure{{"Anna asked, this seller", "9 of 14", "others: 3 of 21", "/m/m1/board/a/b"}, {"Anna asked, all sellers", "112 of 640", "", ""}, {"Removed for this seller, 90 days", "12", "of 310 reviews", ""}},
		Digest: hash, Approve: Action{Allowed: true}, Decline: Action{Allowed: true}, HandBack: Action{Allowed: true}, Timeline: sampleTimeline()[:4], Mark: Mark{EntryID: sampleUUID(72), Checkpoint: 8812}}
	bad, barred, mine, done, void, half := p, p, p, p, p, p
	bad.Note, bad.Errors = "ok", Errors{"note": "Say a little more: at least 10 characters.", "": "Someone else decided a moment ago."}
	barred.Approve, barred.Decline = Action{Why: "You approved nine of Anna’s last ten."}, Action{Why: "You declared an interest in this seller."}
	barred.Seats = sampleSeats(SeatBarred)
	half.Requester, half.Unmask = Person{Hidden: true}, Unmask{Offered: true, URL: "/m/m1/proposals/x/unmask", On: "proposal"}
	void.Unmask = Unmask{Shown: true, On: "proposal"}
	half.Approve = Action{Why: "You have an interest in this seller."}
	mine.Requester, mine.Withdraw, mine.Approve, mine.Decline, mine.Seats = me, Action{Allowed: true}, Action{Why: "You asked for this; it takes someone else."}, Action{}, sampleSeats(SeatBarred)
	done.State, done.DecidedAt, done.Seats, done.Timeline = "effective", ago(hour), sampleSeats(SeatApproved), sampleTimeline()
	void.State, void.NowVersion, void.StateWhy, void.Seats = "void", 3, "The author edited the review an hour ago.", sampleSeats(SeatLapsed)
	redact, label := p, p
	redact.Remedy, label.Remedy, label.Would = "redact", "label", "The label would say: “A reward for this review wasn’t disclosed.” The text and the stars stay."
	redact.Review.Marked = &Marked{Title: []Piece{{redact.Review.Title, false}}, Body: []Piece{{"Call ", false}, {"the neighbour, 030 1234", true}, {" " + hostile, false}}, Told: "As customers would read it"}
	redact.Evidence = append(redact.Evidence, Evidence{Kind: EvidenceFile, Name: hostile, Value: "image/png, 48 KB", SeeHref: "/m/m1/proposals/x/evidence/4", Preview: "/m/m1/proposals/x/evidence/4/preview", Number: 4, Opened: true})
	redact.Notes = sampleTemplates()
	redact.Errors = Errors{"evidence": "Open the evidence before you approve. You haven’t opened: 2 (another review)."}
	move := p
	move.Remedy, move.Would, move.State = "move", "It would count for “Toaster” (p-2) of Shop, and not for this product any more.", "effective"
	evidence := EvidencePage{Page: samplePage("Evidence"), ProposalID: sampleUUID(80), Number: 2, Review: sampleReview(), Changed: true, Digest: hash}
	return map[string]PageData{
		"proposal-redact": redact, "proposal-label": label, "proposal-move": move, "evidence": evidence, "evidence-empty": EvidencePage{},
		"requests": RequestsPage{Page: samplePage("Your requests"), Requests: rows, Pager: Pager{PrevHref: "?b=1", Total: 112}}, "requests-empty": RequestsPage{},
		"inbox": inbox, "inbox-empty": InboxPage{Page: samplePage("Approvals")}, "inbox-all": InboxPage{Page: samplePage("Approvals"), Tab: "all", Rows: sampleInbox(2)}, "inbox-decided": InboxPage{Page: samplePage("Approvals"), Tab: "decided", Rows: sampleInbox(8)},
		"proposal-near-end": sampleNearEnd(p), "proposal-answering": sampleAnswering(mine),
		"proposal": p, "proposal-errors": bad, "proposal-barred": barred, "proposal-mine": mine, "proposal-done": done, "proposal-void": void, "proposal-half": half, "proposal-empty": ProposalPage{},
	}
}

func auditSamples() map[string]PageData {
	removals := sampleRemovals()
	for i, r := range append(sampleRows(), sampleRows()...) {
		removals.Rows = append(removals.Rows, RemovalRow{sampleUUID(50 + i), r.ID, r.Stars, r.Excerpt, r.Reason, "redact", r.Seats, sampleUUID(60), r.Seller, anna, chiara, r.AskedAt, r.DecidedAt, r.State, Mark{EntryID: r.ID, Checkpoint: int64(i%2) * 8000}})
	}
	for i := range 26 {
		start := time.Date(2025, 9, 15, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 7 * fullDay)
		removals.Periods = append(removals.Periods, Period{start, start.Add(7 * fullDay), 20 + (i*37)%31, 9 + (i*17)%11, fmt.Sprintf("?from=%d", i), i == 20})
	}
	badDates := removals
	badDates.Filter.Seller, badDates.Filter.Moderator, badDates.Filter.From, badDates.Filter.IDs = "S-1", "gone", "yesterday", hostile
	badDates.Errors, badDates.Rows, badDates.Chips = Errors{"from": "Write the day as 2026-03-14.", "to": "This lies before the first day.", "moderator": "There is no such person.",
		"seller": "No such seller.", "stars": "Stars are from 1 to 5.", "state": "There is no such state.", "reason": "There is no such reason.", "ids": "There is no such review.", "": "There is no filter “colour”."}, nil, nil

	review := ReviewPage{Page: samplePage("Removals"), Review: sampleReview(), Timeline: sampleTimeline(), Flags: sampleFlags(), Proposals: sampleRows()[2:5], Restore: Action{Allowed: true}, Looks: sampleTimeline()[:1],
		Tickets:  []TicketStory{{"Household", "closed", ago(3 * fullDay), ago(hour)}, {"Toys", "open", ago(hour), time.Time{}}},
		Versions: []Version{{2, 1, "Stopped working", sampleReview().Body, ago(2 * fullDay), hash, false}, {1, 2, "", hostile, ago(3 * fullDay), hash, false}}}
	review.Review.Status = "removed"
	review.Holds = sampleHolds().Holds
	badRestore, noRestore := review, review
	badRestore.Errors, badRestore.Note = Errors{"note": "Say why it comes back."}, "x"
	noRestore.Restore = Action{Why: "It is published already."}

	points := samplePoints(1321)
	board := BoardPage{Page: samplePage("Board"), Compared: 1321, Alarms: 2, ComputedAt: ago(hour), From: ago(180 * fullDay), To: ago(fullDay), Points: points, Rows: points[:25], First: 1, Pager: Pager{NextHref: "?after=25", Total: 1321}, Method: []string{"Fitted on 120,000 decisions."}}
	pair := PairPage{Page: samplePage("Board"), Pair: points[0], From: ago(180 * fullDay), To: ago(fullDay), Pager: Pager{Total: 66}}
	for i, r := range sampleRows() {
		pair.Decisions = append(pair.Decisions, PairDecision{r.AskedAt, sampleUUID(50 + i), r.ID, r.Stars, r.Excerpt, true, 0.21, r.Reason, r.State, chiara, i == 2, ""})
	}
	pair.Decisions = append(pair.Decisions, PairDecision{At: ago(hour), ReviewID: sampleID, Stars: 2, Excerpt: hostile, Hold: HoldLapsed})
	record := RecordPage{Page: samplePage("Record"), Checkpoint: 8812, CheckpointAt: ago(40 * time.Second), Pager: Pager{NextHref: "?before=8800", Total: 8815}}
	for i, e := range append(sampleTimeline(), sampleTimeline()...) {
		entry := Entry{ID: sampleUUID(200 + i), Number: 8814 - int64(i), At: ago(time.Duration(i) * hour), Actor: e.Actor, Act: e.Act, Refused: e.Refused, Seal: e.Seal, Subject: "review " + sampleID[28:], SubjectHref: "/m/m1/reviews/" + sampleID,
			Body: `{"act":"proposal.request","actor":"` + anna.ID + `","at":"2026-03-14T13:09:00.000000Z","reason":"FAKE_EXPERIENCE","subject":{"review":"` + sampleID + `","version":2},"text":"` + hash + `"}`, Hash: hash, Mark: e.Mark}
		if i == 0 {
			entry.Number, entry.Mark.Checkpoint = -1, 0
		}
		record.Entries = append(record.Entries, entry)
	}
	entry := EntryPage{Page: samplePage("Record"), Entry: record.Entries[3], Released: true, Proof: Proof{Index: 8811, Size: 8812, Path: []string{hash, hash, hash}, Root: hash,
		Note: "evenhand/0a1b2c3d\n8812\nqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n\n— evenhand/0a1b2c3d AAAAAAAA\n", Keys: []string{"evenhand/0a1b2c3d+00000000+AA=="}, ConsistencyHref: "/m/m1/log/consistency"}}
	waiting, uncosigned := EntryPage{Page: samplePage("Record"), Entry: record.Entries[0]}, entry
	uncosigned.Released, uncosigned.Needed = false, 2
	log := LogPage{Page: samplePage("The log"), Origin: "evenhand/0a1b2c3d", Keys: entry.Proof.Keys, Size: 8812, SignedAt: ago(hour), Note: entry.Proof.Note, Waiting: 3, Since: ago(time.Minute), Released: 8800, Needed: 1, Export: Action{Why: "It takes an auditor's role in all marketplaces."},
		Witnesses:   []Witness{{"witness.example/a", 8800, ago(hour), true}, {hostile, 0, time.Time{}, false}},
		Checkpoints: []SignedSize{{8812, 12, ago(hour), hash, nil}, {8800, 8800, ago(2 * hour), hash, []string{"witness.example/a", "b"}}}}
	badRecord := RecordPage{Page: samplePage("Record"), Filter: RecordFilter{Outcome: "refused"}, Errors: Errors{"from": "Write the day as 2026-03-14.", "to": "Later than that."}}
	remedied := review
	remedied.Review.Status, remedied.Review.Label, remedied.Review.MovedFrom = "redacted", "A reward for this review wasn’t disclosed.", "Kettle (p-1) "+hostile
	remedied.Review.Marked = &Marked{Body: []Piece{{"Call ", false}, {"the neighbour", true}, {".", false}}, Told: "As customers read it"}
	remedied.Undo = []Option{{Value: "label", Label: "The label"}, {Value: "redact", Label: "The redaction"}}
	remedied.Restore, remedied.Note, remedied.Errors = Action{}, "ok", Errors{"note": "Say a little more.", "": "It was undone a moment ago."}
	return map[string]PageData{
		"removals": removals, "removals-errors": badDates, "removals-empty": RemovalsPage{Pager: Pager{Total: -1}},
		"review": review, "review-remedies": remedied, "review-errors": badRestore, "review-barred": noRestore, "review-empty": ReviewPage{},
		"board": board, "board-empty": BoardPage{}, "pair": pair, "pair-empty": PairPage{},
		"record": record, "record-errors": badRecord, "record-empty": RecordPage{Pager: Pager{Total: -1}},
		"entry": entry, "entry-empty": EntryPage{}, "entry-waiting": waiting, "entry-uncosigned": uncosigned, "log": log, "log-empty": LogPage{Public: true, Export: Action{Allowed: true}},
	}
}

func otherSamples() map[string]PageData {
	bare := Page{Demo: true}
	accounts := []DemoAccount{{"moderator", "anna.moor@demo.example", "quiet-harbour-17"}, {"supervisor", "chiara.de.luca@demo.example", "brass-lantern-40"}, {"auditor", "dana.petrova@demo.example", "slow-river-82"}, {"administrator", "eli@demo.example", "green-window-09"}}
	badSignIn := SignInPage{Page: bare, Email: "anna@example", Next: "/m/m1/desk", Errors: Errors{"": "That e-mail and password don’t match.", "email": "This isn’t an e-mail address.", "password": "Write your password."}}
	home := HomePage{Page: samplePage(""), Cards: []HomeCard{
		{"moderator", "Germany", "The desk", "Take the next flagged review.", "/m/m1/desk", 42, "tickets waiting", sampleNow.Add(40 * time.Minute)},
		{"supervisor", "Germany", "Approvals", "Someone asked for a removal; you look at it a second time.", "/m/m1/approvals", 7, "proposals wait", sampleNow.Add(3 * hour)},
		{"auditor", "Germany", "The board", "Whom removals favour.", "/m/m1/board", 2, "pairs need a look", time.Time{}},
		{"auditor", "España", "Removals", "Every request, and what became of it.", "/m/m2/removals", -1, "", time.Time{}}}}
	home.Market, home.Nav = Market{}, nil
	interests := InterestsPage{Page: samplePage("Interests"), Interests: []Interest{{sampleUUID(1), "Haushalt & Herd GmbH", "S-1881", "former_employer", "Until 2023, in their warehouse.", ago(400 * fullDay), time.Time{}, Mark{EntryID: sampleID}}, {sampleUUID(2), "Brandt Möbel", "S-9", "relative", "", ago(500 * fullDay), ago(100 * fullDay), Mark{}}}}
	badInterests := interests
	badInterests.Seller, badInterests.Relation, badInterests.Errors = "S-?", "other", Errors{"seller": "No seller has this id or name.", "relation": "Choose one.", "note": "That is too long.", "": "Try again."}
	people := PeoplePage{Page: samplePage("People"), Pager: Pager{Total: 60, NextHref: "?after=x"}, People: []StaffRow{
		{Person: anna, Email: "anna@example.org", Grants: []Grant{{"moderator", "Germany", []string{"Household", "Toys"}, ago(300 * fullDay), time.Time{}, ben, false, []string{"legal"}}, {"moderator", "España", nil, ago(300 * fullDay), ago(fullDay), ben, true, nil}}},
		{Person: ben, Email: "ben@example.org", Disabled: true, DisabledAt: ago(3 * fullDay)},
		{Person: me, Email: "dana@example.org", Grants: []Grant{{"auditor", "", nil, time.Time{}, time.Time{}, Person{}, false, nil}}}}}
	return map[string]PageData{
		"signin": SignInPage{Page: bare, DemoAccounts: accounts}, "signin-errors": badSignIn, "signin-empty": SignInPage{},
		"error":          ErrorPage{Page: samplePage(""), Status: 403, Detail: "You asked for this removal; someone else must decide it.", Code: "approval.self", RequestID: "01J8-77"},
		"error-conflict": ErrorPage{Page: samplePage(""), Status: 409, NextHref: "/m/m1/approvals", NextText: "Back to the approvals", Written: WrittenIn(url.Values{"note": {hostile}, "justification": {"It fits no order."}, "evidence_order": {"look-up 17"}, "password": {"never shown"}})}, "error-busy": ErrorPage{Status: 503}, "error-unsure": ErrorPage{Status: 503, Unsure: true, Written: WrittenIn(url.Values{"note": {hostile}})}, "error-empty": ErrorPage{},
		"home": home, "home-empty": HomePage{Page: Page{Viewer: samplePage("").Viewer}},
		"holds": sampleHolds(), "holds-empty": HoldsPage{}, "looks": sampleLooks(), "looks-empty": LooksPage{},
		"interests": interests, "interests-errors": badInterests, "interests-empty": InterestsPage{},
		"policy": PolicyPage{Page: samplePage("Policy"), Version: 3, Since: ago(200 * fullDay), Reasons: sampleReasons(), Never: sampleNever}, "policy-empty": PolicyPage{},
		"people": people, "people-empty": PeoplePage{},
	}
}

func sampleLooks() LooksPage {
	page := LooksPage{Page: samplePage("Second looks"), Since: ago(90 * fullDay), Pager: Pager{NextHref: "?page=x", Total: -1}}
	page.Agreements = []Agreement{
		{Moderator: anna, Looked: 43, Agreed: 41, Low: 0.8419, High: 0.9943, WrongAsked: 2, Tests: 3, TestErrors: 1, ErrLow: 0.0084, ErrHigh: 0.9057},
		{Moderator: Person{ID: sampleUUID(7), Name: hostile}, High: 1, ErrHigh: 1},
	}
	page.Looks = []Look{
		{ReviewID: sampleUUID(51), Stars: 1, Excerpt: sampleExcerpts[0], Seller: "Haushalt & Herd GmbH", First: anna, Action: "remove", DecidedAt: ago(3 * fullDay),
			Second: me, Verdict: "genuine", Disagree: true, LookedAt: ago(2 * fullDay), Mark: Mark{EntryID: sampleID}},
		{ReviewID: sampleUUID(52), Stars: 2, Excerpt: hostile, Seller: hostile, First: anna, Action: "keep", DecidedAt: ago(3 * fullDay),
			Second: me, Verdict: "violating", Reason: "OFF_TOPIC", Test: true, Disagree: true, LookedAt: ago(fullDay)},
	}
	return page
}

// setSamples are the pages of linked reviews.
func setSamples() map[string]PageData {
	linked := func(n int) []LinkedReview {
		var out []LinkedReview
		for i := range n {
			out = append(out, LinkedReview{Token: fmt.Sprint("token-", i), Title: sampleExcerpts[i%len(sampleExcerpts)], Body: hostile, Stars: 1 + i%2, PostedAt: ago(time.Duration(i) * hour), Verified: i%3 == 0,
				SameAuthor: i%2 == 0, SameSeller: true, SameProduct: i%3 == 0, Alike: 100 - 9*i})
		}
		return out
	}
	gather := GatherPage{Page: samplePage("Linked reviews"), TicketID: sampleUUID(90), Review: sampleReview(), Search: SetSearch{Author: true, Seller: true, Days: "30", Stars: "2", Words: hostile},
		Searched: true, Total: 113, Cut: true, Looked: 2000, Found: linked(6), PageN: 2, Last: 3, Gathered: linked(3), Size: 4, Quorum: 2, Most: 1000}
	gather.Found[1].Picked, gather.Found[2].Bar, gather.Gathered[0].Bar = true, "Somebody else is at it, or has asked something about it.", "The review is removed already."
	gather.Found[3].Title, gather.Found[3].Body = "", ""
	bad, first, none := gather, gather, gather
	bad.Errors = Errors{"link": "Choose what the reviews have in common.", "days": "Days are a whole number.", "stars": "Stars are from 1 to 5.", "words": "At most 200 characters.", "pick": "Check at least one review."}
	first.Searched, first.Found, first.Gathered, first.Review.Seller = false, nil, nil, Seller{Hidden: true}
	none.Found, none.Total = nil, 0
	rows := []SetRow{{1, sampleUUID(80), 1, sampleExcerpts[0], "Haushalt & Herd GmbH", "open", false}, {2, sampleUUID(81), 2, hostile, "", "void", true}, {3, sampleUUID(82), 1, "", hostile, "effective", false}}
	var texts []SetText
	for i, r := range rows {
		texts = append(texts, SetText{SetRow: r, Title: sampleExcerpts[i], Body: hostile, Verified: i == 0})
	}
	texts[2].ErasedAt = ago(hour)
	texts = append(texts, SetText{SetRow: SetRow{Place: 4, ID: sampleUUID(83), Stars: 1, State: "open"}})
	ticket := deskSamples()["ticket"].(TicketPage)
	ticket.Remove.Set = SetSummary{Href: "/m/m1/tickets/x/set", Digest: hash, Size: 12, Quorum: 2}
	ticket.Remove.Errors = Errors{"set": "The linked reviews aren’t those that you saw."}
	lone := ticket
	lone.Remove = RemoveForm{Set: SetSummary{Href: "/m/m1/tickets/x/set"}}
	lead := proposalSamples()["proposal"].(ProposalPage)
	lead.Set = &SetOf{Size: 12, Quorum: 2, Href: "/m/m1/proposals/x/set", First: rows, Sampled: 5, Sellers: []SetSeller{{"Haushalt & Herd GmbH", 11, Effect{4.13, 4.34, 2120, 2109, 310, 299}}, {hostile, 1, Effect{1, 0, 1, 0, 1, 0}}}, MoreSellers: true}
	one := lead
	one.Set = &SetOf{Size: 12, LeadHref: "/m/m1/proposals/y"}
	return map[string]PageData{
		"gather": gather, "gather-errors": bad, "gather-first": first, "gather-none": none, "gather-empty": GatherPage{},
		"set": SetPage{Page: samplePage("Set of reviews"), ID: sampleUUID(80), State: "open", Size: 112, Rows: texts, Pager: Pager{NextHref: "?page=2", Total: 112}}, "set-empty": SetPage{},
		"ticket-set": ticket, "ticket-lone": lone, "proposal-set": lead, "proposal-in-set": one,
	}
}
