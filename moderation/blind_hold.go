package moderation

import (
	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/models"
)

// hiddenHolders are the reviews of which the viewer may not know who held them: whoever holds a review usually asks for
// more. It narrows a query of reviews' ids. Where nothing has been asked yet the holder is hidden, too, from whoever may
// decide, for as long as the ticket can still bring a request.
func (d *Desk) hiddenHolders(v veil, among *gorm.DB) (map[string]bool, error) {
	out := map[string]bool{}
	if !v.decide {
		return out, nil
	}
	var open []Row
	err := rows(v.db, v.market.ID).Where("p.state = ? AND q.review_id IN (?)", models.ProposalOpen, among).Find(&open).Error
	if err == nil {
		err = approval.AddVerdicts(d.engine, v.db, open)
	}
	if err == nil {
		err = v.overRows(open)
	}
	for _, r := range open {
		out[r.ReviewID] = out[r.ReviewID] || r.RequesterHidden
	}
	if err != nil {
		return nil, models.Translate(err)
	}
	var unasked []models.Hold
	err = v.db.Table("holds h").Select("h.review_id, h.rating").Where("h.marketplace_id = ? AND h.review_id IN (?)", v.market.ID, among).
		Where("EXISTS (SELECT 1 FROM tickets t WHERE t.marketplace_id = h.marketplace_id AND t.id = h.ticket_id AND t.state = ?)", models.TicketOpen).Find(&unasked).Error
	for _, h := range unasked {
		out[h.ReviewID] = out[h.ReviewID] || v.market.HidesRequester(h.Rating)
	}
	return out, models.Translate(err)
}

// overHolds hides in holds who held, where hidden has the review, and who sells, from whoever had a hand in the review.
func (v veil) overHolds(list []HoldRow, hidden map[string]bool) error {
	var ids []string
	for _, h := range list {
		if v.market.HidesParties(h.Rating) {
			ids = append(ids, h.ReviewID)
		}
	}
	hand, err := v.hand(ids)
	if err != nil {
		return err
	}
	for i := range list {
		h := &list[i]
		if hand[h.ReviewID] && v.market.HidesParties(h.Rating) {
			h.SellerID, h.SellerName = "", ""
		}
		if hidden[h.ReviewID] && h.HolderID != v.viewer {
			h.HolderID, h.HolderName = "", hiddenPerson
		}
	}
	return nil
}

// hand are those of some reviews that the viewer had a hand in as a moderator, held a ticket of or the review itself,
// decided or asked, without having had shown who sells and who wrote.
func (v veil) hand(reviews []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(reviews) == 0 {
		return out, nil
	}
	var found []string
	err := v.db.Raw(`SELECT review_id FROM (
		SELECT review_id FROM tickets WHERE marketplace_id = @market AND review_id IN @reviews AND lease_holder_id = @who
		UNION SELECT review_id FROM decisions WHERE marketplace_id = @market AND review_id IN @reviews AND moderator_id = @who
		UNION SELECT review_id FROM second_looks WHERE marketplace_id = @market AND review_id IN @reviews AND moderator_id = @who
		UNION SELECT review_id FROM holds WHERE marketplace_id = @market AND review_id IN @reviews AND holder_id = @who) x
		WHERE review_id NOT IN (SELECT review_id FROM unmaskings WHERE marketplace_id = @market AND review_id IN @reviews AND staff_id = @who AND subject_type = 'ticket')`,
		map[string]any{"market": v.market.ID, "reviews": reviews, "who": v.viewer}).Scan(&found).Error
	for _, id := range found {
		out[id] = true
	}
	return out, models.Translate(err)
}
