package web

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"evenhand/words"
)

// sampleNow is the time at which the samples are looked at.
var sampleNow = time.Date(2026, 3, 14, 15, 9, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return sampleNow.Add(-d) }

const (
	hour     = time.Hour
	fullDay  = 24 * time.Hour
	sampleID = "0195944b-2d3a-7c41-9a10-5b8e77aa1c22"
	hash     = "9f2b7c1de0a34455b8f1c6d27788aa0192d3e4f5061728394a5b6c7d8e9f0a1b"
)

func sampleUUID(n int) string {
	return fmt.Sprintf("0195944b-2d3a-7c41-9a10-%012x", 0x5b8e77aa0000+n*7919)
}

var (
	anna   = Person{ID: sampleUUID(1), Name: "Anna Moor"}
	ben    = Person{ID: sampleUUID(2), Name: "Ben Okafor"}
	chiara = Person{ID: sampleUUID(3), Name: "Chiara de Luca"}
	me     = Person{ID: sampleUUID(4), Name: "Dana Petrova", Me: true}
)

func samplePage(current string) Page {
	nav := []NavItem{
		{Label: "Desk", Href: "/m/m1/desk", Count: 42, Key: "q"},
		{Label: "Your requests", Href: "/m/m1/requests", Key: "r"},
		{Label: "Approvals", Href: "/m/m1/approvals", Count: 7, Key: "a"},
		{Label: "Removals", Href: "/m/m1/removals", Key: "h"},
		{Label: "Board", Href: "/m/m1/board", Count: 2, Key: "b"},
		{Label: "Record", Href: "/m/m1/record", Key: "l"},
		{Label: "Policy", Href: "/m/m1/policy", Key: "p"},
		{Label: "Interests", Href: "/m/m1/interests"},
		{Label: "People", Href: "/people"},
	}
	for i := range nav {
		nav[i].Current = nav[i].Label == current
	}
	return Page{
		Market:  Market{ID: "m1", Name: "Germany"},
		Markets: []Market{{ID: "m1", Name: "Germany"}, {ID: "m2", Name: "España", Href: "/m/m2/removals"}},
		Viewer:  Viewer{ID: me.ID, Name: me.Name, Email: "dana@example.org", Roles: []string{"supervisor", "auditor"}},
		Nav:     nav, Live: "/m/m1/live", Rest: "/m/m1/break",
		Personal: []NavItem{{Label: "Preferences", Href: "/preferences"}, {Label: "Templates", Href: "/m/m1/templates"}},
		Comfort:  Comfort{Undo: true, BreakAfter: 50, Media: "blur"},
		Demo:     true,
	}
}

// hostile is a text that tries to leave its place.
const hostile = "Great\u202E!tcudorp drow esrever\u202C \u200B\u200Bzero\u200Bwidth <script>alert(1)</script> " +
	"Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A\u030B\u030Calgo " +
	"DonaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftDonaudampfschifffahrtsgesellschaft"

func sampleReview() Review {
	return Review{
		ID: sampleUUID(50), Version: 2, Stars: 1, Title: "Stopped working after two weeks",
		Body: "It boiled water for exactly fifteen days. Then the switch stayed down and nothing happened.\n\n" +
			"I wrote to the seller, who answered on my private address – which I never gave them – and offered me 30 € if I deleted this. " +
			"I don’t want 30 €. I want a kettle that works, or my money back.",
		Language: "en", PostedAt: ago(3 * fullDay), EditedAt: ago(2 * fullDay), Edits: 1,
		Status: "published", OrderRef: "DE-2026-0211-77431", Verified: true,
		Product: Product{Ref: "B07X", Name: "Kettle 1.7 l, brushed steel", Average: 4.1, Ratings: 212},
		Seller:  Seller{ID: sampleUUID(60), Ref: "S-1881", Name: "Haushalt & Herd GmbH", Average: 4.13, Ratings: 2120},
		Author:  Author{Label: "Author 4f2c", Reviews: 14, Removed: 1, Since: ago(1500 * fullDay)},
	}
}

func sampleReasons() []Reason {
	text := func(code, name, meaning, needs, remedy, legal string, kinds ...EvidenceKind) Reason {
		return Reason{Code: code, Name: name, Meaning: meaning, Needs: words.Sentence{Format: needs}, Remedy: remedy, Legal: legal, Kinds: kinds,
			Policy: "Section 4 of the review policy: applied alike to praise and to blame."}
	}
	return []Reason{
		text("FAKE_EXPERIENCE", "Not a genuine experience", "The author neither bought nor used it.", "an order look-up or the author’s own statement", "remove", "Terms, inauthentic reviews", EvidenceOrder, EvidenceStatement),
		text("PAID_UNDISCLOSED", "Paid and not disclosed", "A reward was given for the review and kept quiet.", "proof of the payment or refund", "label, else remove", "Terms, hidden advertisement", EvidenceDocument, EvidenceLink),
		text("CONFLICT_OF_INTEREST", "Author has an interest", "The author is the seller, their staff or a competitor.", "evidence of the link", "remove", "Terms, inauthentic reviews", EvidenceLink, EvidenceDocument),
		text("COORDINATED_MANIPULATION", "Coordinated", "One of a burst, a ring or an extortion.", "at least two linked reviews", "remove the set", "Terms, inauthentic accounts", EvidenceReviews),
		text("DUPLICATE", "Duplicate", "Same author, same product, nearly the same text.", "the id of the copy that stays", "merge, keep the newest", "Terms, other", EvidenceReviews),
		text("PERSONAL_DATA", "Personal data", "It names or shows a third person.", "the exact words", "redact, keep the stars", "Data protection", EvidenceSpan),
		text("HATE", "Hate", "It attacks people for a protected trait.", "the exact words", "redact or remove", "Illegal speech", EvidenceSpan),
		text("HARASSMENT_THREAT", "Threat or harassment", "It threatens or hounds a person.", "the exact words", "redact or remove", "Cyber violence", EvidenceSpan),
		text("OBSCENE", "Obscene", "Sexual or gross content.", "the exact words", "redact or remove", "Terms, adult material", EvidenceSpan),
		text("OFF_TOPIC", "Wholly off topic", "It is about something else altogether.", "the exact words", "move, else remove", "Terms, other", EvidenceSpan),
		text("LEGAL_ORDER", "Court or authority", "An order, or defamation that counsel confirmed.", "the document", "disable where it holds", "Illegal speech", EvidenceDocument),
		text("AUTHOR_WITHDREW", "The author withdrew it", "The author asked for it, signed in as themselves.", "the author’s own request", "remove", "None: no restriction", EvidenceStatement),
	}
}

