package ledger_test

import (
	"context"
	"testing"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// Checks of one table share one reading of it, and each is run where a row looks wrong to it, and not otherwise.
func TestVerifyReadsATableOnceForAllChecks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		keys, _ := keysOf(t, "scan.example/log")
		must(t, db.Create(&models.Marketplace{ID: "m", Name: "m", NegativeAtOrBelow: 2, ProposalTTLHours: 72, LeaseMinutes: 10, CreatedAt: models.Now()}).Error)
		first, second := models.NewID(), models.NewID()
		for _, id := range []string{first, second} {
			must(t, db.Create(&models.Seller{MarketplaceID: "m", ID: id, ExternalID: id, Name: id, CreatedAt: models.Now()}).Error)
		}
		ran := map[string]int{}
		suspecting := func(name, condition, finding string) ledger.Check {
			return ledger.Check{Name: name, Run: func(context.Context, *gorm.DB) (string, error) { ran[name]++; return finding, nil }}.OnlyIf("sellers", condition)
		}
		named := ledger.Rows{Table: "sellers", Columns: "t.id, t.name, COALESCE(t.name, '')", Look: func() (*string, []any, func() (string, error)) {
			var id, name, again string
			return &id, []any{&name, &again}, func() (string, error) {
				if name != id || again != id {
					return id + " is called " + name, nil
				}
				return "", nil
			}
		}}.Check()
		checks := []ledger.Check{
			suspecting("calm", "t.external_id = 'calm'", "wrong"), suspecting("wary", "t.id = '"+second+"'", ""), named,
			ledger.NoRowIs("sellers", "is new", "t.external_id LIKE 'new%'"), suspecting("last", "t.external_id = 'new'", "wrong, too"),
		}
		owner := db.Owner(t)
		for _, x := range []struct{ does, says string }{
			{"SELECT 1", ""},
			{"UPDATE sellers SET external_id = 'new' WHERE id = '" + second + "'", "sellers: row " + second + " is new"},
			{"UPDATE sellers SET name = 'else' WHERE id = '" + first + "'", "sellers: " + first + " is called else"},
			{"UPDATE sellers SET external_id = 'calm' WHERE id = '" + first + "'", "calm: wrong"},
		} {
			must(t, owner.Exec(x.does).Error)
			r, err := ledger.Verify(t.Context(), db.DB, ledger.Trusted{Public: keys.Public}, checks)
			if err != nil || r.Disagreement != x.says {
				t.Errorf("%s: %q, %v; want %q", x.does, r.Disagreement, err, x.says)
			}
			if x.says == "" && (ran["calm"] != 0 || ran["last"] != 0 || ran["wary"] != 1) {
				t.Errorf("run: %v", ran)
			}
		}
	})
}
