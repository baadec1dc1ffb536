package erasure

import (
	"context"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// gone says that two rows aren't erased together, as t and its author have to be.
const gone = "((t.erased_at IS NULL) <> (c.erased_at IS NULL) OR t.erased_at <> c.erased_at)"

// half is what verify says of a row that isn't erased together with its author.
const half = "is erased without its author's erasure, or was left out of it"

const (
	ofReview   = " JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id"
	joinReview = " JOIN reviews r ON r.marketplace_id = t.marketplace_id AND r.id = t.review_id" + ofReview
)

// Checks hold what is blank against the erasures on record: each erased customer has an effective proposal (whose
// sealed approvals package approval counts), and one entry, with which everything that they wrote is gone, nothing else
// is, and their stars and dates are what they were.
func (x *Erasures) Checks() []ledger.Check {
	return []ledger.Check{
		ledger.NoRow("customers", "is erased, or looks like it, although no effective request asks for it", `
			SELECT c.id FROM customers c WHERE (c.erased_at IS NOT NULL OR c.erasure_id IS NOT NULL OR c.external_id LIKE 'erased:%')
			   AND (c.erased_at IS NULL OR c.external_id <> 'erased:' || CAST(c.id AS text) OR NOT EXISTS (
				SELECT 1 FROM proposals p WHERE p.marketplace_id = c.marketplace_id AND p.id = c.erasure_id AND p.kind = 'customer.erase'
				   AND p.state = 'effective' AND p.subject_id = CAST(c.id AS text)))`),
		{Name: "proposals", Run: checkRequests},
		{Name: "customers", Run: checkEntries},
		ledger.NoRow("reviews", "has no author any more", `
			SELECT (SELECT min(CAST(t.id AS text)) FROM reviews t WHERE t.marketplace_id = x.marketplace_id AND t.customer_id = x.customer_id)
			  FROM (SELECT DISTINCT marketplace_id, customer_id FROM reviews) x
			  LEFT JOIN customers c ON c.marketplace_id = x.marketplace_id AND c.id = x.customer_id WHERE c.id IS NULL`),
		together("reviews", "t.id", "customers", " LEFT JOIN customers c ON c.marketplace_id = t.marketplace_id AND c.id = t.customer_id"),
		together("review_versions", "t.review_id", "customers", joinReview),
		together("proposals", "t.id", "customers", " JOIN removal_requests q ON q.marketplace_id = t.marketplace_id AND q.proposal_id = t.id"+
			" JOIN reviews r ON r.marketplace_id = q.marketplace_id AND r.id = q.review_id"+ofReview),
		ledger.NoRowIs("proposals", "is erased, which no act on record does to its kind",
			"t.erased_at IS NOT NULL AND t.kind NOT IN ('customer.erase', 'review.remove', 'review.redact', 'review.label', 'review.move')"),
		together("approvals", "t.id", "proposals", " LEFT JOIN proposals c ON c.marketplace_id = t.marketplace_id AND c.id = t.proposal_id"),
		ledger.NoRow("attachments", half, `SELECT t.id FROM attachments t`+joinReview+` WHERE `+gone+` AND NOT (t.erased_at IS NULL AND t.swept_at IS NOT NULL)`),
		ledger.NoRow("attachments", "says that it was erased, and wasn't", `SELECT t.id FROM attachments t WHERE t.erased_at IS NOT NULL AND (t.name <> '' OR length(t.content) > 0)`),
		together("proposal_messages", "t.id", "proposals", " LEFT JOIN proposals c ON c.marketplace_id = t.marketplace_id AND c.id = t.proposal_id"),
		ledger.NoRow("proposal_messages", "is blank although nothing was erased", "SELECT t.id FROM proposal_messages t WHERE t.erased_at IS NULL AND t.text = ''"),
		together("unmaskings", "t.id", "customers", joinReview),
		ledger.NoRow("unmaskings", "is blank although nothing was erased", "SELECT t.id FROM unmaskings t WHERE t.erased_at IS NULL AND t.text = ''"),
		blankIfErased("restorations", "note", joinReview),
		blankIfErased("appeals", "words", joinReview),
		blankIfErased("appeal_answers", "words", joinReview),
		blankIfErased("holds", "words", joinReview),
		blankIfErased("flags", "text", joinReview),
		blankIfErased("skips", "note", " JOIN tickets k ON k.marketplace_id = t.marketplace_id AND k.id = t.ticket_id"+
			" JOIN reviews r ON r.marketplace_id = k.marketplace_id AND r.id = k.review_id"+ofReview),
		{Name: "customers", Run: checkEffects},
	}
}

// together is the rule that the rows t of a table are erased with what they belong to, c of another table, which join joins. It asks from
// both ends for what is erased, which is little, rather than hold every row against its c.
func together(table, id, of, join string) ledger.Check {
	return ledger.NoRow(table, half, "SELECT "+id+" FROM "+table+" t"+join+" WHERE t.erased_at IS NOT NULL AND "+gone+
		" UNION ALL SELECT "+id+" FROM "+table+" t"+join+" WHERE c.erased_at IS NOT NULL AND "+gone).
		OnlyIf(table, areErased).OnlyIf(of, areErased)
}

const areErased = "t.erased_at IS NOT NULL"

// blankIfErased is for what may be written about an erased review later: a row that says erased has to be blank, by its
// author's erasure. How many there are is in the erasure's entry.
func blankIfErased(table, column, join string) ledger.Check {
	return ledger.NoRow(table, "says that it was erased, and wasn't", "SELECT t.id FROM "+table+" t"+join+
		" WHERE t.erased_at IS NOT NULL AND (t."+column+" <> '' OR c.erased_at IS NULL OR t.erased_at <> c.erased_at)").OnlyIf(table, areErased)
}

// checkRequests holds each request for an erasure against its customer: one that took effect erased them, and all
// others about them are blank since.
func checkRequests(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB { return db.Where("kind = ?", models.KindEraseCustomer) }
	return ledger.Compare(db, query, func(p models.Proposal) string { return p.ID }, "id", func(p models.Proposal) (string, error) {
		c, err := erased(db, p.MarketplaceID, p.SubjectID)
		if err != nil {
			return "", err
		}
		by := c.ErasureID != nil && *c.ErasureID == p.ID
		if p.State == models.ProposalEffective && !by {
			return "request " + p.ID + " took effect, and its customer isn't erased by it", nil
		}
		at := c.ErasedAt
		if by {
			at = nil
		}
		if (at == nil) != (p.ErasedAt == nil) || (at != nil && !at.Equal(*p.ErasedAt)) {
			return "request " + p.ID + " " + half, nil
		}
		return "", nil
	})
}

// checkEntries makes sure that no entry speaks of an erasure that isn't there.
func checkEntries(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB { return db.Where("act = ? AND outcome = ?", actApply, models.OutcomeDone) }
	return ledger.Compare(db, query, func(e models.LedgerEntry) string { return e.ID }, "id", func(e models.LedgerEntry) (string, error) {
		c, err := erased(db, e.MarketplaceID, e.SubjectID)
		if err != nil || c.ErasedAt != nil {
			return "", err
		}
		return "entry " + e.ID + " speaks of an erasure that isn't there", nil
	})
}

// erased finds an erased customer; the zero one where there is none.
func erased(db *gorm.DB, marketplace, id string) (models.Customer, error) {
	var found []models.Customer
	if _, err := models.ParseID(id); err != nil {
		return models.Customer{}, nil //nolint:nilerr // what isn't an id is nobody's
	}
	err := db.Where("marketplace_id = ? AND id = ? AND erased_at IS NOT NULL", marketplace, id).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return models.Customer{}, err
	}
	return found[0], nil
}
