package statement

import (
	"slices"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/rbac"
)

// touches lists who has had a hand in what became of a review, with when, and who has an interest in its seller: nobody
// of them answers an appeal. The guards in the database ask the same of one person. @review is a review's id or a column;
// @market its marketplace's.
const touches = `SELECT q.requester_id AS person, q.created_at AS at FROM removal_requests q WHERE q.marketplace_id = @market AND q.review_id = @review
	UNION ALL SELECT a.approver_id, a.created_at FROM removal_requests q JOIN approvals a ON a.marketplace_id = q.marketplace_id AND a.proposal_id = q.proposal_id
		WHERE q.marketplace_id = @market AND q.review_id = @review
	UNION ALL SELECT w.approver_id, w.drawn_at FROM removal_requests q JOIN approver_draws w ON w.marketplace_id = q.marketplace_id AND w.proposal_id = q.proposal_id
		WHERE q.marketplace_id = @market AND q.review_id = @review
	UNION ALL SELECT w.person_id, w.drawn_at FROM tickets t JOIN draws w ON w.marketplace_id = t.marketplace_id AND w.ticket_id = t.id
		WHERE t.marketplace_id = @market AND t.review_id = @review
	UNION ALL SELECT k.staff_id, k.skipped_at FROM tickets t JOIN skips k ON k.marketplace_id = t.marketplace_id AND k.ticket_id = t.id
		WHERE t.marketplace_id = @market AND t.review_id = @review
	UNION ALL SELECT d.moderator_id, d.decided_at FROM tickets t JOIN decisions d ON d.marketplace_id = t.marketplace_id AND d.ticket_id = t.id
		WHERE t.marketplace_id = @market AND t.review_id = @review
	UNION ALL SELECT x.staff_id, x.created_at FROM restorations x WHERE x.marketplace_id = @market AND x.review_id = @review
	UNION ALL SELECT y.person_id, y.answered_at FROM appeal_answers y WHERE y.marketplace_id = @market AND y.review_id = @review`

// leases and interests hold now, and leave no time behind.
const holds = ` UNION ALL SELECT t.lease_holder_id, t.opened_at FROM tickets t WHERE t.marketplace_id = @market AND t.review_id = @review AND t.lease_holder_id IS NOT NULL
	UNION ALL SELECT i.staff_id, i.declared_at FROM interests i JOIN reviews r ON r.marketplace_id = i.marketplace_id AND r.seller_id = i.seller_id
		WHERE r.marketplace_id = @market AND r.id = @review AND i.ended_at IS NULL`

// touched lists, by id, who may not answer an appeal about a review.
func touched(db *gorm.DB, marketplace, review string) ([]string, error) {
	var out []string
	err := db.Raw("SELECT DISTINCT CAST(person AS text) FROM ("+touches+holds+") z", map[string]any{"market": marketplace, "review": review}).Scan(&out).Error
	return out, models.Translate(err)
}

// mayBeDrawn lists, by id, who may be drawn to answer an appeal: they have the right, touched nothing of the case, and
// weren't drawn for it before.
func (x *Statements) mayBeDrawn(tx *gorm.DB, a models.Appeal) ([]string, error) {
	rights, err := x.rights.View(tx)
	if err != nil {
		return nil, err
	}
	barred, err := touched(tx, a.MarketplaceID, a.ReviewID)
	if err != nil {
		return nil, err
	}
	var before []string
	err = tx.Model(&models.AppealDraw{}).Where("marketplace_id = ? AND appeal_id = ?", a.MarketplaceID, a.ID).Pluck("person_id", &before).Error
	if err != nil {
		return nil, err
	}
	barred = append(barred, before...)
	var out []string
	for _, person := range rights.People(a.MarketplaceID) {
		may, err := mayAnswer(rights, a, person)
		if err != nil {
			return nil, err
		}
		if may && !slices.Contains(barred, person) {
			out = append(out, person)
		}
	}
	return x.desk.OnShift(tx, a.MarketplaceID, out)
}

func mayAnswer(rights rbac.View, a models.Appeal, person string) (bool, error) {
	return rights.Can(person, a.MarketplaceID, rbac.Object{Kind: noun}, "answer")
}
