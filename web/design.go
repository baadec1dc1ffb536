package web

import (
	"math"
	"slices"
	"time"
)

// DesignPage is GET /design, in development only: every colour and size, and every part in every state, from the
// templates that the pages use. A test holds it to all that there is, so that it can't fall behind.
type DesignPage struct {
	Page
	Tones     []Tone
	Contrasts []Contrast
	Types     []string // the type scale's tokens
	Spaces    []string
	Shown     Page // the layout of a page with somebody at it
	Now       time.Time
	Seats     []Seats
	Marks     []Mark
	States    []string
	Review    Review
	Redacted  Review
	Flags     []Flag
	Timeline  []Event
	Rows      []RemovalRow
	Points    []PairFigures
	Periods   []Period
	Errors    Errors
	Templates []TextTemplate
	Flashes   []Flash
}

// Template implements PageData.
func (DesignPage) Template() string { return "design" }

// Saving is the form to keep a filter, and Pages a pager in the middle of a list.
func (DesignPage) Saving() SaveForm {
	return SaveForm{Allowed: true, Query: "state=open", Name: "Open ones"}
}

// Pages leads both ways.
func (DesignPage) Pages() Pager { return Pager{PrevHref: "/design", NextHref: "/design"} }

// Masked offers to show names that blind work hides.
func (DesignPage) Masked() Unmask { return Unmask{Offered: true, URL: "/design", On: "ticket"} }

// Somebody is a person.
func (DesignPage) Somebody() Person { return Person{Name: "Anna Moor"} }

// Picture is a drawn grey square, for where a photo would stand.
func (DesignPage) Picture() string { return "/static/" + assetVersion + "/icon.svg" }

const designID = "019c0000-0000-7000-8000-00004f2c7d1e"

// NewDesign makes the page as of a time. Everything on it is made up.
func NewDesign(now time.Time) DesignPage {
	anna, ben, me := Person{ID: "a", Name: "Anna Moor"}, Person{ID: "b", Name: "Ben Ito"}, Person{ID: "c", Name: "Chiara De Luca", Me: true}
	ago := func(h time.Duration) time.Time { return now.Add(-h * time.Hour) }
	seat := func(s SeatState) Seat { return Seat{State: s, Who: ben, At: ago(1), Why: seatWhy[s]} }
	asked := Seat{State: SeatAsked, Who: anna, At: ago(3)}
	marks := []Mark{{EntryID: designID}, {EntryID: designID, Checkpoint: 8812}}
	p := DesignPage{
		Tones: tones(), Contrasts: contrasts(), Now: now, Marks: marks,
		Types:  []string{"12", "13", "14", "16", "18", "20", "28"},
		Spaces: []string{"1", "2", "3", "4", "5", "6", "7"},
		Shown:  Page{Market: Market{ID: "m", Name: "Germany"}, Viewer: Viewer{ID: me.ID, Name: me.Name}, Comfort: Comfort{BreakAfter: 50}, Rest: "/m/m/break"},
		Seats: []Seats{{asked, seat(SeatEmpty)}, {asked, seat(SeatYours)}, {asked, seat(SeatBarred)}, {asked, seat(SeatApproved)},
			{asked, seat(SeatApproved), seat(SeatEmpty)}, {asked, seat(SeatDeclined)}, {asked, seat(SeatLapsed), seat(SeatEmpty)}, {asked, seat(SeatUnfilled)}},
		Review: Review{
			ID: designID, Version: 2, Stars: 1, Title: "Stopped working after two weeks", Body: "The switch stayed down, and nobody answers.\u202E odd order",
			Language: "en", PostedAt: ago(70), EditedAt: ago(48), Edits: 1, Status: "published", OrderRef: "DE-2026-77431", Verified: true,
			Product: Product{Ref: "p-1", Name: "Kettle 1.7 l", Average: 4.1, Ratings: 212}, Seller: Seller{ID: "s", Name: "Haushalt & Herd", Average: 4.4, Ratings: 2120}, Author: Author{Label: "Author 4f2c", Reviews: 14, Removed: 1, Since: ago(9000)},
		},
		Flags: []Flag{{Source: "seller", Text: "Not a customer of ours.", At: ago(5)}, {Source: "customer", At: ago(6), Erased: true}},
		Timeline: []Event{
			{At: ago(5), Actor: anna, Act: "drew the ticket", EntryID: designID, Mark: marks[1]},
			{At: ago(4), Actor: anna, Act: "asked for the removal", Reason: "FAKE_EXPERIENCE", Justification: "The order look-up finds no order.", Mark: marks[1]},
			{At: ago(3), Actor: ben, Act: "tried to approve the removal", Refused: true, Why: "Somebody else was drawn.", Mark: marks[1]},
			{At: ago(1), Actor: me, Act: "approved the removal", Seal: SealOK, Note: "Looked it up again.", Mark: marks[0]},
		},
		Errors:    Errors{"note": "Say a little more: at least 10 characters.", "": "Someone else decided a moment ago."},
		Templates: []TextTemplate{{ID: designID, Name: "Order look-up", Text: "The order look-up finds no order of this author for this product."}},
		Flashes:   []Flash{{Kind: FlashDone, Text: "Kept: the review stays published."}, {Kind: FlashNote, Text: "Nothing waits for you."}, {Kind: FlashFailed, Text: "That didn’t work."}},
	}
	p.Title = "Design"
	p.Redacted = p.Review
	p.Redacted.Marked = &Marked{Body: []Piece{{"Call ", false}, {"the neighbour, 030 1234", true}, {", she has one too.", false}}, Told: "As customers read it"}
	p.States = stateNames()
	for i, state := range []string{"open", "effective", "declined"} {
		p.Rows = append(p.Rows, RemovalRow{designID, designID, 1 + i, "Stopped working after two weeks", "FAKE_EXPERIENCE", "remove", p.Seats[i], "s", "Haushalt & Herd", anna, ben, ago(30), ago(2), state, marks[1]})
	}
	for i := range 40 {
		expected := 0.5 + float64(i%13)
		f := PairFigures{ModeratorID: "a", SellerID: "s", Moderator: anna.Name, Seller: "Haushalt & Herd", Exposure: 40, Observed: (i * 7) % 13, Expected: expected, EBGM: 1, EB05: 0.6, EB95: 1.5}
		f.Alarm = i == 12
		p.Points = append(p.Points, f)
	}
	for i := range 12 {
		start := now.AddDate(0, 0, -7*(12-i)).Truncate(24 * time.Hour)
		p.Periods = append(p.Periods, Period{start, start.AddDate(0, 0, 7), 12 + i*5%9, 5 + i*3%5, "", i == 9})
	}
	return p
}

var seatWhy = map[SeatState]string{SeatBarred: "You asked for this.", SeatLapsed: "Their role ended before it took effect."}

// stateNames are all states, those that look alike next to each other.
func stateNames() []string {
	names := make([]string, 0, len(states))
	for name := range states {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if x, y := states[a].Tone+states[a].Word, states[b].Tone+states[b].Word; x != y {
			return map[bool]int{true: -1, false: 1}[x < y]
		}
		return map[bool]int{true: -1, false: 1}[a < b]
	})
	return names
}

// Worst is the lowest of the contrasts of text.
func (p DesignPage) Worst() float64 {
	worst := math.Inf(1)
	for _, c := range p.Contrasts {
		if c.Least > 4 {
			worst = min(worst, c.Light, c.Dark)
		}
	}
	return worst
}
