package moderation

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
)

// Removal is the payload of a proposal to remove a review: exactly what was asked.
type Removal struct {
	Review        string     `json:"review"`
	ReviewVersion int        `json:"review_version"`
	ReviewDigest  string     `json:"review_digest"` // hex; commits to text, rating, author, seller and product
	Remedy        string     `json:"remedy"`
	Reason        string     `json:"reason"`
	ReasonVersion int        `json:"reason_version"`
	Justification string     `json:"justification"`
	Evidence      []Evidence `json:"evidence"`
	Ticket        string     `json:"ticket"`
	Salt          string     `json:"salt"` // hex; keeps the words unguessable from the digest in the ledger
}

// Evidence is one thing that a justification rests on.
type Evidence struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// ParseRemoval reads a proposal's payload.
func ParseRemoval(p models.Proposal) (Removal, error) {
	var r Removal
	if err := json.Unmarshal([]byte(p.Payload), &r); err != nil {
		return r, fmt.Errorf("payload of proposal %s: %w", p.ID, err)
	}
	return r, nil
}

// removalKind is what the approval engine has to know about removing a review.
func removalKind() approval.Kind {
	return approval.Kind{
		Name:        models.KindRemoveReview,
		Noun:        "removal",
		Lock:        lockReview,
		Independent: withoutInterest,
		Apply:       remove,
		Ended:       endTicket,
	}
}

// lockReview holds the review still and refuses when it isn't what the request was about, to the last character.
func lockReview(tx *gorm.DB, p models.Proposal) error {
	asked, err := ParseRemoval(p)
	if err != nil {
		return err
	}
	r, err := review(models.ForUpdate(tx), p.MarketplaceID, p.SubjectID)
	if err != nil {
		return err
	}
	digest, err := ledger.Commit(r.Salt, r.Content())
	if err != nil {
		return err
	}
	want, err := hex.DecodeString(asked.ReviewDigest)
	if err != nil || r.Version != p.SubjectVersion || !bytes.Equal(digest, want) {
		return models.E(models.Conflict, "review_changed", "The review isn't what the request was about any more. Nothing was changed; the request can't be approved.")
	}
	if r.Status != models.ReviewPublished {
		return models.E(models.Conflict, "not_published", "The review is %s already.", r.Status)
	}
	return nil
}

// withoutInterest refuses an approver with a tie to the seller, and one whom the system didn't draw.
func withoutInterest(tx *gorm.DB, p models.Proposal, approver models.Actor) error {
	var req models.RemovalRequest
	if err := tx.Where("marketplace_id = ? AND proposal_id = ?", p.MarketplaceID, p.ID).Take(&req).Error; err != nil {
		return err
	}
	if err := refuseInterest(tx, p.MarketplaceID, approver, req.SellerID); err != nil {
		return err
	}
	return refuseUndrawn(tx, req, approver)
}

func refuseInterest(tx *gorm.DB, marketplace string, actor models.Actor, seller string) error {
	tied, err := models.HasInterest(tx, marketplace, actor.ID, seller)
	if err != nil || !tied {
		return err
	}
	return models.E(models.Forbidden, "interest", "You have declared an interest in this seller, so somebody else decides.")
}

// remove is the effect. The database lets it pass only for an approved proposal, which it uses up.
func remove(tx *gorm.DB, p models.Proposal, at time.Time) error {
	res := tx.Model(&models.Review{}).
		Where("marketplace_id = ? AND id = ? AND version = ? AND status = ?", p.MarketplaceID, p.SubjectID, p.SubjectVersion, models.ReviewPublished).
		Updates(map[string]any{"status": models.ReviewRemoved, "removal_id": p.ID, "updated_at": at})
	if res.Error == nil && res.RowsAffected != 1 {
		return models.E(models.Conflict, "review_changed", "The review changed at this very moment. Nothing was removed.")
	}
	return res.Error
}

// endTicket closes the ticket of a request that was decided, and puts it back where the question is open again.
func endTicket(tx *gorm.DB, p models.Proposal, at time.Time) error {
	set := map[string]any{"state": models.TicketClosed, "closed_at": at}
	if p.State == models.ProposalWithdrawn || p.State == models.ProposalVoid {
		set = map[string]any{"state": models.TicketOpen, "lease_holder_id": nil, "lease_until": nil}
	}
	return tx.Model(&models.Ticket{}).
		Where("marketplace_id = ? AND state = ? AND id = (SELECT ticket_id FROM removal_requests WHERE marketplace_id = ? AND proposal_id = ?)",
			p.MarketplaceID, models.TicketWaiting, p.MarketplaceID, p.ID).
		Updates(set).Error
}
