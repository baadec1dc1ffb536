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
	Columns: "t.marketplace_id, t.review_id, t.ticket_id, t.uploader_id, t.type, t.size, t.sha256, t.created_at",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		a := &models.Attachment{}
		columns := []any{&a.MarketplaceID, &a.ReviewID, &a.TicketID, &a.UploaderID, &a.Type, &a.Size, &a.SHA256, &a.CreatedAt}
		return columns, func(p *ledger.Print) string {
				p.Text(a.MarketplaceID)
				p.Text(a.UploaderID)
				p.Time(a.CreatedAt)
				p.Text(a.ReviewID)
				p.Text(a.TicketID)
				p.Text(a.Type)
				p.Int(a.Size)
				p.Hex(a.SHA256)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				p.Text(e.MarketplaceID)
				p.Text(e.ActorID)
				p.Time(e.At)
				p.Said(e, "review", "ticket", "type", "size", "sha256")
			}
	},
}

// boundFiles holds how many files a request rests on against its entry.
var boundFiles = ledger.Stated{
	Name: "removal_requests", Acts: requestActs, Entry: restsOn,
	Rows:    "SELECT proposal_id, CAST(count(*) AS text) FROM attachments WHERE proposal_id IS NOT NULL GROUP BY proposal_id",
	Differs: func(id, _, _ string) string { return "row " + id + " rests on other files than there are" },
}

// restsOn is how many files a request says that it rests on, where it does.
func restsOn(e *ledger.Said) (id, files string) {
	if n := e.Raw("files"); n != "" {
		return e.ID, n
	}
	return "", ""
}

// checkFiles recomputes the digest of every file, and holds each that a request has against what the request says.
func checkFiles(ctx context.Context, db *gorm.DB) (string, error) {
	var a struct {
		models.Attachment
		Payload, Requester *string
	}
	columns := []any{&a.ProposalID, &a.UploaderID, &a.SHA256, &a.Size, &a.Type, &a.Content, &a.SweptAt, &a.ErasedAt, &a.Payload, &a.Requester}
	return ledger.Each(ctx, db, &a.ID, columns, func() (string, error) {
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
				if e.SHA256 != hex.EncodeToString(a.SHA256) || e.Size != a.Size || e.Type != a.Type {
					return rowFinding(a.ID), nil
				}
				return "", nil
			}
		}
		return "row " + a.ID + " is bound to a request that doesn't name it", nil
	}, `SELECT t.id, t.proposal_id, t.uploader_id, t.sha256, t.size, t.type, t.content, t.swept_at, t.erased_at,
			CASE WHEN p.erased_at IS NULL THEN p.payload ELSE NULL END, p.requester_id
		  FROM attachments t LEFT JOIN proposals p ON p.marketplace_id = t.marketplace_id AND p.id = t.proposal_id`)
}
