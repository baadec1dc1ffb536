package ingest

import (
	"slices"

	"gorm.io/gorm"

	"evenhand/models"
)

// known remembers the ids of sellers, products and customers that have been seen: they never change. It is emptied
// when it is full, so that it stays small.
type known map[string]map[string]string // table → the marketplace's id → ours

const mostKnown = 20_000

func newKnown() known {
	return known{"sellers": {}, "products": {}, "customers": {}}
}

func (k known) add(table string, ids map[string]string) {
	if len(k[table])+len(ids) > mostKnown {
		clear(k[table])
	}
	for external, id := range ids {
		k[table][external] = id
	}
}

// parties are the ids that one batch needs, by table and the marketplace's id.
type parties map[string]map[string]string

// party is one kind of what a review refers to.
type party struct {
	table string
	of    func(Review) string
	rest  func(recs []Review) []column // the columns beside the ids and the time
}

var partyKinds = []party{
	{"sellers", func(r Review) string { return r.SellerID }, func(rs []Review) []column {
		return []column{texts("name", each(rs, func(r Review) string { return r.SellerName }))}
	}},
	{"products", func(r Review) string { return r.ProductID }, func(rs []Review) []column {
		return []column{
			texts("title", each(rs, func(r Review) string { return r.Product })),
			texts("category", each(rs, func(r Review) string { return r.Category })),
		}
	}},
	{"customers", func(r Review) string { return r.CustomerID }, func([]Review) []column { return nil }},
}

func each[T, U any](in []T, f func(T) U) []U {
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

// resolve finds or adds the sellers, products and customers of reviews. Every import goes through them in the same
// order, so that two can't wait for each other.
func (b *batch) resolve(tx *gorm.DB, recs []Record) error {
	for _, kind := range partyKinds {
		if b.ids[kind.table] == nil {
			b.ids[kind.table] = map[string]string{}
		}
		ids, missing := b.ids[kind.table], map[string]Review{}
		for _, rec := range recs {
			external := kind.of(rec.Review)
			if id, ok := b.known[kind.table][external]; ok {
				ids[external] = id
			} else if ids[external] == "" {
				missing[external] = rec.Review
			}
		}
		if len(missing) > 0 {
			if err := b.addParties(tx, kind, missing, ids); err != nil {
				return err
			}
		}
	}
	return nil
}

// addParties adds those that aren't there and puts the ids of all into ids.
func (b *batch) addParties(tx *gorm.DB, kind party, missing map[string]Review, ids map[string]string) error {
	external := make([]string, 0, len(missing))
	for e := range missing {
		external = append(external, e)
	}
	slices.Sort(external)
	n := len(external)
	made := each(external, func(string) string { return models.NewID() })
	columns := append([]column{
		texts("marketplace_id", repeated(b.market.ID, n)), uuids("id", made), texts("external_id", external),
		columnOf("created_at", "timestamptz", "", repeated(b.entry.At, n)),
	}, kind.rest(each(external, func(e string) Review { return missing[e] }))...)
	in, err := insertNew(tx, kind.table, "external_id", n, columns)
	if err != nil {
		return err
	}
	var there []string
	for i, e := range external {
		if in[e] {
			ids[e] = made[i]
		} else {
			there = append(there, e)
		}
	}
	if len(there) == 0 {
		return nil
	}
	return findParties(tx, kind.table, b.market.ID, there, ids)
}

func findParties(tx *gorm.DB, table, marketplace string, external []string, ids map[string]string) error {
	q, err := lookUp(tx, table, "external_id", "text", marketplace, external)
	if err != nil {
		return err
	}
	var rows []struct{ ID, ExternalID string }
	err = q.Select("r.id, r.external_id").Find(&rows).Error
	for _, r := range rows {
		ids[r.ExternalID] = r.ID
	}
	return err
}
