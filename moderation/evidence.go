package moderation

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/words"
)

// checkEvidence cleans the pieces, drops empty and double ones, and says what is wrong with them under evidence_KIND.
func checkEvidence(tx *gorm.DB, r models.Review, given []Evidence, bad models.Mistakes) ([]Evidence, error) {
	out := []Evidence{}
	for _, e := range given {
		e.Value = models.CleanText(e.Value)
		same := func(x Evidence) bool { return x.Kind == e.Kind && x.Value == e.Value }
		if e.Value == "" || slices.ContainsFunc(out, same) {
			continue
		}
		field := "evidence_" + e.Kind
		switch {
		case !slices.Contains(EvidenceKinds, e.Kind):
			return nil, models.InvalidField("evidence", "There is no evidence of the kind %q.", e.Kind)
		case len(out) == maxEvidenceItems:
			bad.Say(field, "At most %d pieces of evidence.", maxEvidenceItems)
			continue
		case utf8.RuneCountInString(e.Value) > maxEvidence:
			bad.Say(field, "At most %d characters.", maxEvidence)
		case e.Kind == EvidenceSpan && !standsIn(r, e.Value):
			bad.Say(field, "These words don't stand in the review. Copy them exactly.")
		case evidenceChecks[e.Kind] != nil:
			wrong, err := evidenceChecks[e.Kind](tx, r, &e)
			if err != nil {
				return nil, err
			}
			bad.Add(field, wrong)
		}
		if !slices.ContainsFunc(out, same) { // a look-up may have found that it is the same by another name
			out = append(out, e)
		}
	}
	return out, nil
}

// evidenceChecks look a piece up, write into it what they found, and say what is wrong with it, if anything.
var evidenceChecks = map[string]func(tx *gorm.DB, r models.Review, e *Evidence) (models.Sentence, error){
	EvidenceReviews: otherReview, EvidenceOrder: lookUpOrder, EvidenceFile: fileFor,
}

// standsIn says whether the words stand in the review; runs of white space count as one space.
func standsIn(r models.Review, text string) bool {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return strings.Contains(squeeze(r.Body), squeeze(text)) || strings.Contains(squeeze(r.Title), squeeze(text))
}

// otherReview checks that a named review is another one of this marketplace, and says what is wrong if not.
func otherReview(tx *gorm.DB, r models.Review, e *Evidence) (models.Sentence, error) {
	id, err := models.ParseID(e.Value)
	if err != nil {
		return models.Said("“%s” isn't the id of a review.", e.Value), nil //nolint:nilerr // the sentence is the answer
	}
	e.Value = id
	if id == r.ID {
		return models.Said("This is the review itself; name another."), nil
	}
	other, err := review(tx, r.MarketplaceID, id)
	if models.IsKind(err, models.NotFound) {
		return models.Said("There is no review %s in this marketplace.", id), nil
	}
	e.Version, e.Digest = other.Version, hex.EncodeToString(other.Digest)
	return models.Sentence{}, err
}

// What an order look-up says.
const (
	OrderFound   = "found"
	OrderUnknown = "not found"
)

// lookUpOrder writes down what the marketplace's data says of an order: what was bought, and whether a purchase is
// confirmed. The first reference that the words hold counts; data knows orders only by the reviews that name them.
func lookUpOrder(tx *gorm.DB, r models.Review, e *Evidence) (models.Sentence, error) {
	e.Found = OrderUnknown
	var named []models.Review
	err := tx.Select("product_id", "home_product_id", "home_seller_id", "verified").
		Where("marketplace_id = ? AND order_ref <> '' AND order_ref IN ?", r.MarketplaceID, append(strings.Fields(e.Value), e.Value)).
		Order("id").Limit(1).Find(&named).Error
	if err != nil || len(named) == 0 {
		return models.Sentence{}, err
	}
	e.Found = OrderFound
	_, e.Product = named[0].Home()
	if v := named[0].Verified; v != nil {
		e.Verified = map[bool]string{true: "yes", false: "no"}[*v]
	}
	return models.Sentence{}, nil
}

// enough checks that the evidence which a reason needs is there. Words that a redaction marks are exact words.
func enough(reason Reason, ask Ask, bad models.Mistakes) {
	n := reason.have(ask.Evidence, ask.Spans)
	field := "evidence_" + reason.AnyOf[0]
	if n < reason.Min && !bad.Has(field) && !bad.Has("redact") {
		bad.Say(field, "%s needs at least %d of: %s. There is %d.", reason.Code, reason.Min, evidenceWords(reason.AnyOf), n)
	}
}

// have counts the pieces that count for a reason.
func (r Reason) have(given []Evidence, spans []Span) int {
	n := 0
	for _, e := range given {
		if slices.Contains(r.AnyOf, e.Kind) {
			n++
		}
	}
	if slices.Contains(r.AnyOf, EvidenceSpan) {
		n += len(spans)
	}
	return n
}

var evidenceWord = map[string]string{
	EvidenceOrder: "an order look-up", EvidenceStatement: "the author's statement", EvidenceLink: "a link",
	EvidenceReviews: "another review", EvidenceSpan: "the exact words", EvidenceDocument: "a document", EvidenceFile: "a file",
}

// evidenceWords lists kinds of evidence as people say them.
func evidenceWords(kinds []string) models.Sentence {
	said := make([]any, len(kinds))
	for i, k := range kinds {
		said[i] = words.Word(evidenceWord[k])
	}
	return words.List("%s, or %s", said...)
}

// Needs says in words what evidence a reason needs.
func (r Reason) Needs() models.Sentence {
	if r.Min > 1 {
		return models.Said("at least %d of: %s", r.Min, evidenceWords(r.AnyOf))
	}
	return evidenceWords(r.AnyOf)
}
