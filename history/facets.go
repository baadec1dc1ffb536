package history

import (
	"fmt"
	"maps"
	"strings"

	"gorm.io/gorm"

	"evenhand/models"
)

// Count is how many requests have one value of a facet. Name is a person's or a seller's.
type Count struct {
	Value, Name string
	N           int
}

// Facet is the counts of one facet, given all other parts of the filter. More says that the filter found more than
// countUpTo, of which only the newest were counted: each figure is then "at least".
type Facet struct {
	Counts []Count
	More   bool
}

// Counts are all facets of a filter, by their field, and how many requests it finds.
type Counts struct {
	Total  int
	More   bool
	Facets map[string]Facet
}

// Of is how often a value was counted.
func (f Facet) Of(value string) int {
	for _, c := range f.Counts {
		if c.Value == value {
			return c.N
		}
	}
	return 0
}

// facet is one way to count: SQL over the rows that were picked, and how many values are told.
type facet struct {
	field, value string
	most         int
	byValue      bool // in the order of values, the last first, rather than of counts
}

const fMonth = "month"

// facetsOf are the ways to count; what SQL groups by differs between the databases.
func facetsOf(db *gorm.DB) []facet {
	return []facet{
		{fReason, "k.reason_code", 50, false}, {fStars, "CAST(k.rating AS text)", 5, true}, {fState, "k.state", 10, false},
		{fSeller, "CAST(k.seller_id AS text)", 10, false}, {fRequester, "CAST(k.requester_id AS text)", 20, false},
		{fApprover, "CAST(k.approver_id AS text)", 20, false}, {fQueue, "k.queue", 20, false},
		{fMonth, models.MonthText(db, models.MonthKey(db, "k.asked_at")), 24, true},
	}
}

// sets says whether the filter has a value for a field.
func (f Filter) sets(field string) bool {
	if field == fMonth {
		return !f.From.IsZero() || !f.To.IsZero()
	}
	return f.Values().Has(field)
}

// count counts every facet: those that the filter doesn't narrow in one pass over what it finds, each other in a pass
// that leaves its own part out.
func count(db *gorm.DB, f Filter) (Counts, error) {
	passes := []pass{{}}
	for _, x := range facetsOf(db) {
		switch {
		case !f.sets(x.field):
			passes[0].facets = append(passes[0].facets, x)
		case x.field == fMonth:
			passes = append(passes, pass{but: fFrom, facets: []facet{x}})
		default:
			passes = append(passes, pass{but: x.field, facets: []facet{x}})
		}
	}
	reads := make([]func(*gorm.DB) error, len(passes))
	for i := range passes {
		reads[i] = func(db *gorm.DB) error { return passes[i].count(db, f) }
	}
	if err := atOnce(db.Statement.Context, db, reads...); err != nil {
		return Counts{}, err
	}
	out := Counts{Total: min(passes[0].total, countUpTo), More: passes[0].total > countUpTo, Facets: map[string]Facet{}}
	for _, p := range passes {
		maps.Copy(out.Facets, p.counted)
	}
	return out, name(db, f.Marketplace, out.Facets)
}

// pass counts some facets over the newest requests that the filter finds, but for one part of it.
type pass struct {
	but    string
	facets []facet

	total   int // countUpTo + 1 stands for more
	counted map[string]Facet
}

