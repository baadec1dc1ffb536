package moderation

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/models"
)

// checkEvidence cleans the pieces, drops empty and double ones, and writes what is wrong with them into fields,
// under evidence_KIND.
func checkEvidence(tx *gorm.DB, r models.Review, given []Evidence, fields map[string]string) ([]Evidence, error) {
	out := []Evidence{}
	for _, e := range given {
		e.Value = models.CleanText(e.Value)
		if e.Value == "" || slices.Contains(out, e) {
			continue
		}
		field := "evidence_" + e.Kind
		switch {
		case !slices.Contains(EvidenceKinds, e.Kind):
			return nil, models.InvalidField("evidence", "There is no evidence of the kind %q.", e.Kind)
		case len(out) == maxEvidenceItems:
			fields[field] = fmt.Sprintf("At most %d pieces of evidence.", maxEvidenceItems)
			continue
		case utf8.RuneCountInString(e.Value) > maxEvidence:
			fields[field] = fmt.Sprintf("At most %d characters.", maxEvidence)
		case e.Kind == EvidenceSpan && !standsIn(r, e.Value):
			fields[field] = "These words don't stand in the review. Copy them exactly."
		case e.Kind == EvidenceReviews:
			text, err := otherReview(tx, r, &e)
			if err != nil {
				return nil, err
			}
			if text != "" {
				fields[field] = text
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// standsIn says whether the words stand in the review; runs of white space count as one space.
func standsIn(r models.Review, words string) bool {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return strings.Contains(squeeze(r.Body), squeeze(words)) || strings.Contains(squeeze(r.Title), squeeze(words))
}

// otherReview checks that a named review is another one of this marketplace, and says what is wrong if not.
func otherReview(tx *gorm.DB, r models.Review, e *Evidence) (string, error) {
	id, err := models.ParseID(e.Value)
	if err != nil {
		return "“" + e.Value + "” isn't the id of a review.", nil //nolint:nilerr // the sentence is the answer
	}
	e.Value = id
	if id == r.ID {
		return "This is the review itself; name another.", nil
	}
	_, err = review(tx, r.MarketplaceID, id)
	if models.IsKind(err, models.NotFound) {
		return "There is no review " + id + " in this marketplace.", nil
	}
	return "", err
}

// enough checks that the evidence which a reason needs is there.
func enough(reason Reason, given []Evidence, fields map[string]string) {
	n := 0
	for _, e := range given {
		if slices.Contains(reason.AnyOf, e.Kind) {
			n++
		}
	}
	field := "evidence_" + reason.AnyOf[0]
	if n < reason.Min && fields[field] == "" {
		fields[field] = fmt.Sprintf("%s needs at least %d of: %s. There is %d.", reason.Code, reason.Min, evidenceWords(reason.AnyOf), n)
	}
}

var evidenceWord = map[string]string{
	EvidenceOrder: "an order look-up", EvidenceStatement: "the author's statement", EvidenceLink: "a link",
	EvidenceReviews: "another review", EvidenceSpan: "the exact words", EvidenceDocument: "a document",
}

// evidenceWords lists kinds of evidence as people say them.
func evidenceWords(kinds []string) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = evidenceWord[k]
	}
	return strings.Join(words, ", or ")
}

// Needs says in words what evidence a reason needs.
func (r Reason) Needs() string {
	if r.Min > 1 {
		return fmt.Sprintf("at least %d of: %s", r.Min, evidenceWords(r.AnyOf))
	}
	return evidenceWords(r.AnyOf)
}
