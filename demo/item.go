package demo

import (
	"fmt"
	"strings"
	"time"

	"evenhand/ingest"
	"evenhand/models"
)

// item is a review, and what is true about it.
type item struct {
	review   ingest.Review
	row      models.Review // as it came in: ids, version and digest
	seller   *seller
	category *category
	code     string // the rule that it breaks; "" for a genuine review
	span     string // the words that show it
	twin     *item  // of a duplicate: the other one
	flagged  bool
	attack   bool   // one of many by one account
	source   string // of the flag
	report   string
}

func (it *item) negative() bool { return it.review.Rating <= 2 }

// Shares among reviews.
const (
	flaggedPositive = 0.04 // of the flagged ones
	silentNegative  = 0.06 // of those that nobody flags
	silentMiddling  = 0.16
	oneStar         = 0.6 // of the negative ones
	sameCustomer    = 0.15
)

// makeUp makes up reviews.
func (w *world) makeUp(m *market, flagged, silent int) []*item {
	out := make([]*item, 0, flagged+silent)
	for i := range flagged + silent {
		s := m.pick(w.rng)
		it := &item{seller: s, category: &categories[s.category], flagged: i < flagged}
		it.review = ingest.Review{
			ID: fmt.Sprintf("R-%06d", w.number()), SellerID: s.id, SellerName: s.name, Category: it.category.name,
			CustomerID: fmt.Sprintf("C-%05d", w.number()), OrderRef: fmt.Sprintf("A-%06d", w.rng.IntN(1e6)),
			Language: "en", PostedAt: w.clock.at.Add(-w.between(2*time.Hour, 3*day)),
		}
		p := one(w, s.products)
		it.review.ProductID, it.review.Product = p.id, p.title
		if books := m.books[s.id]; len(books) > 0 && w.chance(sameCustomer) {
			it.review.CustomerID = one(w, books).review.CustomerID
		}
		w.judge(m, it)
		w.write(it)
		w.flag(it)
		verified := it.code != codeFake && it.code != codeCoordinated
		if it.review.Verified = &verified; !verified {
			it.review.OrderRef = ""
		}
		out = append(out, it)
	}
	return out
}

// judge settles the stars and whether a rule is broken.
func (w *world) judge(m *market, it *item) {
	negative := 1
	if !w.chance(oneStar) {
		negative = 2
	}
	switch x := w.rng.Float64(); {
	case it.flagged && x < flaggedPositive:
		it.review.Rating = 4 + w.rng.IntN(2)
		if w.chance(0.5) {
			it.code = one(w, []string{codeAdvert, codeConflict})
		}
	case it.flagged:
		it.review.Rating = negative
		if w.chance(it.seller.breaking) {
			it.code = w.rule(m, it)
		}
	case x < silentNegative:
		it.review.Rating = negative
	case x < silentNegative+silentMiddling:
		it.review.Rating = 3
	default:
		it.review.Rating = 4 + min(1, w.rng.IntN(3))
	}
}

// rule draws the rule that a negative review breaks.
func (w *world) rule(m *market, it *item) string {
	if it.seller.besieged && w.chance(0.7) {
		return codeCoordinated
	}
	code := one(w, often)
	if code != codeDuplicate {
		return code
	}
	for range 10 { // a genuine complaint that somebody says again
		books := m.books[it.seller.id]
		if len(books) == 0 {
			break
		}
		if twin := one(w, books); twin.code == "" && twin.negative() {
			it.twin = twin
			it.review.CustomerID, it.review.ProductID, it.review.Product = twin.review.CustomerID, twin.review.ProductID, twin.review.Product
			return code
		}
	}
	return codeFake
}

// flag settles who reports it and how.
func (w *world) flag(it *item) {
	if !it.flagged {
		return
	}
	it.source = one(w, []string{models.FlagSeller, models.FlagSeller, models.FlagCustomer, models.FlagClassifier})
	if it.code == "" && it.negative() {
		it.source = one(w, []string{models.FlagSeller, models.FlagSeller, models.FlagSeller, models.FlagCustomer})
	}
	it.report = one(w, reports[it.source])
}

// write puts the review into words.
func (w *world) write(it *item) {
	switch {
	case it.twin != nil:
		it.review.Title, it.review.Body = it.twin.review.Title, it.twin.review.Body+" "+one(w, again)
	case it.review.Rating >= 4:
		it.review.Title, it.review.Body = one(w, praiseTitles), w.fill(it, one(w, praise)+" "+one(w, praiseMore))
	case it.review.Rating == 3:
		it.review.Title, it.review.Body = one(w, middlingTitles), w.fill(it, one(w, middling))
	default:
		w.complain(it)
	}
	breaks, ok := breaking[it.code]
	if !ok {
		return
	}
	words := w.fill(it, one(w, breaks.words))
	if it.span = words; breaks.alone {
		it.review.Title, it.review.Body = one(w, breaks.titles), words
		return
	}
	it.review.Body += " " + words
}

// complain writes a genuine complaint.
func (w *world) complain(it *item) {
	parts := []string{one(w, complaints), one(w, details)}
	if w.chance(0.5) {
		parts[0] = one(w, it.category.complaints)
	}
	if w.chance(0.55) {
		parts = append(parts, one(w, closings))
	}
	it.review.Title = one(w, complaintTitles)
	it.review.Body = w.fill(it, strings.Join(parts, " "))
}

// fill puts things into the slots of a text.
func (w *world) fill(it *item, text string) string {
	return strings.NewReplacer(
		"{product}", it.category.words[w.rng.IntN(len(it.category.words))],
		"{part}", it.category.parts[w.rng.IntN(len(it.category.parts))],
		"{n}", fmt.Sprint(2+w.rng.IntN(8)),
		"{days}", fmt.Sprint(9+w.rng.IntN(25)),
		"{nn}", fmt.Sprint(10+w.rng.IntN(90)),
		"{colour}", one(w, colours),
	).Replace(text)
}