func (p *pass) count(db *gorm.DB, f Filter) error {
	state, args := f.state()
	picked := f.matching(db, p.but).
		Select("f.marketplace_id, f.proposal_id, f.reason_code, f.rating, f.seller_id, f.requester_id, f.approver_id, f.verdict_at, f.verdicts, f.queue, f.asked_at, "+state+" AS state", args...).
		Order("f.asked_at DESC, f.proposal_id DESC").Limit(countUpTo + 1)
	query := "WITH k AS (?) SELECT 'total' AS facet, '' AS value, count(*) AS n FROM k"
	values := []any{picked}
	for _, x := range p.facets {
		from := "k"
		if x.field == fApprover {
			from, values = f.verdicts(values)
		}
		order := "n DESC, value"
		if x.byValue {
			order = "value DESC"
		}
		query += fmt.Sprintf(" UNION ALL SELECT * FROM (SELECT '%s' AS facet, %s AS value, count(*) AS n FROM %s GROUP BY 2 ORDER BY %s LIMIT %d) %s",
			x.field, x.value, from, order, x.most, "x_"+x.field)
	}
	var found []struct {
		Facet, Value string
		N            int
	}
	if err := db.Raw(query, values...).Scan(&found).Error; err != nil {
		return err
	}
	byField := map[string][]Count{}
	for _, x := range found {
		byField[x.Facet] = append(byField[x.Facet], Count{Value: x.Value, N: x.N})
	}
	p.total, p.counted = byField["total"][0].N, map[string]Facet{}
	for _, x := range p.facets {
		p.counted[x.field] = Facet{Counts: byField[x.field], More: p.total > countUpTo}
	}
	return nil
}

// verdicts are the rows to count approvers by: each request with its first, and those that have several with the others.
func (f Filter) verdicts(args []any) (string, []any) {
	from := "(SELECT approver_id FROM k WHERE approver_id IS NOT NULL"
	other := ` UNION ALL SELECT a.approver_id FROM approvals a WHERE a.marketplace_id = ? AND a.proposal_id IN (SELECT s.proposal_id FROM removal_facts s
		WHERE s.marketplace_id = ? AND s.verdicts > 1) AND EXISTS (SELECT 1 FROM k WHERE k.proposal_id = a.proposal_id AND k.approver_id <> a.approver_id)`
	if f.AsOf.IsZero() {
		return from + other + ") k", append(args, f.Marketplace, f.Marketplace)
	}
	return from + " AND verdict_at < ?" + other + " AND a.created_at < ?) k", append(args, f.AsOf, f.Marketplace, f.Marketplace, f.AsOf)
}

// name adds the names of persons and sellers.
func name(db *gorm.DB, marketplace string, facets map[string]Facet) error {
	people, sellers := []string{models.NoID}, []string{models.NoID}
	for field, g := range facets {
		for _, c := range g.Counts {
			switch field {
			case fRequester, fApprover:
				people = append(people, c.Value)
			case fSeller:
				sellers = append(sellers, c.Value)
			}
		}
	}
	names := map[string]string{}
	for _, q := range []*gorm.DB{
		db.Table("staff").Select("id, name").Where("id IN ?", people),
		db.Table("sellers").Select("id, name").Where("marketplace_id = ? AND id IN ?", marketplace, sellers),
	} {
		var found []struct{ ID, Name string }
		if err := q.Find(&found).Error; err != nil {
			return err
		}
		for _, x := range found {
			names[x.ID] = x.Name
		}
	}
	for _, g := range facets {
		for i := range g.Counts {
			g.Counts[i].Name = names[strings.ToLower(g.Counts[i].Value)]
		}
	}
	return nil
}

// DayCount is how many removals were asked for on a day, and how many of them took effect.
type DayCount struct {
	Day     string // YYYY-MM-DD
	Asked   int
	Removed int
}

// days counts by the day on which removals were asked for, all of them.
func days(db *gorm.DB, f Filter) ([]DayCount, error) {
	key := models.DayKey(db, "f.asked_at")
	took, args := "f.state = 'effective'", []any{}
	if !f.AsOf.IsZero() {
		took, args = took+" AND f.decided_at < ?", append(args, f.AsOf)
	}
	if f.Remedy == "" {
		f.Remedy = models.ActionRemove
	}
	var out []DayCount
	err := f.matching(db, "").Select(models.DayText(db, key)+" AS day, count(*) AS asked, sum(CASE WHEN "+took+" THEN 1 ELSE 0 END) AS removed", args...).
		Group(key).Order("day").Find(&out).Error
	return out, err
}
