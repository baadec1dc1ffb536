package moderation

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/rbac"
)

// checkRemedy makes sure that the reason allows the remedy, and reads what the remedy needs. Of a field that another
// remedy would need nothing is kept.
func (d *Desk) checkRemedy(tx *gorm.DB, r models.Review, reason Reason, ask *Ask, bad models.Mistakes) error {
	label := ask.Label
	ask.Label, ask.Spans, ask.ToProduct, ask.ToSeller = "", nil, "", ""
	if reason.Code != "" && !slices.Contains(reason.Remedies, ask.remedy.Name) {
		bad.Say("remedy", "%s allows: %s, least restrictive first.", reason.Code, remedyWords(reason.Remedies))
		return nil
	}
	if len(ask.others) > 0 && ask.remedy.Name != models.ActionRemove {
		bad.Say("remedy", "Linked reviews can only be removed together. Ask for the removal, or take them out of the set.")
		return nil
	}
	switch ask.remedy.Name {
	case models.ActionLabel:
		if reason.LabelText(label) == "" {
			bad.Say("label", "Choose what the label says.")
		}
		ask.Label = label
	case models.ActionRedact:
		spans, wrong := findSpans(r, models.CleanText(ask.Redact))
		bad.Add("redact", wrong)
		ask.Spans = spans
	case models.ActionMove:
		return moveTo(tx, r, ask, bad)
	}
	return nil
}

// mostSellers is how many sellers of a product are looked for: more than one need naming.
const mostSellers = 20

// moveTo finds the product that a review belongs to, and its seller: the review's own where they sell it, the only one
// who does, or the one who is named.
func moveTo(tx *gorm.DB, r models.Review, ask *Ask, bad models.Mistakes) error {
	product, seller := strings.TrimSpace(ask.Product), strings.TrimSpace(ask.Seller)
	var p []models.Product
	if err := tx.Where("marketplace_id = ? AND external_id = ?", r.MarketplaceID, product).Limit(1).Find(&p).Error; err != nil {
		return err
	}
	if len(p) == 0 {
		bad.Say("product", "There is no product with this id in this marketplace.")
		return nil
	}
	var sells []models.Seller
	q := tx.Where("marketplace_id = ?", r.MarketplaceID)
	if seller != "" {
		q = q.Where("external_id = ?", seller)
	} else {
		q = q.Where("id IN (SELECT seller_id FROM reviews WHERE marketplace_id = ? AND product_id = ?)", r.MarketplaceID, p[0].ID)
	}
	if err := q.Order("external_id").Limit(mostSellers).Find(&sells).Error; err != nil {
		return err
	}
	own := slices.IndexFunc(sells, func(s models.Seller) bool { return s.ID == r.SellerID })
	switch {
	case len(sells) == 0 && seller != "":
		bad.Say("seller", "There is no seller with this id in this marketplace.")
		return nil
	case len(sells) == 0:
		ask.ToSeller = r.SellerID
	case own >= 0:
		ask.ToSeller = r.SellerID
	case len(sells) == 1:
		ask.ToSeller = sells[0].ID
	default:
		m, err := market(tx, r.MarketplaceID)
		if err != nil {
			return err
		}
		if m.HidesParties(r.Rating) {
			bad.Say("seller", "Several sell this product; say by the marketplace’s id whom the review is about.")
			return nil
		}
		var ids []string
		for _, s := range sells {
			ids = append(ids, s.ExternalID)
		}
		bad.Say("seller", "Several sell this product; say whom the review is about: %s.", strings.Join(ids, ", "))
		return nil
	}
	ask.ToProduct = p[0].ID
	if ask.ToProduct == r.ProductID && ask.ToSeller == r.SellerID {
		bad.Say("product", "The review stands there already.")
	}
	return nil
}

// Lacks says what a request still lacks, and does nothing: the fields that Request would name, nil for none. have are
// the kinds of the pieces of evidence that are there and in order. Only the ticket's holder is told.
func (d *Desk) Lacks(ctx context.Context, actor models.Actor, ask Ask) (have []string, err error) {
	db := d.db.WithContext(ctx)
	var known bool
	if ask.remedy, known = remedyNamed(ask.Remedy); !known {
		return nil, models.InvalidField("remedy", "Choose one of: %s.", remedyWords(RemedyNames()))
	}
	if err := d.mayRead(ctx, actor, ask.Marketplace, rbac.Object{Kind: "removal"}, "request", "ticket", ask.Ticket); err != nil {
		return nil, err
	}
	if err := holds(db, actor, ask.Marketplace, ask.Ticket); err != nil {
		return nil, err
	}
	r, err := reviewOf(db, ask.Marketplace, ask.Ticket)
	if err != nil {
		return nil, err
	}
	if ask.others, err = d.Gathered(ctx, actor, ask.Marketplace, ask.Ticket); err != nil {
		return nil, err
	}
	_, err = d.checkAsk(db, r, &ask)
	wrong := models.AsError(err).Fields
	for _, e := range ask.Evidence {
		if wrong["evidence_"+e.Kind] == "" {
			have = append(have, e.Kind)
		}
	}
	if len(ask.Spans) > 0 && wrong["redact"] == "" {
		have = append(have, EvidenceSpan)
	}
	return have, err
}
