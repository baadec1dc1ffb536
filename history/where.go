package history

import (
	"strings"

	"gorm.io/gorm"

	"evenhand/models"
)

// matching are the rows of removal_facts, as f, that the filter finds, but for one of its parts: the one whose values are
// being counted. "" leaves nothing out.
func (f Filter) matching(db *gorm.DB, but string) *gorm.DB {
	q := db.Table("removal_facts f").Where("f.marketplace_id = ?", f.Marketplace)
	equal := func(field, column, value string) {
		if value != "" && field != but {
			q = q.Where(column+" = ?", value)
		}
	}
	equal(fSeller, "f.seller_id", f.Seller)
	equal(fProduct, "f.product_id", f.Product)
	equal(fCustomer, "f.customer_id", f.Customer)
	equal(fRequester, "f.requester_id", f.Requester)
	equal(fQueue, "f.queue", f.Queue)
	equal(fRemedy, "f.remedy", f.Remedy)
	equal(fAssigned, "f.assigned", f.Assigned)
	if len(f.Reasons) > 0 && but != fReason {
		q = q.Where("f.reason_code IN ?", f.Reasons)
	}
	if len(f.Stars) > 0 && but != fStars {
		q = q.Where("f.rating IN ?", f.Stars)
	}
	switch f.Verified {
	case VerifiedYes, VerifiedNo:
		q = q.Where("f.verified = ?", f.Verified == VerifiedYes)
	case VerifiedUnknown:
		q = q.Where("f.verified IS NULL")
	}
	if f.Held != "" {
		q = f.held(q)
	}
	if len(f.IDs) > 0 {
		q = q.Where("(f.review_id IN ? OR f.proposal_id IN ?)", f.IDs, f.IDs)
	}
	if f.Approver != "" && but != fApprover {
		q = f.decidedBy(q)
	}
	if but != fState {
		q = f.inState(q)
	}
	if but != fFrom {
		q = f.within(q)
	}
	if !f.AsOf.IsZero() {
		q = q.Where("f.asked_at < ?", f.AsOf)
	}
	return q
}

// held keeps the requests about reviews that somebody had held by the filter's date, or that nobody had.
func (f Filter) held(q *gorm.DB) *gorm.DB {
	there, args := "EXISTS (SELECT 1 FROM holds h WHERE h.marketplace_id = f.marketplace_id AND h.review_id = f.review_id", []any{}
	if !f.AsOf.IsZero() {
		there, args = there+" AND h.placed_at < ?", append(args, f.AsOf)
	}
	if f.Held == HeldNo {
		there = "NOT " + there
	}
	return q.Where(there+")", args...)
}

// decidedBy keeps the requests on which the approver gave a verdict: the first, which stands in the row, or another.
func (f Filter) decidedBy(q *gorm.DB) *gorm.DB {
	const other = `f.verdicts > 1 AND EXISTS (SELECT 1 FROM approvals a WHERE a.marketplace_id = f.marketplace_id AND a.proposal_id = f.proposal_id AND a.approver_id = ?`
	if f.AsOf.IsZero() {
		return q.Where("(f.approver_id = ? OR ("+other+")))", f.Approver, f.Approver)
	}
	return q.Where("((f.approver_id = ? AND f.verdict_at < ?) OR ("+other+" AND a.created_at < ?)))", f.Approver, f.AsOf, f.Approver, f.AsOf)
}

func (f Filter) within(q *gorm.DB) *gorm.DB {
	column := "f.asked_at"
	if f.By == ByDecided {
		column = "f.decided_at"
		if !f.AsOf.IsZero() {
			q = q.Where("f.decided_at < ?", f.AsOf)
		}
	}
	if !f.From.IsZero() {
		q = q.Where(column+" >= ?", f.From)
	}
	if !f.To.IsZero() {
		q = q.Where(column+" < ?", f.To)
	}
	return q
}

// inState keeps the requests that were in one of the states at the filter's date. Without a date each state is a
// condition on columns, which an index answers.
func (f Filter) inState(q *gorm.DB) *gorm.DB {
	if len(f.States) == 0 {
		return q
	}
	if !f.AsOf.IsZero() {
		state, args := f.state()
		return q.Where("("+state+") IN ?", append(args, f.States)...)
	}
	var either []string
	var args []any
	for _, s := range f.States {
		switch s {
		case models.ProposalEffective:
			either, args = append(either, "(f.state = ? AND f.restored_at IS NULL)"), append(args, models.ProposalEffective)
		case StateRestored:
			either, args = append(either, "(f.state = ? AND f.restored_at IS NOT NULL)"), append(args, models.ProposalEffective)
		default:
			either, args = append(either, "f.state = ?"), append(args, s)
		}
	}
	return q.Where("("+strings.Join(either, " OR ")+")", args...)
}

// state is the SQL for the state at the filter's date.
func (f Filter) state() (string, []any) {
	if f.AsOf.IsZero() {
		return "CASE WHEN f.state = 'effective' AND f.restored_at IS NOT NULL THEN 'restored' ELSE f.state END", nil
	}
	return "CASE WHEN f.decided_at IS NULL OR f.decided_at >= ? THEN 'open'" +
		" WHEN f.state = 'effective' AND f.restored_at < ? THEN 'restored' ELSE f.state END", []any{f.AsOf, f.AsOf}
}
