package history

import (
	"context"
	"net/url"
	"slices"

	"gorm.io/gorm"

	"evenhand/models"
)

// Parse reads a filter from an address and finds whom and what it names. Everything that makes no sense is named by its
// field, all at once. but are names in the address that the page reads itself, such as its cursor.
func (h *Reader) Parse(ctx context.Context, marketplace string, q url.Values, but ...string) (Filter, error) {
	bad := models.Mistakes{}
	f := parse(marketplace, q, h.now(), but, bad)
	if err := resolve(h.db.WithContext(ctx), &f, bad); err != nil {
		return f, models.Translate(err)
	}
	sense(f, bad)
	return f, wrong(bad)
}

// resolve puts ids where there are names, and says what isn't there.
func resolve(db *gorm.DB, f *Filter, bad models.Mistakes) error {
	things := []struct {
		field, missing string
		value          *string
		find           func() ([]string, error)
	}{
		{fSeller, "There is no seller with this id or name.", &f.Seller, func() ([]string, error) { return seller(db, f.Marketplace, f.Seller) }},
		{fProduct, "There is no product with this id.", &f.Product, func() ([]string, error) { return external(db, "products", f.Marketplace, f.Product) }},
		{fCustomer, "There is no customer with this id.", &f.Customer, func() ([]string, error) { return external(db, "customers", f.Marketplace, f.Customer) }},
		{fRequester, "There is no such person.", &f.Requester, func() ([]string, error) { return person(db, f.Requester) }},
		{fApprover, "There is no such person.", &f.Approver, func() ([]string, error) { return person(db, f.Approver) }},
		{fQueue, "There is no such queue.", &f.Queue, func() ([]string, error) { return queue(db, f.Marketplace, f.Queue) }},
	}
	for _, x := range things {
		if *x.value == "" || bad.Has(x.field) {
			continue
		}
		found, err := x.find()
		switch {
		case err != nil:
			return err
		case len(found) == 0:
			bad.Say(x.field, x.missing)
		case len(found) > 1:
			bad.Say(x.field, "Several have this name; give the marketplace's id of the one you mean.")
		default:
			*x.value = found[0]
		}
	}
	if err := reasons(db, f.Reasons, bad); err != nil {
		return err
	}
	return findIDs(db, f, bad)
}

// external finds what a table has under our id or the marketplace's.
func external(db *gorm.DB, table, marketplace, text string) ([]string, error) {
	var out []string
	err := db.Table(table).Where("marketplace_id = ? AND external_id = ?", marketplace, text).Limit(1).Pluck("id", &out).Error
	if err != nil || len(out) > 0 {
		return out, err
	}
	id, err := models.ParseID(text)
	if err != nil {
		return nil, nil //nolint:nilerr // what isn't an id is nobody's
	}
	err = db.Table(table).Where("marketplace_id = ? AND id = ?", marketplace, id).Limit(1).Pluck("id", &out).Error
	return out, err
}

func seller(db *gorm.DB, marketplace, text string) ([]string, error) {
	out, err := external(db, "sellers", marketplace, text)
	if err != nil || len(out) > 0 {
		return out, err
	}
	err = db.Table("sellers").Where("marketplace_id = ? AND name = ?", marketplace, text).Limit(2).Pluck("id", &out).Error
	return out, err
}

func person(db *gorm.DB, text string) ([]string, error) {
	var out []string
	id, err := models.ParseID(text)
	if err != nil {
		return nil, nil //nolint:nilerr // what isn't an id is nobody's
	}
	err = db.Table("staff").Where("id = ?", id).Limit(1).Pluck("id", &out).Error
	return out, err
}

func queue(db *gorm.DB, marketplace, text string) ([]string, error) {
	var out []string
	err := db.Table("removal_facts").Where("marketplace_id = ? AND queue = ?", marketplace, text).Limit(1).Pluck("queue", &out).Error
	return out, err
}

func reasons(db *gorm.DB, codes []string, bad models.Mistakes) error {
	if len(codes) == 0 {
		return nil
	}
	var known []string
	err := db.Table("reason_codes").Distinct("code").Pluck("code", &known).Error
	for _, c := range codes {
		if err == nil && !slices.Contains(known, c) {
			bad.Say(fReason, "There is no reason “%s”.", clip(c))
		}
	}
	return err
}

// findIDs takes our ids of reviews and requests, and the marketplace's of reviews.
func findIDs(db *gorm.DB, f *Filter, bad models.Mistakes) error {
	if len(f.IDs) == 0 || bad.Has(fIDs) {
		return nil
	}
	var ours, out []string
	for _, s := range f.IDs {
		if id, err := models.ParseID(s); err == nil {
			ours = append(ours, id)
		}
	}
	var reviews []struct{ ID, ExternalID string }
	err := db.Table("reviews").Select("id, external_id").Where("marketplace_id = ? AND external_id IN ?", f.Marketplace, f.IDs).Find(&reviews).Error
	if err != nil {
		return err
	}
	known := map[string]string{}
	for _, r := range reviews {
		known[r.ExternalID] = r.ID
	}
	for _, from := range []struct{ table, column string }{{"reviews", "id"}, {"removal_requests", "proposal_id"}} {
		var found []string
		err := db.Table(from.table).Where("marketplace_id = ? AND "+from.column+" IN ?", f.Marketplace, append(ours, models.NoID)).Pluck(from.column, &found).Error
		if err != nil {
			return err
		}
		for _, id := range found {
			known[id] = id
		}
	}
	for _, s := range f.IDs {
		id := s
		if own, err := models.ParseID(s); err == nil && known[s] == "" {
			id = own
		}
		if known[id] == "" {
			bad.Say(fIDs, "There is no review and no request “%s” here.", clip(s))
			continue
		}
		out = append(out, known[id])
	}
	slices.Sort(out)
	f.IDs = slices.Compact(out)
	return nil
}
