package moderation

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/models"
	"evenhand/rbac"
)

// errNotDrawn doesn't say who was drawn: nobody has to know whom to ask a favour of.
func errNotDrawn() error {
	return models.E(models.Forbidden, "not_drawn", "Somebody else was drawn to decide on this request, or will be. Who asks doesn't choose who decides.")
}

// refuseUndrawn refuses who wasn't drawn for a request of which the system draws the approvers.
func refuseUndrawn(tx *gorm.DB, req models.RemovalRequest, approver models.Actor) error {
	if !req.Drawn {
		return nil
	}
	var n int64
	err := tx.Model(&models.ApproverDraw{}).
		Where("marketplace_id = ? AND proposal_id = ? AND approver_id = ? AND ended_at IS NULL", req.MarketplaceID, req.ProposalID, approver.ID).Count(&n).Error
	if err != nil || n > 0 {
		return models.Translate(err)
	}
	return errNotDrawn()
}

// undrawnFor is refuseUndrawn as part of a batch.
func undrawnFor(b *models.Batch, ref approval.Ref, person string) func() error {
	undrawn := models.Read[string](b, `SELECT q.proposal_id FROM removal_requests q WHERE q.marketplace_id = ? AND q.proposal_id = ? AND q.drawn
		AND NOT EXISTS (SELECT 1 FROM approver_draws a WHERE a.marketplace_id = q.marketplace_id AND a.proposal_id = q.proposal_id
			AND a.approver_id = ? AND a.ended_at IS NULL)`, ref.Marketplace, ref.ID, person)
	return func() error {
		if len(undrawn.All) > 0 {
			return errNotDrawn()
		}
		return nil
	}
}

// forPerson is the condition on a request q that this person may be the one to decide: it was drawn for them, or
// nobody is drawn for it.
const forPerson = `(NOT q.drawn OR EXISTS (SELECT 1 FROM approver_draws a WHERE a.marketplace_id = q.marketplace_id
	AND a.proposal_id = q.proposal_id AND a.approver_id = ? AND a.ended_at IS NULL))`

// assignment says how a ticket came to who decides on it: by a draw, or in whichever other way.
func assignment(tx *gorm.DB, actor models.Actor, t models.Ticket) (string, error) {
	var n int64
	err := tx.Model(&models.Draw{}).Where("marketplace_id = ? AND ticket_id = ? AND person_id = ?", t.MarketplaceID, t.ID, actor.ID).Limit(1).Count(&n).Error
	if n > 0 {
		return models.AssignedRandom, err
	}
	return models.AssignedPicked, err
}

// mayBeDrawn lists, by id, who may be drawn to decide on a request: they have the right, aren't its requester, have
// declared no interest in the seller, or any of a set's, weren't drawn for it before, and are on shift where any of these are.
func (d *Desk) mayBeDrawn(tx *gorm.DB, p models.Proposal, req models.RemovalRequest) ([]string, error) {
	rights, err := d.rights.View(tx)
	if err != nil {
		return nil, err
	}
	var out, barred []string
	err = tx.Raw(`SELECT CAST(staff_id AS text) FROM interests WHERE marketplace_id = @market AND ended_at IS NULL AND (seller_id IN (@seller, @to)
		OR seller_id IN (SELECT o.seller_id FROM proposals f JOIN removal_requests o ON o.marketplace_id = f.marketplace_id AND o.proposal_id = f.id
			WHERE f.marketplace_id = @market AND f.lead_id = @proposal))
		UNION SELECT CAST(approver_id AS text) FROM approver_draws WHERE marketplace_id = @market AND proposal_id = @proposal`,
		map[string]any{"market": p.MarketplaceID, "seller": req.SellerID, "to": req.ToSellerID, "proposal": p.ID}).Scan(&barred).Error
	if err != nil {
		return nil, err
	}
	for _, person := range rights.People(p.MarketplaceID) {
		may, err := mayApprove(rights, p, person)
		if err != nil {
			return nil, err
		}
		if may && !slices.Contains(barred, person) {
			out = append(out, person)
		}
	}
	return d.OnShift(tx, p.MarketplaceID, out)
}

func mayApprove(rights rbac.View, p models.Proposal, person string) (bool, error) {
	return rights.Can(person, p.MarketplaceID, rbac.Object{Kind: "removal", Requester: p.RequesterID}, models.VerdictApprove)
}

// seatShare of a request's time is what one drawn approver has of it.
const seatShare = 3

// dueAt is until when a drawn approver has the seat to themselves.
func dueAt(p models.Proposal, drawn time.Time) time.Time {
	return models.At(drawn.Add(p.ExpiresAt.Sub(p.CreatedAt) / seatShare))
}
