package history_test

import (
	"regexp"
	"strings"
	"testing"

	"evenhand/models"
	"evenhand/models/dbtest"
)

// No page has to read a table of reviews, requests or proposals from one end to the other. On so few rows PostgreSQL
// would do so where it needn't; it is told not to, and what then still does has no index to go by.
func TestPlansUseIndexes(t *testing.T) {
	t.Parallel()
	whole := regexp.MustCompile(`(?i)(Seq Scan on|SCAN) (reviews|removal_requests|proposals|review_versions|ledger_entries|r|q|p|v)\b`)
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		l := fillLarge(t, db, 8000, 1600)
		explain := "EXPLAIN QUERY PLAN"
		if models.IsPostgres(db.DB) {
			explain = "EXPLAIN /* small */"
		}
		for _, p := range l.pages(t) {
			l.spy.take()
			if err := p.open(); err != nil {
				t.Errorf("%s: %v", p.name, err)
				continue
			}
			for _, plan := range l.plans(t, l.spy.take(), explain) {
				if found := whole.FindString(plan); found != "" && !strings.Contains(plan, "pragma") {
					t.Errorf("%s: %s in\n%s", p.name, found, plan)
				}
			}
		}
	})
}
