package moderation

import (
	"slices"
	"time"

	"evenhand/ledger"
	"evenhand/models"
)

// involved marks who may not be given a ticket that looks at a decision again, as uninvolved does: they have decided,
// or given a verdict, on its review.
func (x *deskReplay) involved(k *tracked) error {
	if k.LookOf == nil {
		return nil
	}
	var found []struct {
		Who string
		At  time.Time
	}
	err := x.db.Raw(`SELECT d.moderator_id AS who, d.decided_at AS at FROM decisions d WHERE d.marketplace_id = @market AND d.review_id = @review
		UNION ALL SELECT l.moderator_id, l.looked_at FROM second_looks l WHERE l.marketplace_id = @market AND l.review_id = @review AND l.ticket_id <> @ticket
		UNION ALL SELECT a.approver_id, a.created_at FROM approvals a
			JOIN removal_requests q ON q.marketplace_id = a.marketplace_id AND q.proposal_id = a.proposal_id
			WHERE q.marketplace_id = @market AND q.review_id = @review`,
		map[string]any{"market": k.MarketplaceID, "review": k.ReviewID, "ticket": k.ID}).Scan(&found).Error
	for _, f := range found {
		if at, ok := k.judged[f.Who]; !ok || f.At.Before(at) {
			k.judged[f.Who] = f.At
		}
	}
	return err
}

// lot holds whether a decision got a second look against its day's seed.
func (x *deskReplay) lot(e models.LedgerEntry, b ledger.Body) error {
	if !slices.Contains(decisionActs, e.Act) {
		return nil
	}
	said, ok := b.Data["look"].(string)
	x.lots = x.lots || ok
	if !x.lots { // from before there were second looks
		return nil
	}
	s, known := x.seeds[periodOf(e.At)]
	if !known {
		return nil
	}
	may := map[bool]bool{}
	for _, share := range x.past.Between("looks_per_10000", e.At.Add(-tolerance), e.At.Add(tolerance)) {
		chosen, err := LookAgain(s.seed, e.ID, share.(int))
		if err != nil {
			return err
		}
		may[chosen] = true
	}
	switch {
	case said == "" && !may[false]:
		x.finds(e, "got no second look, although the lot fell on it")
	case said != "" && !may[true]:
		x.finds(e, "got a second look, although the lot didn't fall on it")
	}
	return nil
}
