package erasure

import (
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// batch is how many reviews are locked and blanked by one statement. There is no bound on how many a customer may have:
// an erasure that can't happen would break the promise. A very long one is one long transaction.
const batch = 500

// counts are how many rows an erasure blanked. They stand in its entry, and verify counts again.
type counts struct {
	Reviews, Versions, Proposals, Approvals, Messages, Restorations, Flags, Skips, Attachments, Appeals, Answers, Unmaskings int
}

// apply is the effect, all of it in the transaction of the last approval. The database lets the customer be marked
// erased only for an approved proposal, which that uses up, and lets nothing be blanked before.
func (x *Erasures) apply(tx *gorm.DB, p models.Proposal, at time.Time) error {
	if err := staysSilent(tx, p); err != nil {
		return err
	}
	res := tx.Model(&models.Customer{}).Where("marketplace_id = ? AND id = ? AND erased_at IS NULL", p.MarketplaceID, p.SubjectID).
		Updates(map[string]any{"external_id": models.ErasedCustomer + p.SubjectID, "erased_at": at, "erasure_id": p.ID})
	if res.Error == nil && res.RowsAffected != 1 {
		return models.E(models.Conflict, "already_erased", "What this customer wrote was erased at this very moment.")
	}
	if res.Error != nil {
		return res.Error
	}
	var n counts
	last := nobody
	for {
		var ids []string
		err := models.ForUpdate(tx.Model(&models.Review{})).Where("marketplace_id = ? AND customer_id = ? AND id > ?", p.MarketplaceID, p.SubjectID, last).
			Order("id").Limit(batch).Pluck("id", &ids).Error
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		if err := x.blank(tx, p.MarketplaceID, ids, at, &n); err != nil {
			return err
		}
		last = ids[len(ids)-1]
	}
	if err := x.forgetEarlier(tx, p, at, &n); err != nil {
		return err
	}
	return x.record(tx, p, at, n)
}

// staysSilent refuses an erasure of which words would stay that name the customer.
func staysSilent(tx *gorm.DB, p models.Proposal) error {
	c, err := customer(tx, p.MarketplaceID, p.SubjectID)
	if err != nil {
		return err
	}
	var notes []string
	err = tx.Model(&models.Approval{}).Where("marketplace_id = ? AND proposal_id = ?", p.MarketplaceID, p.ID).Pluck("note", &notes).Error
	if err != nil {
		return err
	}
	for _, note := range notes {
		if tells(note, c.ExternalID) {
			return models.InvalidField("note", "The note names the customer, and it stays after the erasure. Leave their id out.")
		}
	}
	return nil
}

// forgetEarlier blanks earlier requests about the same customer, which came to nothing and may name them.
func (x *Erasures) forgetEarlier(tx *gorm.DB, p models.Proposal, at time.Time, n *counts) error {
	var earlier []string
	err := tx.Model(&models.Proposal{}).Where("marketplace_id = ? AND subject_id = ? AND kind = ? AND id <> ?",
		p.MarketplaceID, p.SubjectID, models.KindEraseCustomer, p.ID).Pluck("id", &earlier).Error
	if err != nil {
		return err
	}
	return x.forget(tx, p.MarketplaceID, earlier, at, n)
}

func (x *Erasures) forget(tx *gorm.DB, marketplace string, proposals []string, at time.Time, n *counts) error {
	asked, noted, err := x.engine.Forget(tx, marketplace, proposals, at)
	n.Proposals += asked
	n.Approvals += noted
	return err
}

// record writes the entry of the effect.
func (x *Erasures) record(tx *gorm.DB, p models.Proposal, at time.Time, n counts) error {
	kept, err := left(tx, p.MarketplaceID, p.SubjectID)
	if err != nil {
		return err
	}
	e := &ledger.Entry{
		ID: models.NewID(), At: at, Marketplace: p.MarketplaceID, Act: actApply, SubjectType: "customer", SubjectID: p.SubjectID,
		Data: n.data(),
	}
	e.Set("proposal", p.ID)
	e.Set("kept", kept)
	return x.ledger.Append(models.AtCommit(tx), models.System(noun), e)
}

func (n counts) data() map[string]any {
	return map[string]any{
		"reviews": n.Reviews, "versions": n.Versions, "proposals": n.Proposals, "approvals": n.Approvals,
		"restorations": n.Restorations, "flags": n.Flags, "skips": n.Skips, "attachments": n.Attachments,
		"appeals": n.Appeals, "answers": n.Answers, "messages": n.Messages, "unmaskings": n.Unmaskings,
	}
}
