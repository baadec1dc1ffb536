package web

// What the design page shows of sets. Everything is made up.

// Sets are one that a request leads, and one that it belongs to.
func (p DesignPage) Sets() []*SetOf {
	return []*SetOf{{
		Size: 12, Quorum: 2, Href: "/design", Sampled: 1, MoreSellers: true,
		First:   []SetRow{{Place: 1, ID: designID, Stars: 1, Excerpt: "Stopped working", Seller: "Shop", State: "open"}, {Place: 2, ID: designID, Stars: 1, State: "void", Sampled: true}},
		Sellers: []SetSeller{{Name: "Shop", Reviews: 11, Effect: Effect{AverageBefore: 3.9, AverageAfter: 4.4, CountBefore: 120, CountAfter: 109}}},
	}, {Size: 12, LeadHref: "/design"}}
}

// Gathering is a ticket for whose request linked reviews were gathered.
func (p DesignPage) Gathering() TicketPage {
	return TicketPage{Remove: RemoveForm{Set: SetSummary{Href: "/design", Size: 12, Quorum: 2}}}
}
