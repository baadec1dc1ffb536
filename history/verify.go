package history

import (
	"net/url"

	"evenhand/ledger"
)

// Checks hold what histories filter by against the tables that it follows from, and saved filters against their entries.
func (h *Reader) Checks() []ledger.Check {
	return []ledger.Check{
		ledger.NoRow("removal_facts", "says something else than the request, its proposal and its review", `
			SELECT q.proposal_id AS id FROM removal_requests q
			  LEFT JOIN removal_facts f ON f.marketplace_id = q.marketplace_id AND f.proposal_id = q.proposal_id
			  LEFT JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id
			  LEFT JOIN reviews r ON r.marketplace_id = q.marketplace_id AND r.id = q.review_id
			  LEFT JOIN decisions d ON d.marketplace_id = q.marketplace_id AND d.id = q.proposal_id
			  LEFT JOIN restorations x ON x.marketplace_id = q.marketplace_id AND x.proposal_id = q.proposal_id
			 WHERE f.proposal_id IS NULL OR f.review_id <> q.review_id OR f.seller_id <> q.seller_id OR f.requester_id <> q.requester_id
			    OR f.asked_at <> q.created_at OR f.rating <> q.rating OR f.reason_code <> q.reason_code
			    OR f.state <> CASE p.state WHEN 'approved' THEN 'open' ELSE p.state END
			    OR p.state <> 'approved' AND f.decided_at IS DISTINCT FROM p.decided_at OR f.restored_at IS DISTINCT FROM x.created_at
			    OR f.remedy <> q.remedy OR f.product_id <> COALESCE(r.home_product_id, r.product_id) OR f.customer_id <> r.customer_id OR f.verified IS DISTINCT FROM r.verified
			    OR f.queue <> d.queue OR f.assigned <> COALESCE(d.assigned, '')`),
		ledger.NoRow("removal_facts", "names another first approver, or other verdicts, than there are", `
			SELECT f.proposal_id AS id FROM removal_facts f
			  LEFT JOIN (SELECT marketplace_id, proposal_id, min(created_at) AS first, count(*) AS verdicts FROM approvals GROUP BY marketplace_id, proposal_id) n
			    ON n.marketplace_id = f.marketplace_id AND n.proposal_id = f.proposal_id
			  LEFT JOIN approvals a ON a.marketplace_id = f.marketplace_id AND a.proposal_id = f.proposal_id AND a.approver_id = f.approver_id
			 WHERE f.verdicts <> COALESCE(n.verdicts, 0) OR (f.approver_id IS NULL) <> (n.verdicts IS NULL)
			    OR f.verdict_at IS DISTINCT FROM a.created_at`),
		ledger.NoRow("removal_facts", "stands for a request that isn't there", `
			SELECT f.proposal_id AS id FROM removal_facts f WHERE NOT EXISTS (
				SELECT 1 FROM removal_requests q WHERE q.marketplace_id = f.marketplace_id AND q.proposal_id = f.proposal_id)`),
		saved.Check(),
		ledger.NoRow("saved_filters", "is gone, and no entry says that its owner deleted it", `
			SELECT e.id FROM ledger_entries e WHERE e.act = 'filter.save' AND e.outcome = 'done'
			   AND NOT EXISTS (SELECT 1 FROM saved_filters s WHERE s.id = e.id)
			   AND NOT EXISTS (SELECT 1 FROM ledger_entries d WHERE d.subject_id = CAST(e.id AS text) AND d.act = 'filter.delete' AND d.outcome = 'done')`),
		ledger.NoRow("saved_filters", "is there although its owner deleted it", `
			SELECT s.id FROM saved_filters s JOIN ledger_entries d ON d.subject_id = CAST(s.id AS text) AND d.act = 'filter.delete' AND d.outcome = 'done'`),
	}
}

// saved holds each saved filter against its entry. One that was deleted has none to hold; the rule above looks after it.
var saved = ledger.Explained{
	Table: "saved_filters", Acts: []string{"filter.save"}, Rowless: func(*ledger.Said) bool { return true },
	Columns: "t.marketplace_id, t.owner_id, t.query, t.shared",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		s := &Saved{}
		return []any{&s.MarketplaceID, &s.OwnerID, &s.Query, &s.Shared}, func(p *ledger.Print) string {
				p.Text(s.MarketplaceID)
				p.Text(s.OwnerID)
				p.Text(digestOf(s.MarketplaceID, s.Query))
				p.Bool(s.Shared)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				p.Text(e.MarketplaceID)
				p.Text(e.ActorID)
				p.Said(e, "filter", "shared")
			}
	},
}

// Values is the saved filter, to be read like an address.
func (s Saved) Values() url.Values {
	v, err := url.ParseQuery(s.Query)
	if err != nil {
		return url.Values{} // no row that verify would accept is like that
	}
	return v
}
