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

// ParseRemoval reads a proposal's payload. Of one that was erased with what the customer wrote, nothing is left to read.
func ParseRemoval(p models.Proposal) (Removal, error) {
	var r Removal
	if p.ErasedAt != nil {
		return r, nil
	}
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
		Ready:       evidenceOpened,
		Apply:       remove,
		Ended:       endTicket,
	}
}

// lockReview holds the review still. Its check refuses when it isn't what the request was about, to the last character.
func lockReview(b *models.Batch, ref approval.Ref) func(models.Proposal) error {
	found := models.Read[models.Review](b, `SELECT * FROM reviews WHERE marketplace_id = ?
		AND id = (SELECT review_id FROM removal_requests WHERE marketplace_id = ? AND proposal_id = ?) FOR UPDATE`,
		ref.Marketplace, ref.Marketplace, ref.ID)
	return func(p models.Proposal) error {
		r, err := found.One()
		if err != nil {
			return noReview(ref.Marketplace)
		}
		return asAsked(r, p)
	}
}

// asAsked refuses a review that isn't the one, in the version and the words, that a request was about.
func asAsked(r models.Review, p models.Proposal) error {
	asked, err := ParseRemoval(p)
	if err != nil {
		return err
	}
	digest, err := ledger.Commit(r.Salt, r.Content())
	if err != nil {
		return err
	}
	want, err := hex.DecodeString(asked.ReviewDigest)
	if err != nil || r.ID != p.SubjectID || r.Version != p.SubjectVersion || !bytes.Equal(digest, want) {
		return models.E(models.Conflict, "review_changed", "The review isn't what the request was about any more. Nothing was changed; the request can't be approved.")
	}
	if r.Status != models.ReviewPublished {
		return models.E(models.Conflict, "not_published", "The review is %s already.", r.Status)
	}
	return nil
}

// withoutInterest refuses an approver with a tie to the seller, and one whom the system didn't draw.
func withoutInterest(b *models.Batch, ref approval.Ref, person string) func() error {
	ties := models.Read[string](b, `SELECT i.id FROM removal_requests q
		JOIN interests i ON i.marketplace_id = q.marketplace_id AND i.seller_id = q.seller_id AND i.ended_at IS NULL
		WHERE q.marketplace_id = ? AND q.proposal_id = ? AND i.staff_id = ?`, ref.Marketplace, ref.ID, person)
	undrawn := undrawnFor(b, ref, person)
	return func() error {
		if len(ties.All) > 0 {
			return interested()
		}
		return undrawn()
	}
}

func refuseInterest(db *gorm.DB, marketplace string, actor models.Actor, seller string) error {
	tied, err := models.HasInterest(db, marketplace, actor.ID, seller)
	if err != nil || !tied {
		return err
	}
	return interested()
}

func interested() error {
	return models.E(models.Forbidden, "interest", "You have declared an interest in this seller, so somebody else decides.")
}

// remove is the effect. The database lets it pass only for an approved proposal, which it uses up.
func remove(b *models.Batch, p models.Proposal, at time.Time) {
	b.ExecOne(models.E(models.Conflict, "review_changed", "The review changed at this very moment. Nothing was removed."),
		"UPDATE reviews SET status = ?, removal_id = ?, updated_at = ? WHERE marketplace_id = ? AND id = ? AND version = ? AND status = ?",
		models.ReviewRemoved, p.ID, at, p.MarketplaceID, p.SubjectID, p.SubjectVersion, models.ReviewPublished)
}

// endTicket closes the ticket of a request that was decided, and puts it back where the question is open again.
func endTicket(b *models.Batch, p models.Proposal, at time.Time) {
	state, closedAt := models.TicketClosed, &at
	if p.State == models.ProposalWithdrawn || p.State == models.ProposalVoid {
		state, closedAt = models.TicketOpen, nil
	}
	b.Exec(`UPDATE tickets SET state = ?, closed_at = ?, lease_holder_id = NULL, lease_until = NULL WHERE marketplace_id = ? AND state = ?
		AND id = (SELECT ticket_id FROM removal_requests WHERE marketplace_id = ? AND proposal_id = ?)`,
		state, closedAt, p.MarketplaceID, models.TicketWaiting, p.MarketplaceID, p.ID)
}
