package web

import "time"

// What the design page shows of holds. Everything is made up.

// Holds are one that is open and one that two people confirmed.
func (p DesignPage) Holds() []Hold {
	open := Hold{
		ID: designID, ReviewID: designID, Stars: 1, Holder: p.Somebody(), Reason: "HARASSMENT_THREAT", Words: "It says where a named person lives.",
		PlacedAt: p.Now.Add(-time.Hour), Until: p.Now.Add(3 * time.Hour), State: HoldOpen, Lift: true, Mark: Mark{EntryID: designID},
	}
	over := open
	over.State, over.EndedAt, over.ProposalID, over.Lift = HoldConfirmed, p.Now, designID, false
	return []Hold{open, over}
}

// Holding is a page with the form to hold a review.
func (p DesignPage) Holding() TicketPage {
	return TicketPage{Hold: HoldForm{
		Offered: true, Left: 1, Minutes: 240, Reasons: []Option{{Value: "HARASSMENT_THREAT", Label: "Threat"}}, Errors: Errors{"words": "Say a little more."},
	}}
}
