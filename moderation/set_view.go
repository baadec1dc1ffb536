package moderation

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"evenhand/approval"
	"evenhand/models"
)

// SetRow is one review of a set as those who may read the request see it: the text as it stood when it was asked.
type SetRow struct {
	Row
	Place    int // 0 for the lead
	Verified *bool
	Sampled  bool // it has to be opened before the set is approved
}

// SetSeller is what a set would do to one seller's stars.
type SetSeller struct {
	Seller  models.Seller
	Stars   Stars
	Ratings []int // those that would go
}

// InSet says whether a review is one of those that the request is about, beside its own.
func (v ProposalView) InSet(review string) bool {
	return slices.ContainsFunc(v.Removal.Set, func(m approval.Member) bool { return m.Subject == review })
}

// SetPage lists a page of a set, for whoever may read the request that leads it. page counts from 1.
func (d *Desk) SetPage(ctx context.Context, actor models.Actor, marketplace, lead string, page int) (ProposalView, []SetRow, error) {
	v, err := d.Proposal(ctx, actor, marketplace, lead)
	if err != nil {
		return v, nil, err
	}
	if v.SetSize == nil {
		return v, nil, models.E(models.NotFound, "no_set", "This request is about one review only.")
	}
	list, err := d.SetRows(ctx, actor, v, page, models.PageSize)
	return v, list, err
}

// SetSize is how many reviews there are in the set that a request belongs to.
func (d *Desk) SetSize(ctx context.Context, v ProposalView) (int, error) {
	var lead models.Proposal
	err := d.db.WithContext(ctx).Select("set_size").Where("marketplace_id = ? AND id = ?", v.MarketplaceID, *v.LeadID).Take(&lead).Error
	return deref(lead.SetSize), models.Translate(err)
}

// SetRows reads a page of a set that the reader may read, n to a page, in the order of their places. page counts from 1.
func (d *Desk) SetRows(ctx context.Context, actor models.Actor, v ProposalView, page, n int) ([]SetRow, error) {
	var found []SetRow
	db := d.db.WithContext(ctx)
	q := rows(db, v.MarketplaceID)
	err := q.Select(strings.Join(q.Statement.Selects, ", ")+", COALESCE(p.set_place, 0) AS place, r.verified").
		Where("p.id = ? OR p.lead_id = ?", v.ID, v.ID).Order("COALESCE(p.set_place, 0)").Offset((page - 1) * n).Limit(n).Find(&found).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	plain := make([]Row, len(found))
	for i, x := range found {
		plain[i] = x.Row
	}
	veil, err := d.veilOf(db, actor, v.MarketplaceID)
	if err != nil {
		return nil, err
	}
	if err := approval.AddVerdicts(d.engine, db, plain); err != nil {
		return nil, err
	}
	if err := veil.overRows(plain); err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Row = plain[i]
		for _, e := range v.Removal.Evidence {
			found[i].Sampled = found[i].Sampled || e.Kind == EvidenceReviews && e.Value == found[i].ReviewID
		}
	}
	return found, nil
}

// mostSetSellers bounds how many sellers of a set are shown with what would become of their stars.
const mostSetSellers = 20

// SetSellers are the sellers of a set with their stars as they stand today, those of most reviews first; more says that
// there are others.
func (d *Desk) SetSellers(ctx context.Context, v ProposalView) (list []SetSeller, more bool, err error) {
	if v.SetSize == nil || v.PartiesHidden {
		return nil, false, nil
	}
	db := d.db.WithContext(ctx)
	var ratings []struct {
		SellerID string
		Rating   int
	}
	err = db.Raw(`SELECT q.seller_id, q.rating FROM proposals p JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
		WHERE p.marketplace_id = ? AND (p.id = ? OR p.lead_id = ?) AND p.state <> 'void' LIMIT ?`, v.MarketplaceID, v.ID, v.ID, approval.MaxSet).Scan(&ratings).Error
	if err != nil {
		return nil, false, models.Translate(err)
	}
	of := map[string][]int{}
	for _, x := range ratings {
		of[x.SellerID] = append(of[x.SellerID], x.Rating)
	}
	ids := slices.SortedFunc(maps.Keys(of), func(a, b string) int { return cmp.Or(len(of[b])-len(of[a]), strings.Compare(a, b)) })
	if more = len(ids) > mostSetSellers; more {
		ids = ids[:mostSetSellers]
	}
	stars, err := starsBy(db, "seller_id", v.MarketplaceID, ids)
	if err != nil {
		return nil, more, err
	}
	var sellers []models.Seller
	if err := db.Where("marketplace_id = ? AND id IN ?", v.MarketplaceID, ids).Find(&sellers).Error; err != nil {
		return nil, more, models.Translate(err)
	}
	named := map[string]models.Seller{}
	for _, s := range sellers {
		named[s.ID] = s
	}
	for _, id := range ids {
		list = append(list, SetSeller{Seller: named[id], Stars: stars[id], Ratings: of[id]})
	}
	return list, more, nil
}
