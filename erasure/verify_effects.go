package erasure

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// checkEffects holds each erased customer against the entry of the erasure.
func checkEffects(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB { return db.Table("customers").Where("erased_at IS NOT NULL") }
	return ledger.Compare(db, query, func(c models.Customer) string { return c.ID }, "id", func(c models.Customer) (string, error) {
		var entries []models.LedgerEntry
		err := db.Where("subject_id = ? AND act = ? AND outcome = ?", c.ID, actApply, models.OutcomeDone).Limit(2).Find(&entries).Error
		if err != nil {
			return "", err
		}
		if len(entries) != 1 || !entries[0].At.Equal(*c.ErasedAt) || c.ErasureID == nil {
			return "row " + c.ID + " is erased, and the record doesn't have it once, at that time", nil
		}
		return checkEffect(db, c, entries[0])
	})
}

func checkEffect(db *gorm.DB, c models.Customer, e models.LedgerEntry) (string, error) {
	b, err := ledger.ParseBody(e.Body)
	if err != nil {
		return "", err
	}
	kept, err := left(db, c.MarketplaceID, c.ID)
	if err != nil {
		return "", err
	}
	if b.Marketplace != c.MarketplaceID || b.Data["proposal"] != *c.ErasureID || b.Data["kept"] != kept {
		return "row " + c.ID + ": what its erasure left isn't what the entry says", nil
	}
	n, err := count(db, c, *c.ErasedAt)
	if err != nil {
		return "", err
	}
	for what, there := range n.data() {
		said, _ := b.Data[what].(float64) // an entry from before there was such a table says nothing of it
		if said != float64(there.(int)) {
			return fmt.Sprintf("row %s: its erasure blanked %v %s by its entry, and %d are blank", c.ID, said, what, there), nil
		}
	}
	return "", nil
}

// count counts what is blank of a customer.
func count(db *gorm.DB, c models.Customer, at time.Time) (counts, error) {
	var n counts
	const mine = "(SELECT id FROM reviews WHERE marketplace_id = @m AND customer_id = @c)"
	const asked = "(SELECT proposal_id FROM removal_requests WHERE marketplace_id = @m AND review_id IN " + mine + ")"
	const earlier = "(SELECT id FROM proposals WHERE marketplace_id = @m AND kind = 'customer.erase' AND subject_id = @text)"
	const tickets = "(SELECT id FROM tickets WHERE marketplace_id = @m AND review_id IN " + mine + ")"
	args := map[string]any{"m": c.MarketplaceID, "c": c.ID, "text": c.ID, "at": at}
	for _, q := range []struct {
		table, where string
		n            *int
	}{
		{"reviews", "customer_id = @c", &n.Reviews},
		{"review_versions", "review_id IN " + mine, &n.Versions},
		{"proposals", "(id IN " + asked + " OR id IN " + earlier + ")", &n.Proposals},
		{"approvals", "(proposal_id IN " + asked + " OR proposal_id IN " + earlier + ")", &n.Approvals},
		{"proposal_messages", "proposal_id IN " + asked, &n.Messages},
		{"restorations", "proposal_id IN " + asked, &n.Restorations},
		{"attachments", "review_id IN " + mine, &n.Attachments},
		{"unmaskings", "review_id IN " + mine, &n.Unmaskings},
		{"flags", "ticket_id IN " + tickets, &n.Flags},
		{"appeals", "review_id IN " + mine, &n.Appeals},
		{"appeal_answers", "review_id IN " + mine, &n.Answers},
		{"skips", "ticket_id IN " + tickets, &n.Skips},
	} {
		err := db.Raw("SELECT count(*) FROM "+q.table+" WHERE marketplace_id = @m AND erased_at = @at AND "+q.where, args).Scan(q.n).Error
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
