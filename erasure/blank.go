package erasure

import (
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// blank erases some reviews, which are locked, and every text about them. What was asked about them is void first, as
// after an edit, and nobody has to judge a text that is gone: their tickets are closed.
func (x *Erasures) blank(tx *gorm.DB, marketplace string, reviews []string, at time.Time, n *counts) error {
	if err := x.void(tx, marketplace, reviews); err != nil {
		return err
	}
	var proposals, tickets []string
	err := tx.Model(&models.Proposal{}).Where("marketplace_id = ? AND kind IN ? AND subject_id IN ?", marketplace, models.ReviewKinds, reviews).Pluck("id", &proposals).Error
	if err != nil {
		return err
	}
	if err := tx.Model(&models.Ticket{}).Where("marketplace_id = ? AND review_id IN ?", marketplace, reviews).Pluck("id", &tickets).Error; err != nil {
		return err
	}
	if err := x.forget(tx, marketplace, proposals, at, n); err != nil {
		return err
	}
	none := []byte{}
	for _, b := range []struct {
		table any
		key   string
		ids   []string
		set   map[string]any
		n     *int
	}{
		{&models.ProposalMessage{}, "proposal_id", proposals, map[string]any{"text": "", "text_salt": none}, &n.Messages},
		{&models.Restoration{}, "proposal_id", proposals, map[string]any{"note": ""}, &n.Restorations},
		{&models.Flag{}, "ticket_id", tickets, map[string]any{"text": ""}, &n.Flags},
		{&models.Skip{}, "ticket_id", tickets, map[string]any{"note": ""}, &n.Skips},
		{&models.Attachment{}, "swept_at IS NULL AND review_id", reviews, map[string]any{"name": "", "content": none}, &n.Attachments},
		{&models.Unmasking{}, "review_id", reviews, map[string]any{"text": "", "text_salt": none}, &n.Unmaskings},
		{&models.Appeal{}, "review_id", reviews, map[string]any{"words": "", "salt": none}, &n.Appeals},
		{&models.AppealAnswer{}, "review_id", reviews, map[string]any{"words": "", "salt": none}, &n.Answers},
		{&models.ReviewVersion{}, "review_id", reviews, map[string]any{"title": "", "body": "", "salt": none}, &n.Versions},
		{&models.Review{}, "id", reviews, map[string]any{"title": "", "body": "", "order_ref": "", "salt": none, "updated_at": at}, &n.Reviews},
	} {
		if len(b.ids) == 0 {
			continue
		}
		b.set["erased_at"] = at
		res := tx.Model(b.table).Where("marketplace_id = ? AND "+b.key+" IN ? AND erased_at IS NULL", marketplace, b.ids).Updates(b.set)
		if res.Error != nil {
			return res.Error
		}
		*b.n += int(res.RowsAffected)
	}
	return tx.Model(&models.Ticket{}).Where("marketplace_id = ? AND review_id IN ? AND state <> ?", marketplace, reviews, models.TicketClosed).
		Updates(map[string]any{"state": models.TicketClosed, "closed_at": at, "lease_holder_id": nil, "lease_until": nil}).Error
}

// void ends the open requests about these reviews.
func (x *Erasures) void(tx *gorm.DB, marketplace string, reviews []string) error {
	var open []string
	err := tx.Model(&models.Proposal{}).Where("marketplace_id = ? AND kind IN ? AND subject_id IN ? AND state IN ?",
		marketplace, models.ReviewKinds, reviews, []string{models.ProposalOpen, models.ProposalApproved}).
		Distinct().Order("subject_id").Pluck("subject_id", &open).Error
	if err != nil {
		return err
	}
	for _, review := range open {
		if err := x.engine.Void(tx, models.System(noun), marketplace, review, models.ReviewKinds...); err != nil {
			return err
		}
	}
	return nil
}
