package moderation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Attach takes a file in for a request that is being written on a ticket. The same file twice is one. What no request
// has after a day is swept.
func (d *Desk) Attach(ctx context.Context, actor models.Actor, marketplace, ticket, name string, content []byte) (models.Attachment, error) {
	sum := sha256.Sum256(content)
	a := models.Attachment{
		MarketplaceID: marketplace, TicketID: ticket, UploaderID: actor.ID, Name: name, Size: len(content), SHA256: sum[:], Content: content,
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: "evidence.upload", SubjectType: "ticket", SubjectID: ticket}
	err := d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "removal"}, "request"); err != nil {
			return err
		}
		r, err := reviewOf(tx, marketplace, ticket)
		if err != nil {
			return err
		}
		if err := holds(tx, actor, marketplace, ticket); err != nil {
			return err
		}
		if r.ErasedAt != nil {
			return models.E(models.Conflict, "review_erased", "The author had the text erased, so there is nothing left to judge; the rating stays.")
		}
		var wrong models.Sentence
		if a.Type, wrong = fileType(name, content); !wrong.Empty() {
			return models.InvalidField("files", wrong.Format, wrong.Args...)
		}
		before, err := unsent(tx, actor, marketplace, ticket)
		if err != nil {
			return err
		}
		for _, b := range before {
			if string(b.SHA256) == string(a.SHA256) {
				a.ID = b.ID
				return errAttached
			}
		}
		if len(before) >= MaxFiles {
			return models.InvalidField("files", "“%s” is one too many: at most %d files for a request.", name, MaxFiles)
		}
		a.ID, a.ReviewID, a.CreatedAt = entry.ID, r.ID, entry.At
		entry.SubjectType, entry.SubjectID = "attachment", a.ID
		entry.Set("ticket", ticket)
		entry.Set("review", r.ID)
		entry.Set("sha256", hex.EncodeToString(a.SHA256))
		entry.Set("size", a.Size)
		entry.Set("type", a.Type)
		return tx.Create(&a).Error
	})
	if err == errAttached {
		err = nil
	}
	return a, err
}

// errAttached is a file that is there already: nothing was attempted, so nothing is on record.
var errAttached = fmt.Errorf("this file is attached already")

// holds refuses a ticket that this person isn't working on.
func holds(tx *gorm.DB, actor models.Actor, marketplace, ticket string) error {
	var n int64
	err := tx.Model(&models.Ticket{}).Where("marketplace_id = ? AND id = ? AND state = ? AND lease_holder_id = ?", marketplace, ticket, models.TicketOpen, actor.ID).
		Count(&n).Error
	if err != nil || n == 1 {
		return err
	}
	return notHeld(tx, marketplace, ticket)
}

// fileColumns are all but the content.
var fileColumns = []string{
	"marketplace_id", "id", "review_id", "ticket_id", "uploader_id", "proposal_id", "name", "type", "size", "sha256", "created_at", "swept_at", "erased_at",
}

// unsent are the files that a person has uploaded on a ticket and no request has yet, without their content.
func unsent(db *gorm.DB, actor models.Actor, marketplace, ticket string) ([]models.Attachment, error) {
	var out []models.Attachment
	err := db.Select(fileColumns).Where("marketplace_id = ? AND ticket_id = ? AND uploader_id = ? AND proposal_id IS NULL AND swept_at IS NULL AND erased_at IS NULL",
		marketplace, ticket, actor.ID).Order("created_at, id").Limit(MaxFiles * 4).Find(&out).Error
	return out, models.Translate(err)
}

// Unsent lists a person's files on a ticket that no request has yet.
func (d *Desk) Unsent(ctx context.Context, actor models.Actor, marketplace, ticket string) ([]models.Attachment, error) {
	return unsent(d.db.WithContext(ctx), actor, marketplace, ticket)
}

// fileFor finds an uploaded file for a request about the review that it was uploaded for, and commits to it.
func fileFor(tx *gorm.DB, r models.Review, e *Evidence) (models.Sentence, error) {
	id, err := models.ParseID(e.Value)
	if err != nil {
		return models.Said("There is no such file."), nil //nolint:nilerr // the sentence is the answer
	}
	var found []models.Attachment
	err = tx.Select(fileColumns).Where("marketplace_id = ? AND id = ? AND review_id = ? AND proposal_id IS NULL AND swept_at IS NULL AND erased_at IS NULL",
		r.MarketplaceID, id, r.ID).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return models.Said("This file isn't there any more, or is another request's. Upload it again."), err
	}
	e.Value, e.SHA256, e.Type, e.Size = id, hex.EncodeToString(found[0].SHA256), found[0].Type, found[0].Size
	return models.Sentence{}, nil
}

// bindFiles makes the files of a request its own. The database lets it pass only for who uploaded them.
func bindFiles(tx *gorm.DB, actor models.Actor, p models.Proposal, ask Ask) error {
	for _, e := range ask.Evidence {
		if e.Kind != EvidenceFile {
			continue
		}
		res := tx.Model(&models.Attachment{}).
			Where("marketplace_id = ? AND id = ? AND ticket_id = ? AND uploader_id = ? AND proposal_id IS NULL AND swept_at IS NULL", p.MarketplaceID, e.Value, ask.Ticket, actor.ID).
			Updates(map[string]any{"proposal_id": p.ID})
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected != 1 {
			return models.InvalidField("evidence_file", "A file isn't yours, or isn't there any more. Upload it again.")
		}
	}
	return nil
}

func filesIn(evidence []Evidence) int {
	n := 0
	for _, e := range evidence {
		if e.Kind == EvidenceFile {
			n++
		}
	}
	return n
}
