package moderation

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
)

// Removal is the payload of a proposal to remove a review, or for a lesser remedy: exactly what was asked.
type Removal struct {
	Review        string     `json:"review"`
	ReviewVersion int        `json:"review_version"`
	ReviewDigest  string     `json:"review_digest"` // hex; commits to text, rating, author, seller and product
	Remedy        string     `json:"remedy"`
	Reason        string     `json:"reason"`
	ReasonVersion int        `json:"reason_version"`
	Justification string     `json:"justification"`
	Evidence      []Evidence `json:"evidence"`
	Label         string     `json:"label,omitempty"`      // of a label: which of the reason's
	Spans         []Span     `json:"spans,omitempty"`      // of a redaction: what isn't published any more
	ToProduct     string     `json:"to_product,omitempty"` // of a move: where to
	ToSeller      string     `json:"to_seller,omitempty"`
	Ticket        string     `json:"ticket"`

	Set  []approval.Member `json:"set,omitempty"`  // of the lead of a set: the requests that follow it
	Lead string            `json:"lead,omitempty"` // of one that follows: the request that leads it

	Salt string `json:"salt"` // hex; keeps the words unguessable from the digest in the ledger
}

// Evidence is one thing that a justification rests on.
type Evidence struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`

	SHA256 string `json:"sha256,omitempty"` // of a file, whose id is the value; hex
	Type   string `json:"type,omitempty"`
	Size   int    `json:"size,omitempty"`

	Version int    `json:"version,omitempty"` // of another review, whose id is the value: as it was when it was named
	Digest  string `json:"digest,omitempty"`  // hex

	Found    string `json:"found,omitempty"`    // of an order look-up: OrderFound or OrderUnknown
	Product  string `json:"product,omitempty"`  // what was ordered: our id
	Verified string `json:"verified,omitempty"` // "yes" or "no", where the marketplace says whether a purchase stands behind it
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

// lockReview holds the review still, and those of the whole set where the request leads one, in the order of their ids. Its
// check refuses when the review isn't what the request was about, to the last character.
func lockReview(b *models.Batch, ref approval.Ref) func(models.Proposal) error {
	found := models.Read[models.Review](b, `SELECT * FROM reviews WHERE marketplace_id = ? AND id IN (
		SELECT review_id FROM removal_requests WHERE marketplace_id = ? AND proposal_id = ?
		UNION ALL SELECT q.review_id FROM proposals p JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
		WHERE p.marketplace_id = ? AND p.lead_id = ?) ORDER BY id FOR UPDATE`,
		ref.Marketplace, ref.Marketplace, ref.ID, ref.Marketplace, ref.ID)
	return func(p models.Proposal) error {
		i := slices.IndexFunc(found.All, func(r models.Review) bool { return r.ID == p.SubjectID })
		if i < 0 {
			return noReview(ref.Marketplace)
		}
		return asAsked(found.All[i], p)
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
	return remedyOf(p.Kind).open(r)
}

// withoutInterest refuses an approver with a tie to the seller, and one whom the system didn't draw.
func withoutInterest(b *models.Batch, ref approval.Ref, person string) func() error {
	ties := models.Read[string](b, `SELECT i.id FROM removal_requests q
		JOIN interests i ON i.marketplace_id = q.marketplace_id AND i.seller_id IN (q.seller_id, q.to_seller_id) AND i.ended_at IS NULL
		WHERE q.marketplace_id = ? AND q.proposal_id = ? AND i.staff_id = ?
		UNION ALL SELECT i.id FROM proposals p JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
		JOIN interests i ON i.marketplace_id = q.marketplace_id AND i.seller_id = q.seller_id AND i.ended_at IS NULL
		WHERE p.marketplace_id = ? AND p.lead_id = ? AND i.staff_id = ?`, ref.Marketplace, ref.ID, person, ref.Marketplace, ref.ID, person)
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

// ended follows up on a request that came to an end.
func ended(b *models.Batch, p models.Proposal, at time.Time) {
	endTicket(b, p, at)
	if p.State != models.ProposalEffective && p.State != models.ProposalVoid {
		endHolds(b, p, false, at)
		showAgain(b, p.MarketplaceID, p.SubjectID, at)
	}
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
