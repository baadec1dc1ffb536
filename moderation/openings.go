package moderation

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
	"evenhand/words"
)

// OpenEvidence puts on record that somebody who may decide on a request has opened a piece of its evidence: once for
// each person and piece. item counts from 0.
func (d *Desk) OpenEvidence(ctx context.Context, actor models.Actor, marketplace, proposal string, item int) error {
	db := d.db.WithContext(ctx)
	if actor.HasAccount() { // opened before: nothing new to record
		opened, err := openedBy(db, marketplace, proposal, actor.ID)
		if err != nil || slices.Contains(opened, item) {
			return models.Translate(err)
		}
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: "evidence.open", SubjectType: "proposal", SubjectID: proposal}
	err := d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		entry.Set("item", item)
		entry.Set("state", models.ProposalOpen)
		p, req, err := d.holdOpen(tx, actor, marketplace, proposal, "open")
		if err != nil {
			return err
		}
		if item < 0 || item >= req.Evidence {
			return models.E(models.NotFound, "no_evidence", "This request has no piece %d of evidence.", item+1)
		}
		if opened, err := openedBy(tx, marketplace, proposal, actor.ID); err != nil || slices.Contains(opened, item) {
			return cmp.Or(err, errThere) // their other window was first
		}
		entry.Set("digest", hexOf(p.Digest))
		row := models.EvidenceOpening{MarketplaceID: marketplace, ID: entry.ID, ProposalID: proposal, Item: item, StaffID: actor.ID, OpenedAt: entry.At}
		models.AtCommit(tx).Insert(&row)
		return nil
	})
	if errors.Is(err, errThere) {
		return nil
	}
	return err
}

// holdOpen holds a request that is open to this act by this person: they have the right, the request is open, and, for
// who would decide on it, they have no tie to the seller and were drawn where somebody is.
func (d *Desk) holdOpen(tx *gorm.DB, actor models.Actor, marketplace, proposal, act string) (models.Proposal, models.RemovalRequest, error) {
	var req models.RemovalRequest
	var p models.Proposal
	if err := rbac.LockPerson(tx, actor); err != nil {
		return p, req, err
	}
	err := models.Translate(tx.Where("marketplace_id = ? AND proposal_id = ?", marketplace, proposal).Take(&req).Error)
	if models.IsKind(err, models.NotFound) {
		return p, req, models.E(models.NotFound, "no_proposal", "There is no such request in marketplace %s.", marketplace)
	}
	if err != nil {
		return p, req, err
	}
	if err := d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "removal", Requester: req.RequesterID}, act); err != nil {
		return p, req, err
	}
	if act != "reply" {
		if err := refuseInterest(tx, marketplace, actor, req.SellerID); err != nil {
			return p, req, err
		}
		if err := refuseUndrawn(tx, req, actor); err != nil {
			return p, req, err
		}
	}
	if err := models.ForUpdate(tx).Where("marketplace_id = ? AND id = ?", marketplace, proposal).Take(&p).Error; err != nil {
		return p, req, models.Translate(err)
	}
	if err := approval.Joined(p); err != nil {
		return p, req, err
	}
	if p.State != models.ProposalOpen || !d.now().Before(p.ExpiresAt) {
		return p, req, models.E(models.Conflict, "already_decided", "This request has come to an end. Nothing was changed.")
	}
	return p, req, nil
}

// openedBy lists the pieces that a person has opened, in their order.
func openedBy(db *gorm.DB, marketplace, proposal, person string) ([]int, error) {
	var items []int
	err := db.Model(&models.EvidenceOpening{}).Where("marketplace_id = ? AND proposal_id = ? AND staff_id = ?", marketplace, proposal, person).
		Order("item").Pluck("item", &items).Error
	return items, err
}

// evidenceOpened refuses an approval by somebody who hasn't opened every piece of evidence, and says which; and where a
// file isn't what it was.
func evidenceOpened(b *models.Batch, ref approval.Ref, person string) func(models.Proposal) error {
	pieces := models.Read[int](b, "SELECT evidence FROM removal_requests WHERE marketplace_id = ? AND proposal_id = ?", ref.Marketplace, ref.ID)
	opened := models.Read[int](b, "SELECT item FROM evidence_openings WHERE marketplace_id = ? AND proposal_id = ? AND staff_id = ?",
		ref.Marketplace, ref.ID, person)
	files := filesUnchanged(b, ref)
	return func(p models.Proposal) error {
		asked, err := ParseRemoval(p)
		if err != nil {
			return err
		}
		if err := files(asked); err != nil {
			return err
		}
		n, err := pieces.One()
		if err != nil {
			return err
		}
		return unopenedOf(p, n, opened.All)
	}
}

// unopenedOf says which pieces of evidence are still to be opened; nil for none.
func unopenedOf(p models.Proposal, pieces int, opened []int) error {
	var missing []any
	for i := range pieces {
		if !slices.Contains(opened, i) {
			missing = append(missing, pieceName(p, i))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return models.E(models.Policy, "evidence_unopened", "Open the evidence before you approve. Not opened yet: %s.", words.List("%s; %s", missing...))
}

// pieceName says which piece of evidence it is, without saying what it says.
func pieceName(p models.Proposal, i int) models.Sentence {
	asked, err := ParseRemoval(p)
	if err != nil || i >= len(asked.Evidence) {
		return models.Said("piece %d", i+1)
	}
	return models.Said("piece %d, %s", i+1, words.Word(evidenceWord[asked.Evidence[i].Kind]))
}
