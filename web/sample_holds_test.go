package web

import "time"

// sampleHolds has a hold of each state, the first of them open and the viewer's to lift.
func sampleHolds() HoldsPage {
	page := HoldsPage{Page: samplePage("Holds"), Of: anna, Minutes: 90, PerDay: 3, Pager: Pager{NextHref: "?page=x", Total: -1},
		Figures: []SubjectFigure{{"reviews held", "5", ""}, {"lapsed", "2", "40 % of them"}}}
	for i, state := range []string{HoldOpen, HoldConfirmed, HoldLifted, HoldLapsed, HoldLapsed} {
		h := Hold{ID: sampleUUID(500 + i), ReviewID: sampleUUID(50 + i), Stars: 1, Excerpt: sampleExcerpts[0], Seller: "Haushalt & Herd GmbH", Holder: anna,
			Reason: "LEGAL_ORDER", Words: hostile, PlacedAt: ago(2 * hour), Until: sampleNow.Add(2 * hour), State: state, Lift: state == HoldOpen, Mark: Mark{EntryID: sampleID}}
		if state != HoldOpen {
			h.EndedAt = ago(time.Duration(i) * hour)
		}
		if state == HoldConfirmed {
			h.ProposalID = sampleUUID(80)
		}
		page.Holds = append(page.Holds, h)
	}
	page.Holds[4].Words, page.Holds[4].Erased, page.Holds[4].Excerpt = "", true, ErasedExcerpt
	return page
}

// heldTicket is a ticket whose review is held, or on which holding it failed.
func heldTicket(t TicketPage, failed bool) TicketPage {
	if !failed {
		t.Held, t.Review.Status = &sampleHolds().Holds[0], "held"
		return t
	}
	t.Hold = HoldForm{Offered: true, Left: 2, Minutes: 240, Reasons: []Option{{Value: "LEGAL_ORDER", Label: "Legal order"}, {Value: "PERSONAL_DATA", Label: "Personal data"}},
		Reason: "LEGAL_ORDER", Words: hostile, Errors: Errors{"reason": "A review is held only where it means danger to a person.", "words": "Say whom it endangers."}}
	return t
}
