package moderation

import (
	"encoding/json"
	"slices"
	"time"

	"evenhand/approval"
	"evenhand/models"
	"evenhand/words"
)

// remedy is what may be asked for about a review. Each is a kind of proposal, and what they share is in removalKinds; here
// stands in what they differ.
type remedy struct {
	Name   string // in payloads, requests and decisions
	Kind   string // of its proposals
	Noun   string // of its acts: label.request, label.approve and so on
	Column string // of reviews: the proposal by which the remedy stands
	// by is the proposal by which it stands; nil: it doesn't.
	by func(models.Review) *string
	// set and undo are the SET clauses of its effect, with the proposal's id as their first argument, and of its undoing.
	set, undo string
	// status is what the review is once the remedy stands and no hold hides it.
	status string
}

// unheld is the status of a review that neither a hold nor a removal hides.
const unheld = "CASE WHEN redaction_id IS NOT NULL THEN 'redacted' ELSE 'published' END"

// Remedies, least restrictive first.
var remedies = []remedy{
	{models.ActionLabel, models.KindLabelReview, "label", "label_id", func(r models.Review) *string { return r.LabelID },
		"label_id = ?", "label_id = NULL", unheld},
	{models.ActionRedact, models.KindRedactReview, "redaction", "redaction_id", func(r models.Review) *string { return r.RedactionID },
		"redaction_id = ?", "redaction_id = NULL", "'" + models.ReviewRedacted + "'"},
	{models.ActionMove, models.KindMoveReview, "move", "move_id", func(r models.Review) *string { return r.MoveID },
		"move_id = ?, home_seller_id = seller_id, home_product_id = product_id",
		"move_id = NULL, seller_id = home_seller_id, product_id = home_product_id, home_seller_id = NULL, home_product_id = NULL", unheld},
	{models.ActionRemove, models.KindRemoveReview, "removal", "removal_id", func(r models.Review) *string { return r.RemovalID },
		"removal_id = ?", "removal_id = NULL", "'" + models.ReviewRemoved + "'"},
}

// RemedyNames lists them, least restrictive first.
func RemedyNames() []string {
	out := make([]string, len(remedies))
	for i, x := range remedies {
		out[i] = x.Name
	}
	return out
}

// remedyWords are remedies as a sentence lists them.
func remedyWords(names []string) models.Sentence {
	said := make([]any, len(names))
	for i, name := range names {
		said[i] = words.Word(name)
	}
	return words.List("%s, %s", said...)
}

// remedyNamed finds a remedy; "" is a removal, which is what requests asked for before there was another.
func remedyNamed(name string) (remedy, bool) {
	if name == "" {
		name = models.ActionRemove
	}
	i := slices.IndexFunc(remedies, func(x remedy) bool { return x.Name == name })
	if i < 0 {
		return remedy{}, false
	}
	return remedies[i], true
}

func remedyOf(kind string) remedy {
	return remedies[slices.IndexFunc(remedies, func(x remedy) bool { return x.Kind == kind })]
}

// requestActs are the acts by which remedies are asked for.
var requestActs = func() []string {
	var out []string
	for _, x := range remedies {
		out = append(out, x.Noun+".request")
	}
	return out
}()

// approveActs are the acts by which they are approved.
var approveActs = func() []string {
	var out []string
	for _, x := range remedies {
		out = append(out, x.Noun+"."+models.VerdictApprove)
	}
	return out
}()

// decisionActs are the acts by which a moderator decides.
var decisionActs = append([]string{"ticket.keep"}, requestActs...)

// open refuses a remedy that stands already, or that a removed review has no use for.
func (x remedy) open(r models.Review) error {
	switch {
	case r.Status == models.ReviewRemoved:
		return models.E(models.Conflict, "not_published", "The review is removed already.")
	case x.by(r) != nil:
		return models.E(models.Conflict, "remedy_stands", "There is a %s of this review already; it has to be undone before there can be another.", words.Word(x.Noun))
	}
	return nil
}

// apply is the effect, which ends a hold: two people have found what becomes of the review. The database lets it pass only
// for an approved proposal, which it uses up.
func (x remedy) apply(b *models.Batch, p models.Proposal, at time.Time) {
	changed := models.E(models.Conflict, "review_changed", "The review changed at this very moment. Nothing was done about it.")
	endHolds(b, p, x.confirms(), at)
	set, args := x.set+", status = "+x.status+", hold_id = NULL, held_until = NULL", []any{p.ID}
	if x.Name == models.ActionMove {
		var to struct {
			Product string `json:"to_product"`
			Seller  string `json:"to_seller"`
		}
		_ = json.Unmarshal([]byte(p.Payload), &to) // asAsked has read it; and what doesn't fit, the database refuses
		set, args = set+", product_id = ?, seller_id = ?", append(args, to.Product, to.Seller)
	}
	b.ExecOne(changed, "UPDATE reviews SET "+set+", updated_at = ? WHERE marketplace_id = ? AND id = ? AND version = ? AND status <> 'removed' AND "+
		x.Column+" IS NULL", append(args, at, p.MarketplaceID, p.SubjectID, p.SubjectVersion)...)
}

// family is the name under which the engine decides on any of them.
const family = "review"

// removalKinds are what the approval engine has to know about what may become of a review.
func removalKinds() []approval.Kind {
	var out []approval.Kind
	for _, x := range remedies {
		out = append(out, approval.Kind{
			Name: x.Kind, Noun: x.Noun, Object: "removal", Family: family,
			Lock: lockReview, Independent: withoutInterest, Ready: evidenceOpened, Apply: x.apply, Ended: ended,
		})
	}
	return out
}
