package web

import "time"

// GatherPage is GET /m/{m}/tickets/{id}/set: where who holds a ticket looks
// for reviews that belong to its own, and gathers them for one request.
//
// Form: POST to the same address. do is search, add, drop, clear or page;
// author, seller, product (1 each), days, stars and words say by what; pick
// are the tokens of chosen reviews, page which page of what was found.
type GatherPage struct {
	Page
	TicketID string
	Review   Review // the ticket's own; its Seller says whether names are hidden
	Search   SetSearch
	// Searched says that Found is what a search found, of Total in all; Cut
	// that it looked at the latest only.
	Searched    bool
	Total       int
	Cut         bool
	Looked      int // how many it looks at, at most
	Found       []LinkedReview
	PageN, Last int // which page this is, from 1, and which is the last
	Gathered    []LinkedReview
	Size        int // with the ticket's own
	Quorum      int // approvals that so many take
	Most        int // that a set may have
	Errors      Errors
}

// Next is the page after this one; 0 for none.
func (p GatherPage) Next() int {
	if p.PageN >= p.Last {
		return 0
	}
	return p.PageN + 1
}

// Prev is the page before this one; 0 for none.
func (p GatherPage) Prev() int { return max(p.PageN-1, 0) }

// SetSearch is what the form of a search holds, as it was typed.
type SetSearch struct {
	Author, Seller, Product bool
	Days, Stars, Words      string
}

// StarsOptions are the bounds to choose from.
func (GatherPage) StarsOptions() []string { return []string{"1", "2", "3", "4"} }

// LinkedReview is a review beside the ticket's own. Token stands for it in
// forms. Alike is how much of the wording is the same, in per cent; Bar says
// why it can't be gathered.
type LinkedReview struct {
	Token, Title, Body                  string
	Stars                               int
	PostedAt                            time.Time
	Verified                            bool
	SameAuthor, SameSeller, SameProduct bool
	Alike                               int
	Picked                              bool
	Bar                                 string
}

// SetSummary is, in the form of a request, how many linked reviews it is
// about beside the ticket's own. Digest stands for them as they were shown.
type SetSummary struct {
	Href, Digest string
	Size, Quorum int // with the ticket's own; 0: only that
}

// SetOf is, on a proposal's page, the set that it leads, or that it belongs
// to: then LeadHref leads to it. Sellers are what it would do to their stars.
type SetOf struct {
	Size, Quorum int
	Href         string
	LeadHref     string
	First        []SetRow
	Sampled      int // that have to be read before it is approved
	Sellers      []SetSeller
	MoreSellers  bool
}

// SetRow is one review of a set.
type SetRow struct {
	Place   int // from 1
	ID      string
	Stars   int
	Excerpt string
	Seller  string
	State   string
	Sampled bool
}

// SetSeller is what a set would do to one seller's stars.
type SetSeller struct {
	Name    string
	Reviews int // of the set
	Effect  Effect
}

// SetPage is GET /m/{m}/proposals/{id}/set: every review of a set, with its
// whole text as it stood when it was asked.
type SetPage struct {
	Page
	ID    string // of the lead's proposal
	State string
	Size  int
	Rows  []SetText
	Pager Pager
}

// SetText is one review of a set with its text.
type SetText struct {
	SetRow
	Title, Body string
	ErasedAt    time.Time
	Verified    bool
}

// Template implements PageData.
func (GatherPage) Template() string { return "gather" }

// Template implements PageData.
func (SetPage) Template() string { return "set" }
