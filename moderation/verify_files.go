package moderation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// attachments holds each file's row against the entry of its upload.
var attachments = ledger.Explained{
	Table: "attachments", Acts: []string{"evidence.upload"},
	Columns: "t.marketplace_id, t.id, t.review_id, t.ticket_id, t.uploader_id, t.type, t.size, t.sha256, t.created_at",
	Agree: func() ([]any, func(ledger.Body) (string, error)) {
		a := &models.Attachment{}
		columns := []any{&a.MarketplaceID, &a.ID, &a.ReviewID, &a.TicketID, &a.UploaderID, &a.Type, &a.Size, &a.SHA256, &a.CreatedAt}
		return columns, func(b ledger.Body) (string, error) {
			return differs(a.ID, b.Marketplace == a.MarketplaceID && b.Actor.ID == a.UploaderID && b.Subject.ID == a.ID && at(b, a.CreatedAt) &&
				b.Data["review"] == a.ReviewID && b.Data["ticket"] == a.TicketID && b.Data["type"] == a.Type &&
				b.Data["size"] == float64(a.Size) && b.Data["sha256"] == hex.EncodeToString(a.SHA256))
		}
	},
}

// checkFiles recomputes the digest of every file, and holds each that a request has against what the request says.
func checkFiles(_ context.Context, db *gorm.DB) (string, error) {
	var a struct {
		models.Attachment
		Payload, Requester *string
	}
	columns := []any{&a.ProposalID, &a.UploaderID, &a.SHA256, &a.Size, &a.Type, &a.Content, &a.SweptAt, &a.ErasedAt, &a.Payload, &a.Requester}
	return ledger.Each(db, &a.ID, columns, func() (string, error) {
		if a.SweptAt != nil || a.ErasedAt != nil { // other checks ask why
			return "", nil
		}
		if sum := sha256.Sum256(a.Content); !bytes.Equal(sum[:], a.SHA256) || len(a.Content) != a.Size {
			return "row " + a.ID + " was changed: its digest isn't that of its bytes", nil
		}
		if a.ProposalID == nil {
			return "", nil
		}
		if a.Payload == nil || deref(a.Requester) != a.UploaderID {
			return "row " + a.ID + " is bound to a request that isn't its uploader's", nil
		}
		asked, err := ParseRemoval(models.Proposal{ID: *a.ProposalID, Payload: *a.Payload})
		if err != nil {
			return "", err
		}
		for _, e := range asked.Evidence {
			if e.Kind == EvidenceFile && e.Value == a.ID {
				return differs(a.ID, e.SHA256 == hex.EncodeToString(a.SHA256) && e.Size == a.Size && e.Type == a.Type)
			}
		}
		return "row " + a.ID + " is bound to a request that doesn't name it", nil
	}, `SELECT t.id, t.proposal_id, t.uploader_id, t.sha256, t.size, t.type, t.content, t.swept_at, t.erased_at,
			CASE WHEN p.erased_at IS NULL THEN p.payload ELSE NULL END, p.requester_id
		  FROM attachments t LEFT JOIN proposals p ON p.marketplace_id = t.marketplace_id AND p.id = t.proposal_id`)
}
