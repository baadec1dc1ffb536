package erasure

import (
	"context"
	"fmt"
	"time"

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
		rule("customers", "is erased, or looks like it, although no effective request asks for it", `
			SELECT c.id FROM customers c WHERE (c.erased_at IS NOT NULL OR c.erasure_id IS NOT NULL OR c.external_id LIKE 'erased:%')
			   AND (c.erased_at IS NULL OR c.external_id <> 'erased:' || CAST(c.id AS text) OR NOT EXISTS (
				SELECT 1 FROM proposals p WHERE p.marketplace_id = c.marketplace_id AND p.id = c.erasure_id AND p.kind = 'customer.erase'
				   AND p.state = 'effective' AND p.subject_id = CAST(c.id AS text)))`),
		rule("customers", "took effect, and its customer isn't erased by it", `
			SELECT p.id FROM proposals p LEFT JOIN customers c ON c.marketplace_id = p.marketplace_id AND CAST(c.id AS text) = p.subject_id
			   AND c.erasure_id = p.id AND c.erased_at IS NOT NULL
			 WHERE p.kind = 'customer.erase' AND p.state = 'effective' AND c.id IS NULL`),
		rule("customers", "speaks of an erasure that isn't there", `
			SELECT e.id FROM ledger_entries e LEFT JOIN customers c ON c.marketplace_id = e.marketplace_id AND CAST(c.id AS text) = e.subject_id AND c.erased_at IS NOT NULL
			 WHERE e.act = 'erasure.apply' AND e.outcome = 'done' AND c.id IS NULL`),
		rule("reviews", half, `SELECT t.id FROM reviews t LEFT JOIN customers c ON c.marketplace_id = t.marketplace_id AND c.id = t.customer_id WHERE `+gone),
		rule("review_versions", half, `SELECT t.review_id FROM review_versions t`+joinReview+` WHERE `+gone),
		rule("proposals", half, `
			SELECT t.id FROM proposals t JOIN removal_requests q ON q.marketplace_id = t.marketplace_id AND q.proposal_id = t.id
			  JOIN reviews r ON r.marketplace_id = q.marketplace_id AND r.id = q.review_id`+ofReview+` WHERE `+gone),
		rule("proposals", half, `
			SELECT t.id FROM proposals t LEFT JOIN customers c ON c.marketplace_id = t.marketplace_id AND CAST(c.id AS text) = t.subject_id AND c.erasure_id <> t.id
			 WHERE t.kind = 'customer.erase' AND `+gone),
		rule("proposals", "is erased, which no act on record does to its kind", `
			SELECT t.id FROM proposals t WHERE t.erased_at IS NOT NULL AND t.kind NOT IN ('customer.erase', 'review.remove')`),
		rule("approvals", half, `
			SELECT t.id FROM approvals t LEFT JOIN proposals c ON c.marketplace_id = t.marketplace_id AND c.id = t.proposal_id WHERE `+gone),
		blankIfErased("restorations", "note", joinReview),
		blankIfErased("flags", "text", joinReview),
		blankIfErased("skips", "note", " JOIN tickets k ON k.marketplace_id = t.marketplace_id AND k.id = t.ticket_id"+
			" JOIN reviews r ON r.marketplace_id = k.marketplace_id AND r.id = k.review_id"+ofReview),
		{Name: "customers", Run: checkEffects},
	}
}

// blankIfErased is for what may be written about an erased review later: a row that says erased has to be blank, by its
// author's erasure. How many there are is in the erasure's entry.
func blankIfErased(table, column, join string) ledger.Check {
	return rule(table, "says that it was erased, and wasn't", "SELECT t.id FROM "+table+" t"+join+
		" WHERE t.erased_at IS NOT NULL AND (t."+column+" <> '' OR c.erased_at IS NULL OR t.erased_at <> c.erased_at)")
}

// rule is a check by a query that finds the rows which break it.
func rule(table, says, query string) ledger.Check {
	return ledger.Check{Name: table, Run: func(_ context.Context, db *gorm.DB) (string, error) {
		var id []string
		err := db.Raw(query + " LIMIT 1").Scan(&id).Error
		if err != nil || len(id) == 0 {
			return "", err
		}
		return "row " + id[0] + " " + says, nil
	}}
}

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
		if b.Data[what] != float64(there.(int)) {
			return fmt.Sprintf("row %s: its erasure blanked %v %s by its entry, and %d are blank", c.ID, b.Data[what], what, there), nil
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
		{"restorations", "proposal_id IN " + asked, &n.Restorations},
		{"flags", "ticket_id IN " + tickets, &n.Flags},
		{"skips", "ticket_id IN " + tickets, &n.Skips},
	} {
		err := db.Raw("SELECT count(*) FROM "+q.table+" WHERE marketplace_id = @m AND erased_at = @at AND "+q.where, args).Scan(q.n).Error
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