var sampleNever = []NeverReason{
	{"It is negative", "Low stars are not a reason."}, {"The seller asked", "A seller’s wish is not evidence."},
	{"The dispute is settled", "A refund doesn’t undo the experience."}, {"It is harsh, short or badly written", "Style is the author’s."},
}

func sampleSeats(states ...SeatState) Seats {
	people := []Person{anna, ben, chiara}
	out := Seats{{State: SeatAsked, Who: anna, At: ago(2 * hour)}}
	for i, s := range states {
		seat := Seat{State: s}
		switch s {
		case SeatApproved, SeatDeclined, SeatLapsed:
			seat.Who, seat.At = people[(i+1)%3], ago(hour)
		case SeatBarred:
			seat.Why = "You asked for this."
		}
		out = append(out, seat)
	}
	return out
}

func sampleTimeline() []Event {
	mark := Mark{EntryID: sampleUUID(70), Href: "/m/m1/record", Checkpoint: 8812}
	return []Event{
		{At: ago(3 * fullDay), Act: "imported the review from the marketplace", Mark: mark},
		{At: ago(26 * hour), Act: "put it into the queue Household", Mark: mark},
		{At: ago(3 * hour), Actor: ben, Act: "tried to open the ticket", Refused: true, Why: "Ben declared an interest in this seller.", EntryID: sampleUUID(71), Hash: hash, Mark: mark},
		{At: ago(2 * hour), Actor: anna, Act: "asked for its removal", Reason: "FAKE_EXPERIENCE", Justification: "The order look-up shows no delivery to this account within the last year, and the text matches two others.", EntryID: sampleUUID(72), Hash: hash, ProposalID: sampleUUID(80), Mark: mark},
		{At: ago(hour), Actor: chiara, Act: "approved the removal", Note: "Looked the order up again: none.", Seal: SealOK, EntryID: sampleUUID(73), Hash: hash, Mark: Mark{EntryID: sampleUUID(73)}},
		{At: ago(30 * time.Minute), Actor: Person{Name: "database"}, Act: "holds an approval that nobody made", Seal: SealBad, EntryID: sampleUUID(74), Hash: hash, Mark: Mark{EntryID: sampleUUID(74)}},
	}
}

func sampleFlags() []Flag {
	return []Flag{
		{Source: "seller", Code: "NOT_A_CUSTOMER", Text: "This person never bought from us. Please remove it, it hurts our sales.", At: ago(26 * hour)},
		{Source: "detector", Code: "COORDINATED_MANIPULATION", Text: "Score 0.31", At: ago(25 * hour)},
		{Source: "customer", Text: hostile, At: ago(5 * hour)},
	}
}

var sampleExcerpts = []string{
	"It boiled water for exactly fifteen days. Then the switch stayed down and nothing happened.",
	"Seller wrote to my private address and offered me 30 € to delete this.",
	"Smells of plastic, even after the tenth time.", "وصل المنتج مكسورا ولم يرد البائع على رسائلي",
	"Great\u202E!tcudorp\u202C kettle, five stars if you read it backwards.", "Lid broke. Not worth it.",
	"Arrived late and in the wrong colour, and nobody answers the phone any more; I’d have sent it back if there had been a label in the parcel as promised.",
}

func samplePoints(n int) []PairFigures {
	rng := rand.New(rand.NewPCG(7, 7))
	names := strings.Fields("Moor Okafor Luca Petrova Lindqvist Haddad Novak Silva Brandt Ito")
	out := make([]PairFigures, n)
	for i := range out {
		e := 0.2 * float64(1+rng.IntN(12)) * float64(1+rng.IntN(12))
		o := max(0, int(e+rng.NormFloat64()*1.1*sqrt(e)+0.5))
		p := PairFigures{
			ModeratorID: sampleUUID(i % 10), Moderator: names[i%10], SellerID: sampleUUID(1000 + i),
			Seller: fmt.Sprintf("Seller %04d", 1000+i), Observed: o, Expected: e, Exposure: int(e*3) + 3,
			EBGM: (float64(o) + 3) / (e + 3), P: 0.02 + 0.98*rng.Float64(), Q: 1,
		}
		p.EB05, p.EB95 = p.EBGM*0.7, p.EBGM*1.45
		out[i] = p
	}
	for i := range min(2, n) {
		out[i].Observed, out[i].Expected, out[i].Exposure = 41-20*i, 14.8-8*float64(i), 66-20*i
		out[i].EBGM, out[i].EB05, out[i].EB95 = 2.61-float64(i)*.3, 2.02-float64(i)*.4, 3.31+float64(i)*.3
		out[i].P, out[i].Q, out[i].Alarm = 3.1e-9, 4.2e-6, true
	}
	return out
}
