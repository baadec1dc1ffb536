package moderation

import (
	"encoding/hex"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// fillSeats draws an approver for each seat of a request that nobody was drawn for, as far as there is anybody, and
// returns how many it drew. The caller holds the proposal, or has just made it.
func (d *Desk) fillSeats(tx *gorm.DB, p models.Proposal, req models.RemovalRequest) (int, error) {
	var before []models.ApproverDraw
	err := tx.Where("marketplace_id = ? AND proposal_id = ?", p.MarketplaceID, p.ID).Find(&before).Error
	if err != nil {
		return 0, err
	}
	empty := seatsAt(p, d.now())
	for _, a := range before {
		if a.EndedAt == nil {
			empty--
		}
	}
	for n := range empty {
		pool, err := d.mayBeDrawn(tx, p, req)
		if err != nil || len(pool) == 0 {
			return n, err
		}
		if err := d.drawApprover(tx, p, pool, len(before)+n); err != nil {
			return n, err
		}
	}
	return max(empty, 0), nil
}

// drawApprover draws the n-th approver of a request from a pool, on record.
func (d *Desk) drawApprover(tx *gorm.DB, p models.Proposal, pool []string, n int) error {
	entry := &ledger.Entry{ID: d.ledger.NewID(), At: d.now(), Marketplace: p.MarketplaceID, Act: "removal.draw", SubjectType: "proposal", SubjectID: p.ID}
	seed, committed, err := d.seedAt(tx, p.MarketplaceID, entry.At)
	if err != nil {
		return err
	}
	i, err := Pick(seed, p.ID, n, 0, len(pool))
	if err != nil {
		return err
	}
	text, digest, err := poolOf(pool)
	if err != nil {
		return err
	}
	row := models.ApproverDraw{
		MarketplaceID: p.MarketplaceID, ID: entry.ID, ProposalID: p.ID, ApproverID: pool[i], N: n, Period: committed.Period,
		Pool: text, DrawnAt: entry.At, DueAt: dueAt(p, entry.At),
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	entry.Set("period", row.Period)
	entry.Set("commit", committed.ID)
	entry.Set("n", n)
	entry.Set("pool", len(pool))
	entry.Set("pool_digest", hex.EncodeToString(digest))
	entry.Set("attempt", 0)
	entry.Set("approver", row.ApproverID)
	entry.Set("state", p.State)
	if escalated(p, entry.At) {
		entry.Set("escalated", true)
	}
	return d.ledger.Append(models.AtCommit(tx), drawing, entry)
}

// endSeat takes the seat of a drawn approver away, and fills the entry that says so. It is false where they have lost
// it already.
func (d *Desk) endSeat(tx *gorm.DB, entry *ledger.Entry, a models.ApproverDraw, why string) (bool, error) {
	entry.Set("draw", a.ID)
	entry.Set("approver", a.ApproverID)
	entry.Set("reason", why)
	entry.Set("state", models.ProposalOpen)
	res := tx.Model(&models.ApproverDraw{}).Where("marketplace_id = ? AND id = ? AND ended_at IS NULL", a.MarketplaceID, a.ID).
		Updates(map[string]any{"ended_at": entry.At, "ended_why": why})
	return res.RowsAffected == 1, res.Error
}
